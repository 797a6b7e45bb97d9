"""Answering presses of buttons."""

from __future__ import annotations

from contextlib import suppress

from telegram import CallbackQuery
from telegram.error import BadRequest


async def answer_press(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Say something to whoever pressed, or only that it was seen; a press that was reported twice is answered once."""
    with suppress(BadRequest):
        await query.answer(text, show_alert=alert or None)
