"""The sandbox's world: its people, bots, chats and files, and what they may see of each other."""

from __future__ import annotations

import copy
import itertools
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.accounts import BotAccount, Chat, Stored, User
from bot.sandbox.callbacks import Callbacks
from bot.sandbox.errors import bad_request
from bot.sandbox.events import Events
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.limits import Limits
from bot.sandbox.recorder import Recorder
from bot.sandbox.updates import UpdateQueue

GROUP_ID = -100200300
GONE = {"left", "kicked"}
MEDIA_KEPT = 20_000  # file ids that can be sent again


async def ignore_reply(bot: BotAccount, answer: dict[str, Any]) -> None:
    """What happens to a method named in a webhook's answer while nobody carries it out."""


@dataclass
class World:
    """Everything that a sandbox knows."""

    files: Files
    recorder: Recorder
    first_message_id: int = 1
    remote_webhooks: bool = False  # whether updates may be delivered to other machines
    events: Events = field(default_factory=Events)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    callbacks: Callbacks = field(default_factory=Callbacks)
    users: dict[int, User] = field(default_factory=dict)
    bots: dict[int, BotAccount] = field(default_factory=dict)
    groups: dict[int, Chat] = field(default_factory=dict)
    private: dict[tuple[int, int], Chat] = field(default_factory=dict)  # (bot id, user id)
    media: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict)  # file id -> the object it came in
    webhook_reply: Callable[[BotAccount, dict[str, Any]], Awaitable[None]] = field(default=ignore_reply)
    media_groups: itertools.count[int] = field(default_factory=lambda: itertools.count(13_500_000_000_000_001))

    def settle(self) -> None:
        """Let the first people move in, and give them a group."""
        self.users = {1001: User(1001, "You", "you"), 1002: User(1002, "Ada", "ada")}
        friends = Chat(GROUP_ID, "supergroup", "Friends", members={1001: "creator", 1002: "member"})
        friends.next_message_id = self.first_message_id + 1  # the first is the group's beginning
        self.groups[GROUP_ID] = friends

    def close(self) -> None:
        """Forget everything."""
        self.events.close()
        self.files.close()
        self.recorder.close()

    # Bots ------------------------------------------------------------------------------------------------------------

    def register(self, bot_id: int, token: str) -> BotAccount:
        """Give a bot an account, a private chat with everybody and a place in every group."""
        first = not self.bots
        name, username = ("VQA Bot", "vqa_sandbox_bot") if first else (f"Bot {bot_id}", f"sandbox_{bot_id}_bot")
        bot = BotAccount(
            User(bot_id, name, username, is_bot=True), token, UpdateQueue(), next_message_id=self.first_message_id
        )
        bot.updates.doubles = self.faults.doubles
        self.bots[bot_id] = bot
        for group in self.groups.values():
            group.members[bot_id] = "member"
        for user_id in self.users:
            self.private_chat(bot, user_id)
        self.events.emit(self.users, "bot", bot=bot.user.as_json())
        return bot

    @property
    def current_bot(self) -> BotAccount | None:
        """The bot that a client means when it names none: the newest."""
        return next(reversed(self.bots.values()), None)

    def user(self, user_id: int) -> User | None:
        """A person or a bot."""
        if user_id in self.bots:
            return self.bots[user_id].user
        return self.users.get(user_id)

    def find_user(self, user_id: int) -> dict[str, Any] | None:
        """Telegram's `User` of that id."""
        user = self.user(user_id)
        return user.as_json() if user else None

    # Chats -----------------------------------------------------------------------------------------------------------

    def private_chat(self, bot: BotAccount, user_id: int) -> Chat:
        """The chat of a person with a bot; made when there is none."""
        key = (bot.id, user_id)
        if key not in self.private:
            self.private[key] = Chat(user_id, "private", bot_id=bot.id, owner=self.users[user_id])
        return self.private[key]

    def chat_for(self, bot: BotAccount, chat_id: int | str) -> Chat:
        """The chat that a bot means.

        Raises:
            ApiError: 400 when it knows no such chat.
        """
        if isinstance(chat_id, int):
            chat = self.groups.get(chat_id) or self.private.get((bot.id, chat_id))
            if chat is not None:
                return chat
        raise bad_request("chat not found")

    def chats_of(self, user_id: int, bot: BotAccount | None) -> list[Chat]:
        """The chats on a person's phone: the one with the bot, then the groups."""
        private = [self.private_chat(bot, user_id)] if bot else []
        return private + [group for group in self.groups.values() if group.members.get(user_id, "left") not in GONE]

    def bots_in(self, chat: Chat) -> list[BotAccount]:
        """The bots that take part in a chat."""
        if chat.bot_id is not None:
            return [self.bots[chat.bot_id]]
        return [bot for bot in self.bots.values() if chat.members.get(bot.id, "left") not in GONE]

    def next_message_id(self, chat: Chat) -> int:
        """The number of a chat's next message: a bot's private chats share theirs, groups count alone."""
        if chat.bot_id is not None:
            bot = self.bots[chat.bot_id]
            bot.next_message_id += 1
            return bot.next_message_id - 1
        chat.next_message_id += 1
        return chat.next_message_id - 1

    # Media -----------------------------------------------------------------------------------------------------------

    def remember_media(self, content: dict[str, Any]) -> None:
        """Note the media of a message by file id, so that it can be sent again."""
        for media in content.values():
            for size in media if isinstance(media, list) else [media]:
                if isinstance(size, dict) and "file_id" in size:
                    self.media[size["file_id"]] = content
        while len(self.media) > MEDIA_KEPT:
            self.media.popitem(last=False)

    # Messages --------------------------------------------------------------------------------------------------------

    def render(self, chat: Chat, stored: Stored, *, nested: bool = False) -> dict[str, Any]:
        """Telegram's `Message`, with the message that it replies to (and no further)."""
        body = copy.deepcopy(stored.body)
        if stored.reply_to is not None and not nested:
            answered = chat.find(stored.reply_to)
            if answered is not None:
                body["reply_to_message"] = self.render(chat, answered, nested=True)
        return body

    def show(self, chat: Chat, stored: Stored) -> dict[str, Any]:
        """A message as the page gets it: Telegram's, with addresses of its files."""
        body = self.render(chat, stored)
        body["deleted"] = stored.deleted
        reactions = {str(user): given for user, given in stored.reactions.items() if given}
        if reactions:
            body["reactions"] = reactions
        if stored.reply_keyboard is not None:
            body["reply_keyboard"] = stored.reply_keyboard
        for message in (body, body.get("reply_to_message", {})):
            for size in message.get("photo", []):
                self._add_address(size)
            for kind in ("document", "video", "voice", "audio", "animation", "sticker", "video_note"):
                if kind in message:
                    self._add_address(message[kind])
        return body

    def _add_address(self, media: dict[str, Any]) -> None:
        media["url"] = f"/client/file/{media['file_id']}"
        if "thumbnail" in media:
            self._add_address(media["thumbnail"])
