"""Messages over a pipe: a JSON header and raw bytes behind it. Nothing that arrives is ever executed."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, BinaryIO, Protocol

from model.types import Answer, Request, SentPicture

Header = dict[str, Any]

_SIZES = struct.Struct(">II")  # bytes of the header, bytes of the blob
MAX_HEADER = 2**20
MAX_BLOB = 2**28
"""An album of ten files, as large as Telegram gives them to bots, is a request."""
_ANSWER = {field.name for field in fields(Answer)}


class Readable(Protocol):
    """A pipe to read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, at least one; none at the end."""
        ...


def pack(header: Header, blob: bytes = b"") -> bytes:
    """One message as bytes."""
    return _beginning(header, blob) + blob


def write(sink: BinaryIO, header: Header, blob: bytes = b"") -> None:
    """Write one message to a blocking pipe, without a copy of the blob.

    Raises:
        BrokenPipeError: Nobody reads it any more.
    """
    sink.write(_beginning(header, blob))
    sink.write(blob)
    sink.flush()


def read(source: Readable) -> tuple[Header, bytes] | None:
    """The next message of a blocking pipe; None at its end.

    Raises:
        ValueError: What arrives is not this protocol.
    """
    sizes = _exactly(source, _SIZES.size)
    if sizes is None:
        return None
    header_size, blob_size = _checked(sizes)
    header, blob = _exactly(source, header_size), _exactly(source, blob_size)
    if header is None or blob is None:
        return None
    return _header(header), blob


async def read_async(source: asyncio.StreamReader) -> Header | None:
    """The next message's header from a pipe; None at its end. Its blob is left out.

    Raises:
        ValueError: What arrives is not this protocol.
    """
    try:
        header_size, blob_size = _checked(await source.readexactly(_SIZES.size))
        header = await source.readexactly(header_size)
        await source.readexactly(blob_size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return _header(header)


def request_header(request: Request) -> Header:
    """A request without the bytes of its pictures."""
    return {
        "type": "request",
        "id": request.id,
        "question": request.question,
        "beams": request.beams,
        "max_new_tokens": request.max_new_tokens,
        "origin": request.origin,
        "explains": request.explains,
        "pictures": [[picture.key, len(picture.data)] for picture in request.pictures],
        "trace": request.trace,
        **({"listens": True} if request.listens else {}),  # elsewhere a worker of another release need not know of it
    }


def request_pictures(request: Request) -> dict[str, bytes]:
    """A request's pictures by their keys, each once."""
    return {picture.key: picture.data for picture in request.pictures}


def picture_keys(header: Header) -> list[str]:
    """The keys of a request's pictures, each once."""
    return list(dict.fromkeys(key for key, _ in header["pictures"]))


def request_of(header: Header, pictures: Mapping[str, bytes]) -> Request:
    """A request from its header, and from its pictures by their keys."""
    first, *others = (SentPicture(pictures[key], key) for key, _ in header["pictures"])
    return Request(
        id=header["id"],
        picture=first.data,
        question=header["question"],
        beams=header["beams"],
        max_new_tokens=header["max_new_tokens"],
        picture_key=first.key,
        origin=header["origin"],
        others=tuple(others),
        trace=header.get("trace", ""),
        explains=header.get("explains"),
        listens=header.get("listens", False),
    )


def pack_request(request: Request) -> bytes:
    """A request on its way to a worker; each of its pictures travels once."""
    return pack(request_header(request), b"".join(request_pictures(request).values()))


def pack_cancel(request_id: str) -> bytes:
    """The wish that a request be dropped."""
    return pack({"type": "cancel", "id": request_id})


def unpack_request(header: Header, blob: bytes) -> Request:
    """A request as the worker received it."""
    pictures: dict[str, bytes] = {}
    begins = 0
    for key, size in header["pictures"]:
        if key not in pictures:
            pictures[key] = blob[begins : begins + size]
            begins += size
    return request_of(header, pictures)


def answer_header(answer: Answer) -> Header:
    """An answer on its way back."""
    return {"type": "answer", **asdict(answer)}


def unpack_answer(header: Header) -> Answer:
    """An answer as the broker received it; what a worker of another release says beyond is left out."""
    return Answer.from_json({name: value for name, value in header.items() if name in _ANSWER})


def _beginning(header: Header, blob: bytes) -> bytes:
    text = json.dumps(header).encode()
    return _SIZES.pack(len(text), len(blob)) + text


def _checked(sizes: bytes) -> tuple[int, int]:
    header_size, blob_size = _SIZES.unpack(sizes)
    if header_size > MAX_HEADER or blob_size > MAX_BLOB:
        raise ValueError("a message is longer than any message may be")
    return header_size, blob_size


def _header(text: bytes) -> Header:
    try:
        header = json.loads(text)
    except RecursionError as error:
        raise ValueError("a message's header is nested too deeply") from error
    if not isinstance(header, dict):
        raise ValueError("a message's header is not an object")
    return header


def _exactly(source: Readable, size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = source.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
