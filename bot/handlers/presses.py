"""Reading and answering presses of buttons."""

from __future__ import annotations

from contextlib import suppress

from telegram import CallbackQuery
from telegram.error import BadRequest

from bot.callback_data import Numbered
from bot.handlers.rights import may_change
from bot.services import Services
from storage.records import Question


async def answer_press(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Say something to whoever pressed, or only that it was seen; a press that was reported twice is answered once."""
    with suppress(BadRequest):
        await query.answer(text, show_alert=alert or None)


async def question_pressed(services: Services, query: CallbackQuery, kind: type[Numbered]) -> Question | None:
    """The question of this chat that a button is about; None where there is none, or the button is made up."""
    pressed = kind.unpack(query.data)
    if pressed is None or query.message is None:
        return None
    return await services.store.questions.in_chat(query.message.chat.id, pressed.number)


async def is_askers(services: Services, query: CallbackQuery, question: Question) -> bool:
    """Whether who asked a question pressed, or an admin of the group."""
    assert query.message is not None
    return question.user_id == query.from_user.id or await may_change(services, query.message.chat, query.from_user)
