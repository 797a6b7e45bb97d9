"""Right or wrong: the buttons under an answer, or a reaction to it; and the reply that says what is right."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Message, ReactionType, ReactionTypeEmoji, Update
from telegram.constants import ChatType, ReactionEmoji
from telegram.ext import MessageReactionHandler

from bot import metrics
from bot.asking.asking import person_of, say, thread_of
from bot.callback_data import JudgeAnswer
from bot.conversation.corrections import correction, line_meant, value_alone
from bot.conversation.lines import lines_of
from bot.handlers.routing import Press, PressHandler
from bot.services import Context, Services
from bot.texts import feedback as texts


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
    """Whether a message says what is right, after its writer called an answer wrong; it is kept.

    It replies to that answer, or it follows in a private chat and is nothing but a colour, a number or a thing.
    """
    replied, store, (person, _) = message.reply_to_message, services.store.feedback, person_of(message)
    if replied is None:
        answer = value_alone(text) if message.chat.type == ChatType.PRIVATE else None
        number = message.message_id
        shown = answer and await store.newest_answer(message.chat_id, thread_of(message), person, number)
    else:
        answer = correction(text)
        shown = replied.message_id if replied.from_user and replied.from_user.id == services.bot.id else None
    if not answer or not shown:
        return False
    if not await store.correct(message.chat_id, shown, person, message.message_id, answer):
        return False
    await say(message, texts.noted(answer))
    return True


async def on_objection(services: Services, message: Message, right: str) -> None:
    """Keep that the answer replied to, or else this person's last one, is wrong; and what is right, if it is said."""
    store, chat_id, (person, _) = services.store.feedback, message.chat_id, person_of(message)
    replied = message.reply_to_message
    if replied is None:
        shown = await store.newest_answer(chat_id, thread_of(message), person, message.message_id)
    else:
        shown = replied.message_id
    if shown is None or not await _call_wrong(services, message, shown, right):
        await say(message, texts.HOW_TO_CORRECT)
        return
    metrics.of_opinion(is_right=False)
    if right and await store.correct(chat_id, shown, person, message.message_id, right):
        await say(message, texts.noted(right))
    else:
        await say(message, texts.NOTED_WRONG)


async def _call_wrong(services: Services, message: Message, shown: int, right: str) -> bool:
    """Keep that the answer in a message is wrong: as a whole, or the one line that what is right is about."""
    store, chat_id, (person, _) = services.store, message.chat_id, person_of(message)
    question = await store.questions.by_reply(chat_id, shown)
    lines = [] if question is None else [*lines_of(question).values()]
    place = line_meant(right, [line.asked for line in lines])
    if question is not None and place is not None:
        return await store.feedback.rate(chat_id, question.id, person, is_right=False, position=place)
    if lines and message.reply_to_message is None:
        return False  # which line is meant was not said
    return await store.feedback.rate_message(chat_id, shown, person, is_right=False)


HANDLERS = [PressHandler(JudgeAnswer, on_press), MessageReactionHandler(on_reaction)]
