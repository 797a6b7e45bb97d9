"""A caller without any library, and two independent judges of everything that goes over the wire."""

import asyncio
import io
from collections.abc import Iterable, Iterator
from typing import Any

import aiogram.methods
import aiogram.types
import aiohttp
import telegram
from PIL import Image
from pydantic import BaseModel, TypeAdapter

from bot.sandbox.server import Sandbox

TOKEN = "4242:for_tests"
GROUP = -100200300


class Reply:
    """The answer to one raw call."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body
        self.ok: bool = body["ok"]
        self.result: Any = body.get("result")
        self.error = (body.get("error_code"), body.get("description"))


class Caller:
    """Calls methods as a bot that was written without any library."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str = TOKEN) -> None:
        self._session = session
        self.url = url
        self.token = token

    async def __call__(self, method: str, **params: Any) -> Reply:
        return await self.send(method, json=params)

    async def send(self, method: str, **request: Any) -> Reply:
        async with self._session.post(f"{self.url}/bot{self.token}/{method}", **request) as response:
            return Reply(response.status, await response.json())

    def with_token(self, token: str) -> "Caller":
        return Caller(self._session, self.url, token)

    async def updates(self, offset: int = 0, seconds: int = 0) -> list[dict[str, Any]]:
        reply = await self("getUpdates", offset=offset, timeout=seconds)
        assert reply.ok, reply.error
        found: list[dict[str, Any]] = reply.result
        return found

    async def download(self, path: str) -> bytes:
        async with self._session.get(f"{self.url}/file/bot{self.token}/{path}") as response:
            assert response.status == 200
            return await response.read()


async def polled(sandbox: Sandbox, times: int = 1) -> None:
    """Wait until so many long polls of the tests' bot wait at the sandbox."""
    updates = sandbox.world.bots[int(TOKEN.partition(":")[0])].updates
    async with asyncio.timeout(20):
        while updates.polls != times:  # noqa: ASYNC110 - the sandbox has no event for that
            await asyncio.sleep(0.005)


def picture(width: int = 640, height: int = 480, form: str = "PNG", colour: str = "tomato") -> bytes:
    """A picture file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()


def judge(lines: Iterable[dict[str, Any]]) -> None:
    """Hold recorded traffic against the types of two libraries that know nothing of the sandbox."""
    for line in lines:
        if "update" in line:
            _judge(aiogram.types.Update, line["update"])
            assert telegram.Update.de_json(line["update"], None).to_dict().keys() >= line["update"].keys()
        elif line["ok"]:
            method = getattr(aiogram.methods, line["method"][0].upper() + line["method"][1:])
            _judge(method.__returning__, line["result"])
            unknown = set(line["params"]) - set(method.model_fields)
            assert not unknown, f"{line['method']} has no parameter {unknown}"
        else:
            assert isinstance(line["error_code"], int)
            assert isinstance(line["description"], str)


def _judge(kind: Any, value: Any) -> None:
    parsed = TypeAdapter(kind).validate_python(value)
    extra = list(_extras(parsed))
    assert not extra, f"{kind} does not know {extra} in {value}"


def _extras(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{type(value).__name__}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _extras(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _extras(item)
