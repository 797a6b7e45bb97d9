"""The Bot API over HTTP: tokens, method names, faults, answers and their recording."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import Any

from aiohttp import web

from bot.sandbox.accounts import BotAccount
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Fault
from bot.sandbox.methods import METHODS, Call
from bot.sandbox.parameters import Parameters, read_parameters
from bot.sandbox.world import World

logger = logging.getLogger(__name__)
TOKEN = re.compile(r"([1-9]\d{0,15}):[A-Za-z0-9_-]{3,64}")
DOWNLOAD = "download"
"""The name that faults have for what is no method: handing out a file."""
LOGGED_OUT_METHODS = {"logout", "close"}


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, world: World, token: str | None) -> None:
        """Accept only `token`, or every token of the right form when it is None."""
        self._world = world
        self._token = token
        world.webhook_reply = self.carry_out
        if token is not None:
            self.bot_of(token)

    def bot_of(self, token: str) -> BotAccount:
        """The bot that a token belongs to; a new one moves in.

        Raises:
            ApiError: 404 for what has no form of a token, 401 for one that is not accepted.
        """
        if ":" not in token:
            raise ApiError(404, "Not Found")
        match = TOKEN.fullmatch(token)
        if match is None:
            raise ApiError(401, "Unauthorized: invalid token specified")
        bot = self._world.bots.get(int(match.group(1)))
        if (self._token is not None and token != self._token) or (bot is not None and bot.token != token):
            raise ApiError(401, "Unauthorized")
        return bot or self._world.register(int(match.group(1)), token)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"].rstrip("/")
        try:
            bot = self.bot_of(request.match_info["token"])
            parameters = await read_parameters(request)
        except ApiError as error:
            return _response(error.as_json())
        file_chat = self._world.files.chats.get(str(parameters.raw("file_id")))
        fault = self._world.faults.draw(name, parameters.chat_id() or file_chat)
        if fault is not None:
            return await self._fail(request, fault, bot, name, parameters)
        return _response(await self._answer(bot, name, parameters))

    async def carry_out(self, bot: BotAccount, answer: dict[str, Any]) -> None:
        """Carry out a method that a webhook named in its answer."""
        values = {name: value for name, value in answer.items() if name != "method"}
        await self._answer(bot, answer["method"], Parameters(values))

    async def _answer(self, bot: BotAccount, name: str, parameters: Parameters) -> dict[str, Any]:
        proper_name, method = METHODS.get(name.lower(), (name, None))
        try:
            if bot.logged_out and name.lower() not in LOGGED_OUT_METHODS:
                raise ApiError(400, "Logged out")
            if method is None:
                logger.warning("A bot called %s, which the sandbox does not know.", name[:100])
                raise ApiError(404, "Not Found")
            body: dict[str, Any] = {"ok": True, "result": await method(Call(self._world, bot, parameters))}
        except ApiError as error:
            body = error.as_json()
        except Exception:  # a mistake of the sandbox's own must not look like one of the bot's
            logger.exception("The sandbox failed in %s.", proper_name)
            body = ApiError(500, "Internal Server Error").as_json()
        if not (proper_name == "getUpdates" and body.get("result") == []):  # empty polls would bury the rest
            self._record(bot, proper_name, parameters, body)
        return body

    def _record(self, bot: BotAccount, name: str, parameters: Parameters, body: dict[str, Any]) -> None:
        entry = {"method": name, "params": dict(parameters.understood), **body}
        self._world.recorder.call(entry, ignored=parameters.ignored, bot_id=bot.id)

    async def _fail(
        self, request: web.Request, fault: Fault, bot: BotAccount, name: str, parameters: Parameters
    ) -> web.StreamResponse:
        """Let a call go wrong as a fault says, after or without carrying it out."""
        executed = await self._answer(bot, name, parameters) if fault.executed else None
        if fault.hold:
            await asyncio.sleep(fault.hold)
        if fault.error_code:
            extra = {"retry_after": fault.retry_after} if fault.error_code == 429 else {}
            body = ApiError(fault.error_code, fault.text, **extra).as_json()
            if executed is None:
                self._record(bot, name, parameters, body)
        elif fault.drop:
            raise _dropped(request)
        else:
            body = executed or await self._answer(bot, name, parameters)
        return await _damaged(request, fault, _response(body))

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file."""
        try:
            self.bot_of(request.match_info["token"])
        except ApiError as error:
            return _response(error.as_json())
        stored = self._world.files.by_path.get(request.match_info["path"])
        chat = None if stored is None else self._world.files.chats.get(stored.file_id)
        fault = self._world.faults.draw(DOWNLOAD, chat)
        if fault is not None and fault.hold:
            await asyncio.sleep(fault.hold)
        if fault is not None and fault.drop:
            raise _dropped(request)
        if fault is not None and fault.error_code:
            return _response(ApiError(fault.error_code, fault.text).as_json())
        if stored is None or not stored.path.is_file():
            return _response(ApiError(404, "Not Found").as_json())
        kind = "application/octet-stream"
        if fault is None:
            return web.FileResponse(stored.path, headers={"Content-Type": kind})
        content = await asyncio.to_thread(stored.path.read_bytes)
        return await _damaged(request, fault, web.Response(body=content, content_type=kind))


def _response(body: dict[str, Any]) -> web.Response:
    status = 200 if body["ok"] else body["error_code"]
    return web.Response(text=json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")


def _dropped(request: web.Request) -> web.HTTPException:
    """End the connection; what is returned nobody hears any more."""
    if request.transport is not None:
        request.transport.abort()
    return web.HTTPServiceUnavailable()


async def _damaged(request: web.Request, fault: Fault, response: web.Response) -> web.StreamResponse:
    """An answer as a fault lets it arrive: slowly, or not all of it."""
    if not fault.drip and fault.cut >= 1:
        return response
    body = response.body
    assert isinstance(body, bytes)
    sent = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
    sent.content_length = len(body)
    await sent.prepare(request)
    end = int(len(body) * fault.cut)
    if fault.drip:
        for place in range(end):
            await asyncio.sleep(fault.drip)
            await sent.write(body[place : place + 1])
    else:
        await sent.write(body[:end])
    if end < len(body):
        await asyncio.sleep(0.01)  # so that what was written leaves before the connection ends
        raise _dropped(request)
    await sent.write_eof()
    return sent
