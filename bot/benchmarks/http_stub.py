"""The least HTTP server that a client library accepts: it must never be what is measured."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Answer = bytes | asyncio.Future[bytes]
Handle = Callable[[str, bytes], Answer]
"""Gets the path with its query and the body, gives the body of the answer."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


async def serve(handle: Handle) -> asyncio.Server:
    """Answer every request by `handle`, at once or when its future is done; on a port of its own, of this machine."""
    return await asyncio.get_running_loop().create_server(lambda: _Connection(handle), "127.0.0.1", 0, backlog=1024)


class _Connection(asyncio.Protocol):
    """One kept-alive connection; requests on it come one after the other."""

    def __init__(self, handle: Handle) -> None:
        self._handle, self._buffer = handle, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (request := self._take()) is not None:
            answer = self._handle(*request)
            if isinstance(answer, bytes):
                self._send(answer)
            else:
                answer.add_done_callback(self._send_later)

    def _take(self) -> tuple[str, bytes] | None:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length, lines = 0, head.split(b"\r\n")
        for line in lines[1:]:
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        return lines[0].split(b" ")[1].decode(), rest[:length]

    def _send_later(self, answer: asyncio.Future[bytes]) -> None:
        if not answer.cancelled():
            self._send(answer.result())

    def _send(self, body: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_HEAD % len(body) + body)
