"""Faults, the log of calls, and the world's setup: for tests and for the curious."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.sandbox import actions
from bot.sandbox.accounts import BotAccount, Chat, User
from bot.sandbox.client_forms import ClientError, read_form
from bot.sandbox.members import member_json, membership_changed
from bot.sandbox.posting import now, post
from bot.sandbox.world import GONE, World


class ControlApi:
    """Answers the `/client/...` addresses that no phone has."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """All addresses."""
        return [
            web.get("/client/faults", self.show_faults),
            web.post("/client/faults", self.set_faults),
            web.get("/client/log", self.log),
            web.post("/client/users", self.add_user),
            web.post("/client/chats", self.add_chat),
            web.post("/client/member", self.set_member),
            web.post("/client/block", self.block),
            web.post("/client/bot", self.set_bot),
            web.post("/client/migrate", self.migrate),
            web.post("/client/topic", self.add_topic),
        ]

    async def show_faults(self, request: web.Request) -> web.Response:
        """What is switched on."""
        return web.json_response({**self._world.faults.as_json(), "limits": self._world.limits.on})

    async def set_faults(self, request: web.Request) -> web.Response:
        """Switch faults on and off; `limits` switches Telegram's real rates."""
        settings, _ = await read_form(request)
        if "limits" in settings:
            self._world.limits.on = bool(settings.pop("limits"))
        self._world.faults.change(settings)
        return await self.show_faults(request)

    async def log(self, request: web.Request) -> web.Response:
        """The calls that bots made, oldest first: `?method=sendMessage&after=<n>`."""
        method = request.query.get("method", "").lower()
        after = int(request.query.get("after", 0))
        calls = [
            entry
            for entry in self._world.recorder.log
            if entry["n"] > after and (not method or entry["method"].lower() == method)
        ]
        return web.json_response({"calls": calls})

    async def add_user(self, request: web.Request) -> web.Response:
        """Let somebody move in: `{"id", "first_name", "username", "language_code"}`."""
        fields, _ = await read_form(request)
        user = User(int(fields["id"]), str(fields["first_name"]), str(fields.get("username") or ""))
        user.language_code = str(fields.get("language_code") or user.language_code)
        if user.id <= 0 or user.id in self._world.bots:
            raise ClientError("This id is taken or not positive.")
        self._world.users[user.id] = user
        for bot in self._world.bots.values():
            self._world.private_chat(bot, user.id)
        return web.json_response(user.as_json())

    async def add_chat(self, request: web.Request) -> web.Response:
        """Make a group: `{"id", "title", "type": "group"|"supergroup", "members": {user id: status}, "is_forum"}`."""
        fields, _ = await read_form(request)
        members = {int(user): str(status) for user, status in dict(fields.get("members") or {}).items()}
        chat = Chat(int(fields["id"]), str(fields.get("type") or "supergroup"), str(fields["title"]), members=members)
        if chat.id >= 0 or chat.id in self._world.groups or chat.type not in {"group", "supergroup"}:
            raise ClientError("A group needs a new negative id and the type group or supergroup.")
        if fields.get("is_forum"):
            chat.topics = {}
        self._world.groups[chat.id] = chat
        for bot in self._world.bots.values():
            chat.members.setdefault(bot.id, "member")
        return web.json_response(chat.as_json())

    async def set_member(self, request: web.Request) -> web.Response:
        """Add, promote or remove somebody: `{"user" (who does it), "chat", "member", "status"}`."""
        fields, _ = await read_form(request)
        chat = self._world.groups[int(fields["chat"])]
        actor = self._world.users[int(fields.get("user") or 1001)]
        member = self._world.user(int(fields["member"]))
        status = str(fields["status"])
        if member is None or status not in {"creator", "administrator", "member", "left", "kicked"}:
            raise ClientError("There is no such user or status.")
        old = chat.members.get(member.id, "left")
        change = {
            "chat": chat.as_json(),
            "from": actor.as_json(),
            "date": now(),
            "old_chat_member": member_json(chat, member),
        }
        chat.members[member.id] = status
        bot = self._world.bots.get(member.id)
        if bot is not None:
            membership_changed(chat, bot, actor, old, status)
        for other in self._world.bots_in(chat):
            if chat.members.get(other.id) == "administrator":
                after = {**change, "new_chat_member": member_json(chat, member)}
                other.updates.push("chat_member", after)
        if old in GONE and status not in GONE:
            post(self._world, chat, actor, {"new_chat_members": [member.as_json()]})
        elif old not in GONE and status in GONE:
            post(self._world, chat, actor, {"left_chat_member": member.as_json()})
        return web.json_response({"ok": True})

    async def block(self, request: web.Request) -> web.Response:
        """Block the bot, or unblock it: `{"user", "blocked": true}`."""
        fields, _ = await read_form(request)
        bot = self._bot(fields)
        user = self._world.users[int(fields["user"])]
        chat = self._world.private_chat(bot, user.id)
        change = actions.block if fields.get("blocked", True) else actions.unblock
        change(self._world, chat, user)
        return web.json_response({"ok": True})

    async def set_bot(self, request: web.Request) -> web.Response:
        """What BotFather sets: `{"bot", "privacy": bool, "username", "first_name"}`."""
        fields, _ = await read_form(request)
        bot = self._bot(fields)
        if "privacy" in fields:
            bot.reads_all = not fields["privacy"]
        bot.user.username = str(fields.get("username") or bot.user.username)
        bot.user.first_name = str(fields.get("first_name") or bot.user.first_name)
        return web.json_response(bot.user.as_json())

    async def add_topic(self, request: web.Request) -> web.Response:
        """Open a topic in a forum: `{"user", "chat", "name"}`; returns its `message_thread_id`."""
        fields, _ = await read_form(request)
        chat = self._world.groups[int(fields["chat"])]
        if chat.topics is None:
            raise ClientError("This group is no forum.")
        actor = self._world.users[int(fields.get("user") or 1001)]
        name = str(fields["name"])
        thread = chat.next_message_id  # a topic has the number of the message that opened it
        chat.topics[thread] = name
        post(self._world, chat, actor, {"forum_topic_created": {"name": name, "icon_color": 7322096}}, thread=thread)
        return web.json_response({"message_thread_id": thread})

    async def migrate(self, request: web.Request) -> web.Response:
        """Turn a group into a supergroup: `{"user", "chat"}`; both chats tell their bots."""
        fields, _ = await read_form(request)
        old = self._world.groups[int(fields["chat"])]
        if old.type != "group" or old.migrated_to is not None:
            raise ClientError("Only a group that did not migrate yet can become a supergroup.")
        actor = self._world.users[int(fields.get("user") or 1001)]
        new = Chat(-1_000_000_000_000 + old.id, "supergroup", old.title, members=dict(old.members))
        self._world.groups[new.id] = new
        service: dict[str, Any] = {"migrate_to_chat_id": new.id}
        post(self._world, old, actor, service)
        post(self._world, new, actor, {"migrate_from_chat_id": old.id})
        old.migrated_to = new.id
        return web.json_response(new.as_json())

    def _bot(self, fields: dict[str, Any]) -> BotAccount:
        bot = self._world.bots.get(int(fields["bot"])) if fields.get("bot") else self._world.current_bot
        if bot is None:
            raise ClientError("No bot has called yet.")
        return bot
