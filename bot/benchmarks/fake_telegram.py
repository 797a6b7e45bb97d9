"""As much of Telegram as a measured bot calls, without limits: updates in, messages and edits out, each timed."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.benchmarks.http_stub import Answer, serve

TOKEN = "1000000001:the_measured_bot_has_no_secret"
PER_POLL = 100
BOT = {"id": 1000000001, "is_bot": True, "first_name": "Bot", "username": "measured_bot"}
Key = tuple[int, int]
"""A chat and the number of a message in it."""


class FakeTelegram:
    """The Bot API of one bot: `async with FakeTelegram() as telegram: ...`

    Every file that the bot downloads is the example picture of /start.
    """

    def __init__(self) -> None:
        self._picture = (files("bot") / "example.png").read_bytes()
        self._updates: deque[dict[str, Any]] = deque()
        self._poll: asyncio.Future[bytes] | None = None
        self._next_update, self._next_message = 1, 1
        self._questions: dict[Key, Key] = {}  # the bot's message -> the one that it replies to
        self._waiting: dict[Key, float] = {}  # message that asked -> when it was due
        self.calls: dict[str, int] = {}
        self.answered = 0
        self.replied: Callable[[Key], None] = lambda key: None
        """Called with the message that the bot replied to."""
        self.delivered: Callable[[Key, float], None] = lambda key, seconds: None
        """Called with the message that asked and the seconds from when it was due to the message that answers it."""
        self.quiet = asyncio.Event()
        """Set while no question waits for its answer."""
        self._server: asyncio.Server  # since it was entered

    async def __aenter__(self) -> FakeTelegram:
        self._server = await serve(self._answer)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._poll is not None:
            self._poll.cancel()
        self._server.close()

    def settings(self, data_dir: Path) -> dict[str, object]:
        """Those of a bot that lives here, by their names in `Settings`: it may be asked without limit."""
        return {
            "telegram_token": TOKEN,
            "telegram_base_url": f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}",
            "data_dir": data_dir,
            "questions_per_minute": 1_000_000,
            "log_level": "WARNING",
        }

    @property
    def open_questions(self) -> int:
        """How many questions have no answer yet."""
        return len(self._waiting)

    # What people do ------------------------------------------------------------------------------------------------

    def ask(self, chat: int, text: str, due: float | None = None) -> Key:
        """Somebody writes a question now, or should have at `due` (monotonic seconds). Returns its message."""
        key = self._message(chat, {"text": text})
        self._waiting[key] = time.monotonic() if due is None else due
        self.quiet.clear()
        return key

    def show(self, chat: int) -> Key:
        """Somebody sends a picture without a word."""
        size = {"file_id": f"p{chat}", "file_unique_id": "u", "width": 320, "height": 192, "file_size": 1000}
        return self._message(chat, {"photo": [size]})

    def _message(self, chat: int, content: dict[str, Any]) -> Key:
        number = self._number()
        person = {"id": chat, "is_bot": False, "first_name": "Person"}
        message = {"message_id": number, "date": int(time.time()), "chat": _chat(chat), "from": person, **content}
        self._updates.append({"update_id": self._next_update, "message": message})
        self._next_update += 1
        if self._poll is not None:
            poll, self._poll = self._poll, None
            asyncio.get_running_loop().call_soon(self._hand_out, poll)  # together with what comes in this moment
        return chat, number

    def _number(self) -> int:
        self._next_message += 1
        return self._next_message - 1

    def _hand_out(self, poll: asyncio.Future[bytes]) -> None:
        if not poll.done():
            poll.set_result(_ok([self._updates[i] for i in range(min(PER_POLL, len(self._updates)))]))

    # What the bot calls --------------------------------------------------------------------------------------------

    def _answer(self, path: str, body: bytes) -> Answer:
        parts = urlsplit(path)
        if parts.path.startswith("/file/"):
            return self._picture
        method = parts.path.rsplit("/", 1)[1]
        self.calls[method] = self.calls.get(method, 0) + 1
        fields = dict(parse_qsl(parts.query)) | dict(parse_qsl(body.decode()))
        match method:
            case "getUpdates":
                return self._get_updates(int(fields.get("offset", 0)))
            case "sendMessage":
                return self._send(int(fields["chat_id"]), fields)
            case "editMessageText":
                shown = int(fields["chat_id"]), int(fields["message_id"])
                return self._show(shown, fields["text"])
            case "getMe":
                return _ok(BOT)
            case "getMyDescription" | "getMyShortDescription":
                return _ok({"description": "", "short_description": ""})
            case "getFile":
                return _ok({"file_id": fields["file_id"], "file_unique_id": "u", "file_path": "photos/1.jpg"})
        return _ok(True)

    def _get_updates(self, offset: int) -> Answer:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        if self._updates:
            self._hand_out(future)
        else:
            self._poll = future
        return future

    def _send(self, chat: int, fields: dict[str, str]) -> bytes:
        number = self._number()
        if "reply_parameters" in fields:
            asked = (chat, int(json.loads(fields["reply_parameters"])["message_id"]))
            self._questions[chat, number] = asked
            self.replied(asked)
        return self._show((chat, number), fields["text"])

    def _show(self, shown: Key, text: str) -> bytes:
        """A message of the bot's has this text now."""
        asked = self._questions.get(shown)
        if asked is not None and "% sure" in text:
            del self._questions[shown]
            due = self._waiting.pop(asked, None)
            if due is not None:
                self.answered += 1
                self.delivered(asked, time.monotonic() - due)
                if not self._waiting:
                    self.quiet.set()
        return _ok({"message_id": shown[1], "date": 1, "chat": _chat(shown[0]), "text": "…"})


def _chat(number: int) -> dict[str, Any]:
    return {"id": number, "type": "private", "first_name": "Person"}


def _ok(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()
