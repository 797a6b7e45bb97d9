"""The button under an answer that shows where in the picture it came from."""

from __future__ import annotations

from bot.answering.buttons import can_be_shown
from bot.asking.limits import refusal
from bot.callback_data import ShowWhere
from bot.handlers.routing import Press, PressHandler, question_pressed
from bot.services import Context, Services
from bot.texts import heat_maps as texts
from bot.texts.failures import sentence
from storage.records import Question, State


async def on_where(press: Press[ShowWhere], context: Context) -> None:
    """Have it shown where an answer came from, once for everybody in the chat; a press counts like a question."""
    services, said = context.services, texts.NOT_THERE
    question = await question_pressed(services, press)
    if question is not None and can_be_shown(question):
        under = question.placeholder_id or press.message_id
        said = await _show(services, question, under, press.user.id, press.user.first_name)
    await press.answer(said)


async def _show(services: Services, question: Question, under: int, user_id: int, name: str) -> str:
    """Ask for it unless that was done; returns what the person is told."""
    store, chat_id = services.store, question.chat_id
    earlier = await store.heat_maps.of_questions(chat_id, [question.id])
    if earlier and earlier[-1].state is not State.CANCELLED:
        return _known(earlier[-1])
    hashes = {picture.sha256 for picture in question.pictures}
    if await store.photos.kept(chat_id, hashes) != hashes:
        return texts.PICTURE_GONE
    refused = await refusal(services, await services.effective(chat_id), chat_id, user_id)
    if refused is not None:
        return refused
    shown = await store.questions.of_message(chat_id, under)  # an earlier answer's, before an edit of the question
    await store.heat_maps.ask(question, under, user_id, name, again=shown[0] if shown else None)
    services.wake()
    ready = any(worker.ready for worker in await services.broker.workers())
    return texts.COMING if ready else texts.LATER


def _known(request: Question) -> str:
    """What became of an earlier press."""
    if request.state is State.FAILED:
        return sentence(request.error or "")
    return texts.SHOWN if request.delivered else texts.COMING


HANDLERS = [PressHandler(ShowWhere, on_where)]
