"""The button under a progress message."""

from __future__ import annotations

from bot.callback_data import CancelQuestion
from bot.handlers.routing import Press, PressHandler, is_askers, question_pressed
from bot.services import Context
from bot.texts import questions as texts


async def on_cancel(press: Press[CancelQuestion], context: Context) -> None:
    """Cancel the question, if it is this chat's and has no answer yet, for who asked it and the group's admins."""
    services, sentence = context.services, texts.NOTHING_TO_CANCEL
    question = await question_pressed(services, press)
    if question is not None:
        if not await is_askers(services, press, question):
            sentence = texts.NOT_YOURS_TO_CANCEL
        elif await services.dispatcher.cancel(question.chat_id, question.id):
            sentence = texts.CANCELLED
    await press.answer(sentence)


HANDLERS = [PressHandler(CancelQuestion, on_cancel)]
