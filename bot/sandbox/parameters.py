"""A call's parameters, however they came: query, form, JSON or multipart.

Every getter notes what it understood: the recording holds exactly that, and what no getter asked for was ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.sandbox.errors import ApiError, bad_request

MAX_UPLOAD = 50 * 1024 * 1024  # bytes, of one file
MAX_BODY = MAX_UPLOAD + 1024 * 1024  # bytes, of a whole call
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content_type: str
    data: bytes


class Parameters:
    """The parameters of one call, read by name and type."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        """Take decoded `values` (text, or what JSON gave) and `uploads` by field name."""
        self._values = dict(values)
        self._uploads = dict(uploads or {})
        self.understood: dict[str, Any] = {}

    @property
    def ignored(self) -> list[str]:
        """The names that came and that nothing asked for: a misspelt parameter shows here."""
        used = set(self.understood) | {"reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview"}
        return sorted(name for name in self._values if name not in used)

    def has(self, name: str) -> bool:
        """Whether a value of that name came, and is not empty."""
        return self._values.get(name) not in (None, "") or name in self._uploads

    def raw(self, name: str) -> Any:  # noqa: ANN401 - text, or any JSON value
        """A value as it came, for those who only look: it does not count as understood."""
        return self._values.get(name)

    def chat_id(self) -> int | None:
        """The number of the chat that a call names; None without one."""
        try:
            return int(self.raw("chat_id"))
        except (TypeError, ValueError):
            return None

    def note(self, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Record how a parameter was understood."""
        self.understood[name] = value

    def string(self, name: str) -> str:
        """Text; empty when the parameter is missing."""
        value = self._values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            value = json.dumps(value)
        text = str(value)
        self.note(name, text)
        return text

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; the default when missing. Telegram reads text that is no number as 0."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = 0
        self.note(name, number)
        return number

    def floating(self, name: str, default: float = 0.0) -> float:
        """A number; the default when missing or no number."""
        value = self._values.get(name)
        try:
            number = float(value) if value not in (None, "") else default
        except (TypeError, ValueError):
            return default
        if value not in (None, ""):
            self.note(name, number)
        return number

    def boolean(self, name: str) -> bool:
        """Yes or no, in Telegram's spelling."""
        if name not in self._values:
            return False
        value = self._values[name]
        answer = value if isinstance(value, bool) else str(value).strip().lower() in {"true", "yes", "1"}
        self.note(name, answer)
        return answer

    def flags(self, *names: str) -> None:
        """Read yes/no parameters that change nothing here."""
        for name in names:
            self.boolean(name)

    def old_boolean(self, name: str) -> bool:
        """Yes or no under a name that Telegram still reads and no longer documents: not recorded."""
        return str(self._values.get(name, "")).strip().lower() in {"true", "yes", "1"}

    def old_integer(self, name: str) -> int:
        """A number under a name that Telegram still reads and no longer documents: not recorded."""
        value = str(self._values.get(name, "")).strip()
        return int(value) if value.isdecimal() else 0

    def structure(self, name: str, complaint: str) -> Any:  # noqa: ANN401 - any JSON value
        """A JSON value, sent as JSON or as text that holds JSON; None when missing.

        Raises:
            ApiError: 400 with `complaint` when the text is no JSON.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise bad_request(complaint) from None
        if value is not None:
            self.note(name, value)
        return value

    def numbers(self, name: str) -> list[int]:
        """A list of message identifiers.

        Raises:
            ApiError: 400 when it is missing, empty, or holds something else.
        """
        given = self.structure(name, "can't parse message identifiers JSON object")
        if not isinstance(given, list) or not given:
            raise bad_request("message identifiers are not specified")
        if any(isinstance(number, bool) or not isinstance(number, int) for number in given):
            raise bad_request("message identifier must be a Number")
        return given

    def chat(self, name: str = "chat_id") -> int | str:
        """A chat's number, or its `@username`.

        Raises:
            ApiError: 400 when it is missing.
        """
        value = self._values.get(name)
        if value is None or value == "":
            raise bad_request("chat_id is empty" if name == "chat_id" else f'parameter "{name}" is required')
        text = str(value).strip()
        try:
            chat: int | str = int(text)
        except ValueError:
            chat = text
        self.note(name, chat)
        return chat

    def upload(self, name: str) -> Upload | None:
        """The file that came under that field name."""
        upload = self._uploads.get(name)
        if upload is not None:
            self.note(name, "attach")
        return upload

    def media(self, name: str) -> Upload | str | None:
        """A file parameter: an upload, an `attach://` of one, or a file id or address as text."""
        upload = self.upload(name)
        if upload is not None:
            return upload
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            return None
        attached = self.attached(value)
        self.note(name, "attach" if isinstance(attached, Upload) else value)
        return attached

    def attached(self, reference: str) -> Upload | str:
        """Follow `attach://name`; any other text is returned as it is.

        Raises:
            ApiError: 400 when nothing is attached under that name.
        """
        prefix = "attach://"
        if not reference.startswith(prefix):
            return reference
        upload = self._uploads.get(reference[len(prefix) :])
        if upload is None:
            raise bad_request("there is no file in the request to attach")
        return upload


async def read_parameters(request: web.Request) -> Parameters:
    """Decode a call's parameters from its query and its body.

    Raises:
        ApiError: 400 for a body that cannot be read, 413 for one that is too large.
    """
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.method == "POST" and request.can_read_body:
        if request.content_type.startswith("multipart/"):
            await _read_multipart(request, values, uploads)
        else:
            _read_plain(request, await _read_body(request), values)
    return Parameters(values, uploads)


async def _read_body(request: web.Request) -> bytes:
    """The body; a body that is too large is read to its end, so that the sender hears the answer."""
    body = bytearray()
    total = 0
    async for chunk in request.content.iter_chunked(1 << 18):
        total += len(chunk)
        if total <= MAX_BODY:
            body += chunk
    if total > MAX_BODY:
        raise ApiError(413, "Request Entity Too Large")
    return bytes(body)


def _read_plain(request: web.Request, body: bytes, values: dict[str, Any]) -> None:
    if not body:
        return
    if request.content_type == JSON_TYPE:
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            raise bad_request("can't parse JSON in the request body") from None
        if not isinstance(content, dict):
            raise bad_request("object expected in the request body")
        values.update({name: value for name, value in content.items() if value is not None})
        return
    values.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _read_multipart(request: web.Request, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
    try:
        reader = await request.multipart()
    except (ValueError, AssertionError):
        raise bad_request("can't parse multipart body") from None
    too_large = False
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            continue  # a multipart inside a multipart: Telegram reads none
        data = bytearray()
        total = 0
        while chunk := await part.read_chunk(1 << 18):
            total += len(chunk)
            if total <= MAX_UPLOAD:
                data += chunk
        too_large = too_large or total > MAX_UPLOAD
        name = part.name or ""
        if part.filename is not None:
            content_type = part.headers.get("Content-Type", "application/octet-stream")
            uploads[name] = Upload(PurePosixPath(part.filename).name or name, content_type, bytes(data))
        else:
            values[name] = data.decode("utf-8", "replace")
    if too_large:
        raise ApiError(413, "Request Entity Too Large")
