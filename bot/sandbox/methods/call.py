"""What a method gets to work with, and the steps that many of them share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import entities, utf16
from bot.sandbox.accounts import BotAccount, Chat, Stored
from bot.sandbox.errors import ApiError, bad_request, forbidden, too_many_requests
from bot.sandbox.parameters import Parameters
from bot.sandbox.world import World

Method = Callable[["Call"], Awaitable[Any]]


def api_name(name: str) -> str:
    """What the Bot API calls a method: getMe for `get_me`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def named(*methods: Callable[[Call], Awaitable[Any]]) -> dict[str, Method]:
    """Methods by the names that the Bot API has for them."""
    return {api_name(method.__name__): method for method in methods}


def caption_of(caption: str, found: list[dict[str, Any]], *, above: bool) -> dict[str, Any]:
    """A parsed caption as a message has it; nothing when it is empty.

    Raises:
        ApiError: 400 when it is too long.
    """
    if utf16.length(caption) > entities.MAX_CAPTION:
        raise bad_request("message caption is too long")
    content: dict[str, Any] = {"caption": caption, "caption_entities": found, "show_caption_above_media": above}
    return {name: value for name, value in content.items() if caption and value}


@dataclass(frozen=True, slots=True)
class Call:
    """One call by one bot."""

    world: World
    bot: BotAccount
    parameters: Parameters

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat that a parameter names.

        Raises:
            ApiError: 400 when there is none, or when it moved to a supergroup.
        """
        chat = self.world.chat_for(self.bot, self.parameters.chat(name))
        if chat.migrated_to is not None:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        return chat

    def writable_chat(self, messages: int = 1) -> Chat:
        """The chat to send to.

        Raises:
            ApiError: 403 where the bot may not write, 429 where it wrote too much.
        """
        chat = self.chat()
        if self.parameters.string("business_connection_id"):
            raise bad_request("business connection not found")
        if chat.owner is not None:
            if chat.owner.id in self.bot.blocked_by:
                raise forbidden("bot was blocked by the user")
            if not chat.begun:
                raise forbidden("bot can't initiate conversation with a user")
        else:
            self.check_member(chat)
        if self.thread is not None and self.thread not in (chat.topics or {}):
            raise bad_request("message thread not found")
        self.count(chat, messages)
        return chat

    def count(self, chat: Chat, messages: int = 1) -> None:
        """Count messages or edits against Telegram's rates, when those are on.

        Raises:
            ApiError: 429 when they are too many.
        """
        seconds = self.world.limits.wait(self.bot.id, chat.id, asyncio.get_running_loop().time(), messages)
        if seconds:
            raise too_many_requests(seconds)

    @property
    def thread(self) -> int | None:
        """The forum topic to write to."""
        return self.parameters.integer("message_thread_id") or None

    def check_member(self, chat: Chat) -> None:
        """Refuse with 403 when the bot is not in a group."""
        status = chat.members.get(self.bot.id, "left")
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")

    def message(self, chat: Chat, missing: str, name: str = "message_id") -> Stored:
        """The message that a parameter names.

        Raises:
            ApiError: 400 with `missing` when there is none.
        """
        stored = chat.find(self.parameters.integer(name))
        if stored is None:
            raise bad_request(missing)
        return stored

    def formatted(self, field: str, entities_field: str) -> tuple[str, list[dict[str, Any]]]:
        """A text parameter with its parse mode or entities, parsed: (text, entities)."""
        source = self.parameters.string(field)
        mode = self.parameters.string("parse_mode")
        explicit = self.parameters.structure(entities_field, "can't parse entities: wrong JSON")
        if explicit is not None and not isinstance(explicit, list):
            raise bad_request("can't parse entities: expected an Array")
        return entities.parse(source, mode, explicit, self.world.find_user)

    def text_content(self) -> dict[str, Any]:
        """`text` as a message has it.

        Raises:
            ApiError: 400 when it is empty or too long.
        """
        if not self.parameters.string("text"):
            raise bad_request("message text is empty")
        text, found = self.formatted("text", "entities")
        if not text:
            raise bad_request("text must be non-empty")
        if utf16.length(text) > entities.MAX_TEXT:
            raise bad_request("message is too long")
        content: dict[str, Any] = {"text": text}
        if found:
            content["entities"] = found
        return content | self._preview(found)

    def caption_content(self) -> dict[str, Any]:
        """`caption` as a message has it; nothing when it is empty.

        Raises:
            ApiError: 400 when it is too long.
        """
        caption, found = self.formatted("caption", "caption_entities")
        return caption_of(caption, found, above=bool(caption) and self.parameters.boolean("show_caption_above_media"))

    def _preview(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        options = self.parameters.structure("link_preview_options", "can't parse link preview options JSON object")
        if options is None and self.parameters.old_boolean("disable_web_page_preview"):
            options = {"is_disabled": True}
            self.parameters.note("link_preview_options", options)
        self._check_flags(options, "is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")
        has_link = any(entity["type"] in {"url", "text_link"} for entity in found)
        return {"link_preview_options": options} if options and has_link else {}

    @staticmethod
    def _check_flags(options: Any, *names: str) -> None:  # noqa: ANN401 - JSON that was not checked yet
        if options is not None and not isinstance(options, dict):
            raise bad_request("object expected as link preview options")
        for name in names:
            if options and not isinstance(options.get(name, False), bool):
                raise bad_request(f'field "{name}" must be of type Boolean')

    def reply(self, chat: Chat) -> tuple[int | None, dict[str, Any]]:
        """The message that the new one replies to, and the quote from it as `{"quote": TextQuote}`.

        Raises:
            ApiError: 400 when it does not exist and may not be left out, or holds no such quote.
        """
        wanted = self.parameters.structure("reply_parameters", "can't parse reply parameters JSON object")
        if wanted is None:
            number = self.parameters.old_integer("reply_to_message_id")
            if not number:
                return None, {}
            wanted = {"message_id": number}
            if self.parameters.old_boolean("allow_sending_without_reply"):
                wanted["allow_sending_without_reply"] = True
            self.parameters.note("reply_parameters", wanted)
        if not isinstance(wanted, dict):
            raise bad_request("object expected as reply parameters")
        if "message_id" not in wanted:
            raise bad_request('can\'t find field "message_id"')
        message_id = wanted["message_id"]
        if not isinstance(message_id, int):
            raise bad_request('field "message_id" must be a valid Number')
        answered = chat.find(message_id)
        if answered is not None:
            return message_id, self._quote(answered, wanted)
        if wanted.get("allow_sending_without_reply"):
            return None, {}
        raise bad_request("message to be replied not found")

    def _quote(self, answered: Stored, wanted: dict[str, Any]) -> dict[str, Any]:
        if not wanted.get("quote"):
            return {}
        mode, explicit = str(wanted.get("quote_parse_mode") or ""), wanted.get("quote_entities")
        quote, _ = entities.parse(str(wanted["quote"]), mode, explicit, self.world.find_user)
        text = answered.body.get("text") or answered.body.get("caption") or ""
        place = text.find(quote)
        if place < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        return {"quote": {"text": quote, "position": utf16.length(text[:place]), "is_manual": True}}

    def quiet_options(self) -> None:
        """Read the options of sending that change nothing here.

        Raises:
            ApiError: 400 for those that a bot without Stars and effects cannot use.
        """
        self.parameters.flags("disable_notification", "protect_content")
        if self.parameters.boolean("allow_paid_broadcast"):
            raise bad_request("FLOODSKIP_NOT_ALLOWED")
        if self.parameters.string("message_effect_id"):
            raise bad_request("EFFECT_ID_INVALID")
