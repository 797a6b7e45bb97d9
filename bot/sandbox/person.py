"""A person with a phone, for tests and the demo: writes, sends pictures, presses buttons, waits for answers."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from bot.sandbox.connection import Connection, PersonError

Message = dict[str, Any]


class Person:
    """One user of a sandbox, over HTTP: `async with Person(url, 1001) as you: await you.say("Hello")`."""

    def __init__(self, base_url: str, user_id: int = 1001, chat_id: int | None = None) -> None:
        """Take the sandbox's address, a user, and the chat that is meant when none is named (the one with the bot)."""
        self.user_id = user_id
        self.chat_id = chat_id if chat_id is not None else user_id
        self.answer: dict[str, Any] | None = None  # what the bot said to the last pressed button
        self._connection = Connection(base_url, user_id)
        self._last_said: dict[int, int] = {}  # chat id -> message id

    async def __aenter__(self) -> Person:
        await self._connection.open()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._connection.close()

    @property
    def events(self) -> list[dict[str, Any]]:
        """Everything that the page would have heard since the start."""
        return self._connection.events

    # Doing -----------------------------------------------------------------------------------------------------------

    async def say(
        self,
        text: str,
        *,
        reply_to: int | Message | None = None,
        chat: int | None = None,
        thread: int | None = None,
        anonymous: bool = False,
        channel: str = "",
        quote: str = "",
    ) -> Message:
        """Send a text; returns the message.

        Args:
            text: What to say.
            reply_to: The message to reply to; one of another chat is quoted from there.
            chat: Where to.
            thread: A forum's topic.
            anonymous: As an admin who writes in the group's name.
            channel: The title of a channel in whose name to write.
            quote: What is marked in the message that is replied to.
        """
        fields = {"text": text, "reply_to": _number(reply_to), "thread": thread, "channel": channel or None}
        fields["quote"] = quote or None
        fields["anonymous"] = 1 if anonymous else None
        if isinstance(reply_to, dict) and reply_to["chat"]["id"] != (self.chat_id if chat is None else chat):
            fields["quote_chat"] = reply_to["chat"]["id"]
        return (await self._send(fields, [], chat))[0]

    async def send_picture(
        self,
        picture: bytes,
        caption: str = "",
        *,
        name: str = "photo.jpg",
        as_document: bool = False,
        reply_to: int | Message | None = None,
        chat: int | None = None,
        thread: int | None = None,
    ) -> Message:
        """Send a picture (any format; apps make a JPEG of it, unless it goes as a document); returns the message."""
        fields = {"caption": caption, "as_document": int(as_document), "reply_to": _number(reply_to)}
        fields["thread"] = thread
        return (await self._send(fields, [(name, picture)], chat))[0]

    async def send_album(
        self,
        pictures: list[bytes],
        caption: str | list[str] = "",
        *,
        chat: int | None = None,
        thread: int | None = None,
        names: list[str] | None = None,
    ) -> list[Message]:
        """Send several pictures at once; the caption belongs to the first, or there is a list of one for each."""
        names = names or [f"photo{number}.jpg" for number in range(len(pictures))]
        fields = {"caption": caption} if isinstance(caption, str) else {"captions": json.dumps(caption)}
        return await self._send({**fields, "thread": thread}, list(zip(names, pictures, strict=True)), chat)

    async def send_late(self, album: Message, picture: bytes, caption: str = "", *, chat: int | None = None) -> Message:
        """Send one more picture of an album of which `album` is another one: they may come seconds later."""
        fields = {"caption": caption, "media_group_id": album["media_group_id"]}
        return (await self._send(fields, [("photo.jpg", picture)], chat))[0]

    async def send_file(
        self,
        data: bytes,
        name: str,
        caption: str = "",
        *,
        kind: str = "document",
        still: bytes = b"",
        reply_to: int | None = None,
        chat: int | None = None,
        thread: int | None = None,
    ) -> Message:
        """Send a file: `kind` is document, video, voice, audio, sticker, animation, video_note or live_photo.

        `still`: the picture that Telegram would make of what moves, where Pillow cannot read it.
        """
        fields = {"caption": caption, "kind": kind, "reply_to": reply_to, "thread": thread}
        return (await self._send(fields, [(name, data)], chat, still=still))[0]

    async def forward(self, message: Message, *, chat: int | None = None, thread: int | None = None) -> Message:
        """Send a message of any chat on; returns the new message."""
        fields = {"message_id": message["message_id"], "from_chat": message["chat"]["id"], "thread": thread}
        place = self.chat_id if chat is None else chat
        messages: list[Message] = (await self._post("/client/forward", fields, place))["messages"]
        self._last_said[place] = messages[0]["message_id"]
        return messages[0]

    async def edit(self, message: Message, text: str) -> Message:
        """Edit one's own text or caption; returns the new message."""
        fields = {"message_id": message["message_id"], "text": text, "caption": text}
        messages: list[Message] = (await self._post("/client/edit", fields, message["chat"]["id"]))["messages"]
        return messages[0]

    async def edit_picture(
        self, message: Message, picture: bytes, caption: str = "", *, name: str = "photo.jpg"
    ) -> Message:
        """Put another picture (or file) into one's own message; returns the new message."""
        fields = {"message_id": message["message_id"], "caption": caption}
        return (await self._send(fields, [(name, picture)], message["chat"]["id"], path="/client/edit"))[0]

    async def delete(self, message: Message) -> None:
        """Delete a message."""
        await self._post("/client/delete", {"message_id": message["message_id"]}, message["chat"]["id"])

    async def react(self, message: Message, emoji: str) -> None:
        """Put an emoji on a message."""
        fields = {"message_id": message["message_id"], "emoji": emoji}
        await self._post("/client/react", fields, message["chat"]["id"])

    async def press(self, message: Message, button_text: str) -> dict[str, Any] | None:
        """Press the button whose text contains `button_text`; returns the bot's answer to that, or None.

        Raises:
            PersonError: When the message, as it is now, has no such button.
        """
        current = await self.message(message["message_id"], message["chat"]["id"]) or message
        for button in buttons(current):
            if button_text in button["text"] and "callback_data" in button:
                fields = {"message_id": message["message_id"], "data": button["callback_data"]}
                self.answer = (await self._post("/client/press", fields, message["chat"]["id"]))["answer"]
                return self.answer
        shown = ", ".join(button["text"] for button in buttons(current)) or "none"
        raise PersonError(f"The message has no button {button_text!r}; its buttons: {shown}.")

    async def set_up(self, what: str, **fields: object) -> dict[str, Any]:
        """Change the sandbox as BotFather or a group's owner does: `chats`, `member`, `topic`, `bot` and the like."""
        return await self._connection.post(f"/client/{what}", {"user": self.user_id, **fields})

    # Looking ---------------------------------------------------------------------------------------------------------

    async def messages(self, chat: int | None = None, limit: int = 50) -> list[Message]:
        """The newest messages of a chat, oldest first."""
        query = {"chat": str(chat if chat is not None else self.chat_id), "limit": str(limit)}
        found: list[Message] = (await self._connection.get("/client/messages", **query))["messages"]
        return found

    async def message(self, message_id: int, chat: int | None = None) -> Message | None:
        """One message as it is now; None when it is gone."""
        for message in reversed(await self.messages(chat, 500)):
            if message["message_id"] == message_id:
                return message
        return None

    async def state(self) -> dict[str, Any]:
        """People, chats, the bot and its commands."""
        return await self._connection.get("/client/state")

    async def wait_for(
        self,
        predicate: Callable[[Message], object],
        timeout: float = 60.0,  # noqa: ASYNC109 - a test says here how long it is ready to wait
        *,
        chat: int | None = None,
        since: int | None = None,
    ) -> Message:
        """Wait until a message from somebody else fulfils the predicate, as it is or after an edit.

        Args:
            predicate: Gets Telegram's `Message`.
            timeout: Seconds.
            chat: The chat to watch.
            since: Only messages with a higher number count; None: those after the last thing that this person said.
                0 watches the whole chat, so that edits of older messages count too.

        Raises:
            TimeoutError: Naming the messages that came instead.
        """
        place = chat if chat is not None else self.chat_id
        after = self._last_said.get(place, 0) if since is None else since
        ends = asyncio.get_running_loop().time() + timeout
        while True:
            heard = len(self.events)
            found = [message for message in await self.messages(place, 500) if message["message_id"] > after]
            others = [message for message in found if message.get("from", {}).get("id") != self.user_id]
            for message in reversed(others):
                if predicate(message):
                    return message
            left = ends - asyncio.get_running_loop().time()
            if left <= 0:
                texts = [message.get("text") or message.get("caption") or sorted(message) for message in others]
                raise TimeoutError(f"No such message came within {timeout:g} s; there are: {texts}")
            if len(self.events) == heard:
                await self._connection.heard.wait(min(left, 2.0))

    async def download(self, message: Message) -> bytes:
        """The bytes of a message's document, or of its photo at the largest size."""
        media = message.get("document") or message["photo"][-1]
        return await self._connection.download(media["url"])

    # The wire --------------------------------------------------------------------------------------------------------

    async def _send(
        self,
        fields: dict[str, Any],
        files: list[tuple[str, bytes]],
        chat: int | None,
        *,
        path: str = "/client/send",
        still: bytes = b"",
    ) -> list[Message]:
        place = chat if chat is not None else self.chat_id
        form = aiohttp.FormData()
        for name, value in {**fields, "user": self.user_id, "chat": place}.items():
            if value is not None:
                form.add_field(name, str(value))
        for file_name, data in files:
            form.add_field("file", io.BytesIO(data), filename=file_name)
        if still:
            form.add_field("thumbnail", io.BytesIO(still), filename="still.jpg")
        sent: list[Message] = (await self._connection.post(path, form))["messages"]
        newest = max(message["message_id"] for message in sent)
        self._last_said[place] = max(self._last_said.get(place, 0), newest)
        return sent

    async def _post(self, path: str, fields: dict[str, Any], chat: int) -> dict[str, Any]:
        return await self._connection.post(path, {**fields, "user": self.user_id, "chat": chat})


def buttons(message: Message) -> list[dict[str, Any]]:
    """A message's inline buttons, row by row."""
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def _number(message: int | Message | None) -> int | None:
    return message["message_id"] if isinstance(message, dict) else message
