"""Who lives in the sandbox: people, bots and the chats between them."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.updates import UpdateQueue
from bot.sandbox.webhooks import Webhook

MESSAGES_KEPT = 5_000  # in one chat


@dataclass(slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str = ""
    is_bot: bool = False
    language_code: str = "en"

    def as_json(self) -> dict[str, Any]:
        """Telegram's `User`."""
        body: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if not self.is_bot:
            body["language_code"] = self.language_code
        return body


@dataclass(slots=True)
class Stored:
    """A message as the sandbox keeps it: `body` is Telegram's `Message` without the message it replies to."""

    body: dict[str, Any]
    sender_id: int
    reply_to: int | None = None
    deleted: bool = False
    reply_keyboard: dict[str, Any] | None = None  # ReplyKeyboardMarkup and the like: shown by clients, not in Message

    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # user id -> ReactionType objects

    @property
    def id(self) -> int:
        """The message's number in its chat."""
        return int(self.body["message_id"])


@dataclass(slots=True)
class Chat:
    """A private chat of one person with one bot, or a group."""

    id: int
    type: str  # "private", "group" or "supergroup"
    title: str = ""
    bot_id: int | None = None  # of a private chat
    owner: User | None = None  # the person of a private chat
    members: dict[int, str] = field(default_factory=dict)  # user id -> ChatMember status
    messages: OrderedDict[int, Stored] = field(default_factory=OrderedDict)
    next_message_id: int = 2  # 1 is the group's beginning
    topics: dict[int, str] | None = None  # of a forum: thread id -> name
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    read_up_to: dict[int, int] = field(default_factory=dict)  # user id -> message id
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)  # a text waits for the picture sent before it

    def as_json(self) -> dict[str, Any]:
        """Telegram's `Chat`."""
        body: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.owner is not None:
            body["first_name"] = self.owner.first_name
            if self.owner.username:
                body["username"] = self.owner.username
        else:
            body["title"] = self.title
        if self.topics is not None:
            body["is_forum"] = True
        return body

    def people(self) -> list[int]:
        """Who reads this chat on a phone: user ids, bots among them."""
        if self.owner is not None:
            return [self.owner.id]
        return [user for user, status in self.members.items() if status not in {"left", "kicked"}]

    @property
    def begun(self) -> bool:
        """Whether the person of a private chat ever wrote: until then, the bot cannot reach it."""
        return self.owner is None or bool(self.messages)

    def find(self, message_id: int) -> Stored | None:
        """The message of that number, unless it was deleted."""
        stored = self.messages.get(message_id)
        return stored if stored is not None and not stored.deleted else None

    def keep(self, stored: Stored) -> None:
        """Add a message; the oldest leaves when there are too many."""
        self.messages[stored.id] = stored
        while len(self.messages) > MESSAGES_KEPT:
            self.messages.popitem(last=False)


@dataclass(slots=True)
class BotAccount:
    """A bot account with what it told Telegram about itself."""

    user: User
    token: str
    updates: UpdateQueue
    webhook: Webhook | None = None
    reads_all: bool = False  # group privacy mode is on
    logged_out: bool = False
    next_message_id: int = 1  # private chats of one bot share their numbers
    blocked_by: set[int] = field(default_factory=set)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)  # (scope, language) -> commands
    names: dict[str, str] = field(default_factory=dict)  # language -> name
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)  # (which of the two, language) -> text
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)  # chat id, 0 = default
    admin_rights: dict[bool, dict[str, bool]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The bot's user id: the part of its token before the colon."""
        return self.user.id

    def chat_instance(self, chat_id: int) -> str:
        """What callback queries of one chat have in common."""
        digest = hashlib.sha256(f"{self.id}/{chat_id}".encode()).digest()
        return str(int.from_bytes(digest[:8], "big", signed=True))
