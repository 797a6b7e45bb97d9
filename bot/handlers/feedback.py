"""Right or wrong: the buttons under an answer, or a reaction to it; and the reply that says what is right."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Message, ReactionType, ReactionTypeEmoji, Update
from telegram.constants import ChatType, ReactionEmoji
from telegram.ext import MessageReactionHandler

from bot import metrics
from bot.asking.asking import person_of, say, thread_of
from bot.callback_data import JudgeAnswer
from bot.conversation.corrections import calls_wrong, correction, line_meant, value_alone
from bot.conversation.lines import lines_of
from bot.conversation.question_language import asked_in
from bot.conversation.right_answers import kept, may_agree, same, short_answer
from bot.handlers.routing import Press, PressHandler
from bot.services import Context, Services
from bot.texts import feedback as texts
from storage.records import Question


async def on_press(press: Press[JudgeAnswer], context: Context) -> None:
    """Keep what the presser thinks; pressed again it is the same, and the other button changes it."""
    services, chat_id, pressed = context.services, press.chat.id, press.data
    if not (await services.effective(chat_id)).feedback:
        await press.answer(texts.NOT_WANTED)
    elif await services.store.feedback.rate(
        chat_id, pressed.number, press.user.id, is_right=pressed.is_right, position=pressed.position
    ):
        metrics.of_opinion(pressed.is_right)
        await press.answer(texts.NOTED_RIGHT if pressed.is_right else texts.NOTED_WRONG, alert=not pressed.is_right)
    else:
        await press.answer(texts.NOTHING_TO_JUDGE)


async def on_reaction(update: Update, context: Context) -> None:
    """A thumb that somebody puts on an answer is what they think of it, and taken away it is taken back.

    Telegram tells of reactions in private chats, and in groups where the bot is an admin.
    """
    reaction = update.message_reaction
    if reaction is None or reaction.user is None:  # who reacts in a channel's or a group's name is nobody
        return
    services, chat_id, person = context.services, reaction.chat.id, reaction.user.id
    if reaction.user.is_bot or not (await services.effective(chat_id)).feedback:
        return
    before, now = thumb(reaction.old_reaction), thumb(reaction.new_reaction)
    store = services.store.feedback
    if now is not None:
        if await store.rate_message(chat_id, reaction.message_id, person, is_right=now):
            metrics.of_opinion(now)
    elif before is not None:
        await store.withdraw(chat_id, reaction.message_id, person, is_right=before)


def thumb(reactions: Sequence[ReactionType]) -> bool | None:
    """Whether reactions say right (True) or wrong (False); None where they say neither, or both."""
    emoji = {one.emoji for one in reactions if isinstance(one, ReactionTypeEmoji)}
    right, wrong = ReactionEmoji.THUMBS_UP in emoji, ReactionEmoji.THUMBS_DOWN in emoji
    return None if right == wrong else right


async def is_correction(services: Services, message: Message, text: str) -> bool:
    """Whether a message says what is right; it is kept.

    Its writer called an answer wrong, and it replies to that answer, or follows in a private chat and is nothing but a
    colour, a number or a thing. Or it replies to an answer and is nothing but an answer of the same kind.
    """
    replied, store, (person, _) = message.reply_to_message, services.store, person_of(message)
    if replied is None:
        answer = value_alone(text) if message.chat.type == ChatType.PRIVATE else None
        number = message.message_id
        shown = answer and await store.feedback.newest_answer(message.chat_id, thread_of(message), person, number)
    else:
        answer = correction(text)
        shown = replied.message_id if replied.from_user and replied.from_user.id == services.bot.id else None
    if answer and asked_in(answer) is not None:  # the models learn English
        return False
    question = await store.questions.by_reply(message.chat_id, shown) if answer and shown else None
    if not answer or not shown or question is None:
        return False
    place = await store.feedback.awaited(message.chat_id, shown, person, message.message_id)
    if place is None:
        return replied is not None and await _is_short_answer(services, message, question, text)
    about = _lines(question).get(place, question)
    right = kept(answer, about.asked, about.answer or "")
    if not right or not await store.feedback.correct(message.chat_id, shown, person, message.message_id, right):
        return False
    await say(message, texts.noted(right))
    return True


async def _is_short_answer(services: Services, message: Message, question: Question, text: str) -> bool:
    """Whether a reply to an answer is nothing but an answer of the same kind: it corrects, or confirms; that is kept.

    Not where several answers stand in the message that it may be about, nor of who called the answer right.
    """
    chat_id, (person, _) = message.chat_id, person_of(message)
    if not (await services.effective(chat_id)).feedback or question.explains is not None:
        return False
    said = {place: short_answer(text, one.asked, one.answer) for place, one in _lines(question).items() if one.answer}
    found = [place for place, right in said.items() if right is not None]
    opinions = (await services.store.feedback.of_questions(chat_id, [question.id])).get(question.id, [])
    if len(found) != 1 or any(one.user_id == person and one.is_right for one in opinions):
        return False
    await _judge(services, message, question, found[0], said[found[0]] or "")
    return True


async def on_objection(services: Services, message: Message, text: str, right: str) -> None:
    """Keep that the answer replied to, or else this person's last one, is wrong; and what is right, if it is said.

    Args:
        services: What the bot works with.
        message: The message that calls it wrong.
        text: Its words.
        right: What it says is right (see `objection`).
    """
    store, chat_id, (person, _) = services.store, message.chat_id, person_of(message)
    replied = message.reply_to_message
    if replied is None:
        shown = await store.feedback.newest_answer(chat_id, thread_of(message), person, message.message_id)
    else:
        shown = replied.message_id
    question = None if shown is None else await store.questions.by_reply(chat_id, shown)
    if question is None or (place := _line_meant(message, question, right)) is None:
        await say(message, texts.HOW_TO_CORRECT)
        return
    about = _lines(question).get(place, question)
    right = "" if asked_in(right) is not None else right
    right = kept(right, about.asked, about.answer or "")
    if not right and not calls_wrong(text) and may_agree(text, about.asked, about.answer or ""):
        await say(message, texts.HOW_TO_CORRECT)
        return
    await _judge(services, message, question, place, right)


def _line_meant(message: Message, question: Question, right: str) -> int | None:
    """Which answer is called wrong: the line that what is right is about, or all (0); None where that is not sure."""
    lines = [*lines_of(question).values()]
    place = line_meant(right, [line.asked for line in lines])
    return None if place is None and lines and message.reply_to_message is None else place or 0


async def _judge(services: Services, message: Message, question: Question, place: int, right: str) -> None:
    """Keep that an answer is wrong, and what is right where that is known; that it is right, where this is the same."""
    store, chat_id, (person, _) = services.store.feedback, message.chat_id, person_of(message)
    about = _lines(question).get(place, question)
    agrees = bool(right) and same(right, about.answer or "")
    if not await store.rate(chat_id, question.id, person, is_right=agrees, position=place):
        await say(message, texts.HOW_TO_CORRECT)
        return
    metrics.of_opinion(is_right=agrees)
    shown = question.placeholder_id
    if agrees:
        await say(message, texts.NOTED_RIGHT)
    elif right and shown and await store.correct(chat_id, shown, person, message.message_id, right):
        await say(message, texts.noted(right))
    else:
        await say(message, texts.NOTED_WRONG)


def _lines(question: Question) -> dict[int, Question]:
    """What each line of an answer answers, by its place; of an answer without lines itself, at 0."""
    return {places[-1]: one for places, one in lines_of(question).items()} or {0: question}


HANDLERS = [PressHandler(JudgeAnswer, on_press), MessageReactionHandler(on_reaction)]
