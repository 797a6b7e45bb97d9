"""Has a message handled once more, as if what it means had been written."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update

from bot.services import Context

_KEPT = ("message_id", "date", "chat", "from", "sender_chat", "message_thread_id", "is_topic_message")


async def handle_as_text(
    update: Update, context: Context, message: Message, text: str, **further: dict[str, Any] | list[dict[str, Any]]
) -> None:
    """Pass a message with this text through all handlers: by the same person, in the same place.

    Args:
        update: What is being handled.
        context: Of it.
        message: Whose place the text takes; what else it holds is left out.
        text: What it says.
        further: Fields of Telegram's Message beside it, such as entities.
    """
    written = {key: value for key, value in message.to_dict().items() if key in _KEPT} | {"text": text, **further}
    as_text = Update.de_json({"update_id": update.update_id, "message": written}, context.services.bot)
    await context.application.process_update(as_text)
