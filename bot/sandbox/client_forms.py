"""What a person's phone sends, read from JSON or a form."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bot.sandbox.parameters import Upload


class ClientError(Exception):
    """A person asked for what cannot be; the text says so."""


async def read_form(request: web.Request) -> tuple[dict[str, Any], list[Upload]]:
    """The fields and files of a request, from JSON or a form."""
    if request.content_type == "application/json":
        content = await request.json()
        if not isinstance(content, dict):
            raise ClientError("An object is expected.")
        return content, []
    fields: dict[str, Any] = {}
    uploads: list[Upload] = []
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                data = await asyncio.to_thread(file.read)
            upload = Upload(value.filename, value.content_type, data)
            if name == "thumbnail":
                fields[name] = upload
            else:
                uploads.append(upload)
        else:
            fields[name] = value
    return fields, uploads
