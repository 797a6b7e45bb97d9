"""Reads an update of which one part cannot be understood: what can be is answered, the rest is left out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from telegram import Message, Update
from telegram.ext import ExtBot

from bot.conversation.message_facts import UNREAD

log = logging.getLogger(__name__)

_CORE = ("message_id", "date", "chat", "from")
_INNER = ("reply_to_message", "pinned_message")


def read_update(raw: dict[str, Any], bot: ExtBot[Any]) -> Update:
    """Parse an update, without the parts of its messages that cannot be parsed.

    Raises:
        Exception: What python-telegram-bot raises where too little is left.
    """
    try:
        return Update.de_json(raw, bot)
    except Exception as error:  # noqa: BLE001 - whatever python-telegram-bot says of what it does not expect
        repaired = _repaired(raw, bot)
        update = Update.de_json(repaired, bot)
        log.warning("update %s is read without a part that cannot be parsed: %r", raw.get("update_id"), error)
        return update


def _repaired(body: dict[str, Any], bot: ExtBot[Any]) -> dict[str, Any]:
    """An update, or a pressed button, with readable messages."""
    readable = dict(body)
    for kind in ("message", "edited_message"):
        if isinstance(body.get(kind), dict):
            readable[kind] = _message(body[kind], bot)
    if isinstance(body.get("callback_query"), dict):
        readable["callback_query"] = _repaired(body["callback_query"], bot)
    return readable


def _message(data: dict[str, Any], bot: ExtBot[Any]) -> dict[str, Any]:
    core = {key: data[key] for key in _CORE if key in data}
    found, unread = dict(core), []
    for key, value in data.items():
        if key in core:
            continue
        for version in _versions(core, key, value, bot):
            if _parses({**core, key: version}, bot):
                found[key] = version
                break
        if value and not found.get(key):  # also a list of which nothing is left
            unread.append(key)
    return {**found, UNREAD: unread} if unread else found


def _versions(core: dict[str, Any], key: str, value: object, bot: ExtBot[Any]) -> Iterator[object]:
    """A part as it came, then with less of it."""
    yield value
    if isinstance(value, dict) and key in _INNER:
        yield _message(value, bot)
    elif isinstance(value, list):
        yield [item for item in value if _parses({**core, key: [item]}, bot)]


def _parses(message: dict[str, Any], bot: ExtBot[Any]) -> bool:
    try:
        Message.de_json(message, bot)
    except Exception:  # noqa: BLE001 - whatever it is: this part cannot be read
        return False
    return True
