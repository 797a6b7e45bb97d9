"""What a person's phone does, over HTTP: the chat page and the tests use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox import actions
from bot.sandbox.accounts import BotAccount, Chat, Stored, User
from bot.sandbox.client_forms import ClientError, read_form
from bot.sandbox.errors import ApiError
from bot.sandbox.methods.profile import commands_for
from bot.sandbox.parameters import Upload
from bot.sandbox.samples import Samples
from bot.sandbox.world import World

CHANNEL_ID = -1001234500001
PRESS_TIMEOUT = 10.0  # seconds until an unanswered button gives up
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into `{"error": "..."}`."""
    if not request.path.startswith("/client/"):
        return await handler(request)
    try:
        return await handler(request)
    except ClientError as error:
        return web.json_response({"error": str(error)}, status=400)
    except ApiError as error:
        return web.json_response({"error": error.description}, status=error.code)
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"error": f"This request cannot be understood: {error}"}, status=400)


class ClientApi:
    """Answers `/client/...`."""

    def __init__(self, world: World, samples: Samples) -> None:
        self._world = world
        self._samples = samples

    def routes(self) -> list[web.RouteDef]:
        """All addresses."""
        return [
            web.get("/client/state", self.state),
            web.get("/client/messages", self.messages),
            web.get("/client/events", self.events),
            web.get("/client/file/{file_id}", self.file),
            web.post("/client/send", self.send),
            web.post("/client/forward", self.forward),
            web.post("/client/edit", self.edit),
            web.post("/client/delete", self.delete),
            web.post("/client/press", self.press),
            web.post("/client/react", self.react),
            web.post("/client/read", self.read),
        ]

    # Reading ---------------------------------------------------------------------------------------------------------

    async def state(self, request: web.Request) -> web.Response:
        """Everything that a page needs to begin."""
        user, bot = self._who(request.query)
        chats = self._world.chats_of(user.id, bot)
        private = chats[0] if bot else None
        return web.json_response(
            {
                "users": [known.as_json() for known in self._world.users.values()],
                "chats": [self._summary(chat, user, bot) for chat in chats],
                "bot": bot.user.as_json() if bot else None,
                "bots": [known.user.as_json() for known in self._world.bots.values()],
                "samples": self._samples.listing(),
                "draws_scenes": self._samples.draws_scenes,
                "commands": commands_for(bot, private, user.id) if bot and private else [],
                "description": bot.descriptions.get(("description", ""), "") if bot else "",
                "last_event": self._world.events.last,
            }
        )

    def _summary(self, chat: Chat, user: User, bot: BotAccount | None) -> dict[str, Any]:
        seen = chat.read_up_to.get(user.id, 0)
        alive = [stored for stored in chat.messages.values() if not stored.deleted]
        title = chat.title if chat.owner is None else bot.user.first_name if bot else ""
        return {
            "id": chat.id,
            "type": chat.type,
            "title": title,
            "unread": sum(stored.id > seen and stored.sender_id != user.id for stored in alive),
            "last": self._world.show(chat, alive[-1]) if alive else None,
            "commands": commands_for(bot, chat, user.id) if bot else [],
            "members": {str(member): status for member, status in chat.members.items()},
            "blocked": bool(bot and chat.owner is not None and user.id in bot.blocked_by),
            "pinned": list(chat.pinned),
        }

    async def messages(self, request: web.Request) -> web.Response:
        """A page of a chat, oldest first; reading the newest marks them read."""
        user, _ = self._who(request.query)
        chat = self._chat(request.query, user)
        limit = min(500, int(request.query.get("limit", 50)))
        before = request.query.get("before", "")
        alive = [stored for stored in chat.messages.values() if not stored.deleted]
        if before.isdecimal():
            alive = [stored for stored in alive if stored.id < int(before)]
        elif alive:
            chat.read_up_to[user.id] = alive[-1].id
        return web.json_response({"messages": [self._world.show(chat, stored) for stored in alive[-limit:]]})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events for one person."""
        user, _ = self._who(request.query)
        after = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        number = int(after) if after.isdecimal() else self._world.events.last
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b"retry: 1000\n\n")
        try:
            async for event in self._world.events.follow(user.id, number):
                line = f"id: {event['n']}\ndata: {json.dumps(event)}\n\n" if event else ": still here\n\n"
                await response.write(line.encode())
        except ConnectionError:
            pass  # the page went away
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A picture or document, for the browser."""
        stored = self._world.files.by_id.get(request.match_info["file_id"])
        if stored is None:
            return web.json_response({"error": "There is no such file."}, status=404)
        # Only pictures and recordings are shown; else it is downloaded, so that no file can act as a page of ours.
        shown = stored.media_type in {
            *("image/jpeg", "image/png", "image/gif", "image/webp"),
            *("audio/ogg", "audio/webm", "audio/mp4"),
        }
        name = stored.name.replace('"', "").replace("\n", "")
        headers = {
            "Content-Type": stored.media_type if shown else "application/octet-stream",
            "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{ascii_name(name)}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=86400, immutable",
        }
        return web.FileResponse(stored.path, headers=headers)

    # Acting ----------------------------------------------------------------------------------------------------------

    async def send(self, request: web.Request) -> web.Response:
        """Send a text, a file or an album."""
        fields, uploads, user, chat = await self._act(request)
        reply_to = int(fields.get("reply_to") or 0) or None
        quoted = None
        if fields.get("quote_chat"):  # a reply to a message of another chat
            other = self._chat(fields | {"chat": fields["quote_chat"]}, user)
            quoted, reply_to = actions.elsewhere(other, self._message(other, {"message_id": reply_to})), None
        async with chat.sending:
            stored = await actions.send(
                self._world,
                chat,
                user,
                text=str(fields.get("text") or ""),
                caption=str(fields.get("caption") or ""),
                uploads=uploads,
                as_document=str(fields.get("as_document") or "0").lower() in {"1", "true"},
                kind=str(fields.get("kind") or ""),
                reply_to=reply_to,
                thread=int(fields.get("thread") or 0) or None,
                captions=json.loads(fields.get("captions") or "[]"),
                album=fields.get("media_group_id") or None,
                quoted=quoted,
                quote=str(fields.get("quote") or ""),
                seconds=int(fields.get("duration") or 0),
                still=fields["thumbnail"].data if isinstance(fields.get("thumbnail"), Upload) else b"",
                behind=_behind(chat, fields),
            )
        return self._sent(chat, stored)

    async def forward(self, request: web.Request) -> web.Response:
        """Send a message of another chat on to this one."""
        fields, _, user, chat = await self._act(request)
        source = self._chat(fields | {"chat": fields["from_chat"]}, user)
        async with chat.sending:
            thread = int(fields.get("thread") or 0) or None
            stored = actions.forward(self._world, chat, user, self._message(source, fields), thread)
        return self._sent(chat, [stored])

    async def edit(self, request: web.Request) -> web.Response:
        """Edit one's own message: its words, or, where a file comes along, what it shows."""
        fields, uploads, user, chat = await self._act(request)
        stored = self._message(chat, fields)
        if uploads:
            caption = str(fields.get("caption") or "")
            await actions.replace_media(self._world, chat, user, stored, caption, uploads[0])
        else:
            actions.edit(self._world, chat, user, stored, fields.get("text"), fields.get("caption"))
        return self._sent(chat, [stored])

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message for everybody."""
        fields, _, user, chat = await self._act(request)
        actions.delete(self._world, chat, user, self._message(chat, fields))
        return web.json_response({"ok": True})

    async def press(self, request: web.Request) -> web.Response:
        """Press a button and wait for the bot's answer to that."""
        fields, _, user, chat = await self._act(request)
        query = actions.press(self._world, chat, user, self._message(chat, fields), str(fields["data"]))
        try:
            async with asyncio.timeout(float(fields.get("wait", PRESS_TIMEOUT))):
                answer = await query.answer
        except TimeoutError:
            answer = None
        return web.json_response({"ok": True, "answer": answer})

    async def react(self, request: web.Request) -> web.Response:
        """Put an emoji on a message; an empty one takes it away."""
        fields, _, user, chat = await self._act(request)
        actions.react(self._world, chat, user, self._message(chat, fields), str(fields.get("emoji") or ""))
        return web.json_response({"ok": True})

    async def read(self, request: web.Request) -> web.Response:
        """Mark a chat as read."""
        _, _, user, chat = await self._act(request)
        chat.read_up_to[user.id] = next(reversed(chat.messages), 0)
        return web.json_response({"ok": True})

    # Who and where ---------------------------------------------------------------------------------------------------

    def _sent(self, chat: Chat, stored: list[Stored]) -> web.Response:
        return web.json_response({"messages": [self._world.show(chat, message) for message in stored]})

    async def _act(self, request: web.Request) -> tuple[dict[str, Any], list[Upload], User, Chat]:
        """What somebody sends, who it is and where they do it."""
        fields, uploads = await read_form(request)
        user, _ = self._who(fields)
        return fields, uploads, user, self._chat(fields, user)

    def _who(self, fields: Any) -> tuple[User, BotAccount | None]:  # noqa: ANN401 - a query or a form
        user = self._world.users.get(int(fields.get("user") or 1001))
        if user is None:
            raise ClientError("There is no such user.")
        named = fields.get("bot")
        bot = self._world.bots.get(int(named)) if named else self._world.current_bot
        return user, bot

    def _chat(self, fields: Any, user: User) -> Chat:  # noqa: ANN401 - a query or a form
        _, bot = self._who(fields)
        number = int(fields.get("chat") or user.id)
        if number == user.id:
            if bot is None:
                raise ClientError("No bot has called yet: start one, then write to it.")
            return self._world.private_chat(bot, user.id)
        chat = self._world.groups.get(number)
        if chat is None or chat not in self._world.chats_of(user.id, None):
            raise ClientError("There is no such chat.")
        return chat

    def _message(self, chat: Chat, fields: Any) -> Stored:  # noqa: ANN401 - a form
        stored = chat.find(int(fields["message_id"]))
        if stored is None:
            raise ClientError("There is no such message.")
        return stored


def _behind(chat: Chat, fields: dict[str, Any]) -> dict[str, Any] | None:
    """In whose name somebody writes: `anonymous` admins in the group's, others in a `channel`'s (its title)."""
    if fields.get("anonymous") and chat.owner is None:
        return chat.as_json()
    if fields.get("channel"):
        return {"id": CHANNEL_ID, "type": "channel", "title": str(fields["channel"])}
    return None


def ascii_name(name: str) -> str:
    """A file name that fits into a header."""
    return name.encode("ascii", "replace").decode().replace("?", "_") or "file"
