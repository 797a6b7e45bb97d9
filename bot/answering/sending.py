"""Sends questions' messages so that none stands twice, although Telegram's reply to a sending may be lost.

Telegram cannot be asked whether it carried out a call, and takes no name for one that would make it harmless when it is
repeated. What holds: messages are numbered in the order in which they are made (in each group by itself, in all private
chats of a bot together), and an edit says whether a number is a message of the bot's. So the ledger knows before each
sending above which number its message will stand. Where no reply comes, the next unknown numbers are looked at; where
that does not tell, a progress message is sent anew, whose number is the end of the search: what was sent before it
stands between the two numbers, or nowhere. One message is kept, every other is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable

from telegram.error import TelegramError

from bot.answering.buttons import under_progress
from bot.answering.message_search import AT_FIRST, AT_MOST, SPAN, WITHOUT_END, MessageSearch, first_number
from bot.answering.outcomes import OutcomeRenderer
from bot.answering.question_messages import Content, QuestionMessages, chat_is_gone, may_have_arrived
from bot.texts import questions as texts
from storage.records import Question, State
from storage.store import Store

OPEN = (State.QUEUED, State.RUNNING)


class Sending:
    """The bot's messages about questions; everything here is called while nothing else is done in the chat."""

    def __init__(self, store: Store, messages: QuestionMessages, outcomes: OutcomeRenderer) -> None:
        """Send with `messages` what `outcomes` shows, and let the ledger of `store` know."""
        self._store, self._messages, self._outcomes = store, messages, outcomes
        self.unsettled: set[int] = set()
        """Chats where a message may stand of which the bot has not heard."""
        self._number = 0  # the highest message number seen in a private chat
        self.search = MessageSearch(store, messages)

    async def recall(self, chats: Iterable[int]) -> None:
        """Know what an earlier run left; in these chats a message may stand of which it has not heard."""
        self._number = max(self._number, await self._store.outcomes.highest_number())
        self.unsettled.update(chats)

    def see(self, chat_id: int, number: int) -> None:
        """Somebody's message has this number: it is none of the bot's."""
        self.search.see(chat_id, number)
        self.highest(chat_id, number)

    def highest(self, chat_id: int, number: int = 0) -> int:
        """The highest known number among a chat's, after this one; 0 where other chats' are not shared."""
        if chat_id > 0:  # a bot's private chats share their numbers
            self._number = max(self._number, number)
        return self._number if chat_id > 0 else 0

    async def message_of(self, question: Question) -> int | None:
        """The message that shows a question, or showed it before it was edited."""
        if question.placeholder_id is not None or not question.revision:
            return question.placeholder_id
        return next((one.placeholder_id for one in await self._revisions(question) if one.placeholder_id), None)

    async def _revisions(self, question: Question) -> list[Question]:
        """The questions of the same message about the same picture, newest first."""
        revisions = await self._store.questions.of_message(question.chat_id, question.message_id)
        return [
            one
            for one in revisions
            # Earlier releases asked of each picture of a message by itself. An album's first one may come late.
            if one.photo_message_id == question.photo_message_id or one.several or question.several
        ]

    async def send(self, question: Question, content: Content, *, outcome: bool, refused: int = 0) -> bool:
        """Send a question's message, of which the ledger knows before and after; progress makes no sound.

        `refused`: how often Telegram would not send it.

        Returns:
            False when it must not be sent any more.
        """
        chat_id = question.chat_id
        number = await self._send(question, content, outcome=outcome, refused=refused)
        if number is None:
            return False
        if outcome:
            await self._store.questions.mark_delivered(question.id, number)
        elif not await self._store.questions.set_placeholder(chat_id, question.id, number):
            await self._messages.remove(chat_id, number)  # everything of the chat was deleted meanwhile
        self.unsettled.discard(chat_id)
        return True

    async def _send(self, question: Question, content: Content, *, outcome: bool, refused: int) -> int | None:
        chat_id, settled = question.chat_id, question.chat_id not in self.unsettled
        if not await self._store.outcomes.begin_sending(question, self.highest(chat_id), outcome=outcome):
            return None
        self.unsettled.add(chat_id)
        try:
            number = await self._messages.send(question, content, silent=not outcome, refused=refused)
        except TelegramError as error:
            if settled and not may_have_arrived(error):
                await self._store.outcomes.settled(question.id)
                self.unsettled.discard(chat_id)
            raise
        self.highest(chat_id, number)
        return number

    # What may be lost -------------------------------------------------------------------------------------------------

    async def settle(self, chat_id: int, refused: int = 0) -> None:
        """Find out what became of the messages of which the bot has not heard; what is there shows what is true now.

        Raises:
            TelegramError: It cannot be found out just now.
        """
        if chat_id not in self.unsettled:
            return
        while left := await self._store.outcomes.sending(chat_id):
            try:
                await self._settle(left[0], refused)
            except TelegramError as error:
                if not chat_is_gone(error):
                    raise
                await self._store.outcomes.settled(left[0].id)
        self.unsettled.discard(chat_id)

    async def _settle(self, question: Question, refused: int) -> None:
        """Look for one question's messages, keep one, and let the ledger know which."""
        shown = await self._successor(question) or question  # an edit's takes over the message
        waits = shown.state in OPEN
        content = _progress(shown) if waits else await self._outcomes.of(shown)
        low, end, found = first_number(question), shown.placeholder_id, None
        if end is None or end < low:
            end = None
            if not question.sending_several:
                found = await self.search.among(question, low, low + SPAN, AT_FIRST, content, first=True)
        if found is None and end is None:
            await self.search.let_settle()
            if shown.delivered or shown.state is State.CANCELLED:
                found = await self.search.among(question, low, low + SPAN, WITHOUT_END, content)
            elif (end := await self._send_anew(shown, refused)) is None:
                return
        if end is not None:
            found = await self.search.among(question, low, min(end, low + SPAN), AT_MOST, content)
        await self._keep(question, shown, found, end, waits=waits)

    async def _successor(self, question: Question) -> Question | None:
        """The question that an edit has put in the place of this one."""
        newest = next(iter(await self._revisions(question)), question)
        return newest if question.delivered and newest.revision > question.revision else None

    async def _send_anew(self, question: Question, refused: int) -> int | None:
        """Send progress, below which everything stands that was sent before; None when it must not be sent."""
        number = await self._send(question, _progress(question), outcome=False, refused=refused)
        if number is not None and not await self._store.outcomes.sent_above(question.id, number):
            await self._messages.remove(question.chat_id, number)
            return None
        return number

    async def _keep(
        self, question: Question, shown: Question, found: int | None, end: int | None, *, waits: bool
    ) -> None:
        chat_id, store = question.chat_id, self._store
        if found is not None and shown.delivered and (shown is not question or not question.sending_outcome):
            await self._messages.remove(chat_id, found)  # nothing is left to be shown there
        elif found is not None:
            if end is not None:
                await self._messages.remove(chat_id, end)
            if waits or shown.delivered:
                await store.questions.set_placeholder(chat_id, shown.id, found)
            else:
                await store.questions.mark_delivered(shown.id, found)
        await store.outcomes.settled(question.id)


def _progress(question: Question) -> Content:
    """What a question's message shows where nothing is known of its place."""
    return Content(texts.progress(0), under_progress(question.id))
