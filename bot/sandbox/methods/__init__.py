"""The Bot API's methods, one file a topic."""

from __future__ import annotations

from bot.sandbox.methods import albums, chats, editing, forwarding, media, profile, reacting, receiving, sending, small
from bot.sandbox.methods.call import Call, Method

__all__ = ["METHODS", "Call", "Method"]

# Telegram reads method names without regard to case.
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method)
    for module in (receiving, sending, media, albums, small, editing, reacting, forwarding, chats, profile)
    for name, method in module.METHODS.items()
}
