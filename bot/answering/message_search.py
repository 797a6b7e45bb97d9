"""Looks for the bot's messages of whose sending it has not heard, number by number (see `sending`)."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice

from bot.answering.question_messages import Content, Edited, QuestionMessages
from storage.exports import Export
from storage.records import Question
from storage.store import Store

AT_FIRST = 6
"""So many unknown numbers are looked at before a message is sent anew: a lost one is mostly the next."""
AT_MOST = 200
"""So many when the search has an end: each costs a call."""
WITHOUT_END = 24
"""So many where it has none, since nothing has to be sent."""
SPAN = 2000
"""Numbers in all, known ones among them."""
SETTLE_SECONDS = 1.0
"""Telegram may still be at work on a call whose reply was lost: so long it is given before a message is sent anew."""
REMEMBERED = 5000
"""The newest messages of others that are known without the ledger."""


UnconfirmedMessage = Question | Export
"""What a message of which the bot has not heard belongs to."""


class MessageSearch:
    """Editing is the only way to ask whether a number is a message of the bot's."""

    def __init__(self, store: Store, messages: QuestionMessages) -> None:
        self._store, self._messages = store, messages
        self._seen: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)  # of others: chat (0: any private one) and number

    def see(self, chat_id: int, number: int) -> None:
        """Somebody else's message has this number."""
        self._seen.append((min(chat_id, 0), number))

    async def let_settle(self) -> None:
        """Wait until Telegram has surely carried out what it was asked, or never will."""
        await asyncio.sleep(SETTLE_SECONDS)

    async def find(self, lost: UnconfirmedMessage, content: Content) -> int | None:
        """Find a message whose sending was not heard of among the next unknown numbers, and let it show `content`.

        Returns:
            The message's number; None when it is not among them.
        """
        low = first_number(lost)
        for last in (False, True):
            found = await self.among(lost, low, low + SPAN, WITHOUT_END, content)
            if found is not None or last:
                return found
            await self.let_settle()
        return None

    async def among(
        self, lost: UnconfirmedMessage, low: int, high: int, most: int, content: Content, *, first: bool = False
    ) -> int | None:
        """Look at the unknown numbers from `low` to below `high` for what was not heard of; one then shows `content`.

        Every other is taken away, and so is a reply to something else: a sentence whose own reply was lost, too, and
        which comes anew. Editing is the only way to ask: what stands there with the same text already "is not
        modified", and what is no message of the bot's cannot be edited.

        Args:
            lost: Whose messages may stand there.
            low: The first number.
            high: The number after the last one.
            most: So many numbers are looked at.
            content: What is to stand there now.
            first: Whether the first message that is surely the one ends the search; one that is not is no result.

        Returns:
            The message's number; None when there is none.
        """
        chat_id, kept, exact = lost.chat_id, None, False
        known = await self._store.outcomes.known_numbers(chat_id, low, high)
        known.update(number for chat, number in self._seen if chat == min(chat_id, 0))
        for number in islice((number for number in range(low, high) if number not in known), most):
            edited, under = await self._messages.probe(chat_id, number, content)
            same = edited is Edited.SAME
            if not same and edited is not Edited.DONE:
                continue
            own = same or under in (None, lost.answered_under)
            if first and own and (same or not lost.sending_outcome):
                return number
            if own and (kept is None or (same and not exact)):
                if kept is not None:
                    await self._messages.remove(chat_id, kept)
                kept, exact = number, same
            else:
                await self._messages.remove(chat_id, number)
        return None if first else kept


def first_number(lost: UnconfirmedMessage) -> int:
    """The first number that a message may have of which the bot has not heard."""
    assert lost.sending_after is not None
    return lost.sending_after + 1
