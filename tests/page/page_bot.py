"""A small bot without any library: it answers what the page's tests say to it, over HTTP."""

import asyncio
import io
import json
import zipfile
from typing import Any

import aiohttp

TOKEN = "4242:for_the_page"
COMMANDS = [
    ("start", "What this bot does"),
    ("settings", "How carefully it answers"),
    ("history", "Earlier questions"),
    ("export", "Everything as a ZIP"),
    ("help", "How to ask"),
]
WELCOME = (
    "<b>Hello!</b> Send me a picture with a question. 🐈\n\n"
    "<i>For example</i>: how many people are there?\n"
    "<blockquote>Reply to an answer to go on.</blockquote>\n"
    "See /settings, or <a href='https://example.org/about'>how it works</a>. <tg-spoiler>It is small.</tg-spoiler>\n"
    "<pre><code class='language-python'>answer = ask(picture)</code></pre>"
)


class PageBot:
    """Polls for updates and answers each; `await bot.start()`, later `await bot.stop()`."""

    def __init__(self, url: str, *, pause: float = 0.0) -> None:
        """Take the sandbox's address and how long thinking takes, in seconds."""
        self._url = url
        self._pause = pause
        self._carefully = False
        self._session: aiohttp.ClientSession | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession()
        await self("getMe")
        commands = [{"command": name, "description": about} for name, about in COMMANDS]
        await self("setMyCommands", commands=commands)
        self._task = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        assert self._task is not None and self._session is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._session.close()

    async def __call__(self, method: str, **params: Any) -> Any:
        """Call a method; gives its result."""
        assert self._session is not None
        async with self._session.post(f"{self._url}/bot{TOKEN}/{method}", json=params) as response:
            body = await response.json()
        assert body["ok"], (method, body)
        return body["result"]

    async def send_document(self, chat: int, name: str, data: bytes, caption: str) -> Any:
        form = aiohttp.FormData({"chat_id": str(chat), "caption": caption})
        form.add_field("document", data, filename=name, content_type="application/zip")
        assert self._session is not None
        async with self._session.post(f"{self._url}/bot{TOKEN}/sendDocument", data=form) as response:
            return (await response.json())["result"]

    async def _poll(self) -> None:
        offset = 0
        while True:
            for update in await self("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self._answer(update["message"])
                elif "callback_query" in update:
                    await self._pressed(update["callback_query"])

    async def _answer(self, message: dict[str, Any]) -> None:
        chat = message["chat"]["id"]
        text = message.get("text", "")
        reply = {"message_id": message["message_id"]}
        if text.startswith("/start"):
            about = {"text": "About", "url": "https://example.org"}
            markup = {"inline_keyboard": [[{"text": "🖼 Try an example", "callback_data": "example"}], [about]]}
            await self("sendMessage", chat_id=chat, text=WELCOME, parse_mode="HTML", reply_markup=markup)
        elif text.startswith("/settings"):
            await self("sendMessage", chat_id=chat, **self._settings())
        elif text.startswith("/export"):
            await self("sendChatAction", chat_id=chat, action="upload_document")
            await self.send_document(chat, "history.zip", history_zip(), "3 questions, 2 pictures")
        elif text.startswith("/typing"):
            await self("sendChatAction", chat_id=chat, action="typing")
        elif text.startswith("/silent"):
            pass
        elif "photo" in message or "reply_to_message" in message or text.endswith("?"):
            question = text or message.get("caption", "")
            await self("sendChatAction", chat_id=chat, action="typing")
            sent = await self("sendMessage", chat_id=chat, text="Looking at the picture…", reply_parameters=reply)
            await asyncio.sleep(self._pause)
            answer = "<b>red</b> · 97 % sure" if question else "What would you like to know about it?"
            await self("editMessageText", chat_id=chat, message_id=sent["message_id"], text=answer, parse_mode="HTML")
        else:
            await self("sendMessage", chat_id=chat, text=f"You said: {text}")

    async def _pressed(self, query: dict[str, Any]) -> None:
        message = query["message"]
        if query["data"] == "example":
            await self("answerCallbackQuery", callback_query_id=query["id"], text="Here it comes", show_alert=True)
            return
        if query["data"] == "ignored":
            return
        self._carefully = query["data"] == "careful"
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await self("editMessageText", **place, **self._settings())
        await self("answerCallbackQuery", callback_query_id=query["id"], text="Saved")

    def _settings(self) -> dict[str, Any]:
        quick, careful = ("", "✓ ") if self._carefully else ("✓ ", "")
        buttons = [("quick", f"{quick}Quick"), ("careful", f"{careful}Careful")]
        keyboard = [[{"text": text, "callback_data": data} for data, text in buttons]]
        text = f"<b>Settings</b>\nAnswers: {'carefully' if self._carefully else 'quickly'}"
        return {"text": text, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": keyboard}}


def history_zip() -> bytes:
    """A ZIP as an export would be."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("history.json", json.dumps([{"question": "What colour is the ball?", "answer": "red"}]))
    return out.getvalue()
