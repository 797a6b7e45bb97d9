"""Looking into exports, for tests."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.resources import files
from typing import Any

import jsonschema
from e2e_helpers import picture, sure

from bot.sandbox.person import Person

Message = dict[str, Any]


SCHEMA = json.loads((files("bot.exporting") / "history.schema.json").read_text())


def is_document(message: Message) -> bool:
    return "document" in message


async def ask(person: Person, question: str = "What is it?", colour: str = "red", **place: int) -> None:
    await person.send_picture(picture(colour), question, **place)
    await person.wait_for(sure, chat=place.get("chat"))


def leaves(value: Any) -> list[Any]:
    """The values in lists and objects."""
    inner = list(value.values()) if isinstance(value, dict) else value
    return [leaf for one in inner for leaf in leaves(one)] if isinstance(inner, list) else [value]


async def unpacked(person: Person, message: Message) -> tuple[dict[str, Any], dict[str, bytes]]:
    """history.json, which follows its schema, and all files of the ZIP."""
    with zipfile.ZipFile(io.BytesIO(await person.download(message))) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    history = json.loads(contents["history.json"])
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(history)
    assert json.loads(contents["history.schema.json"]) == SCHEMA
    return history, contents


async def visible(person: Person, chat: int | None = None) -> list[str]:
    return [m.get("text", m.get("caption", "")) for m in await person.messages(chat, 500) if not m["deleted"]]
