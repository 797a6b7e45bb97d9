"""What chats have to show, and messages that are being sent."""

from __future__ import annotations

import time

from storage_helpers import Ask, fresh

from storage.records import State
from storage.store import Store


async def test_answers_in_one_commit_change_no_outcome(store: Store, ask: Ask) -> None:
    open_, cancelled, failed = await ask(), await ask(), await ask()
    await store.questions.cancel(1, cancelled.id)
    await store.questions.fail(failed.id, "no")
    assert await store.questions.answer_many([(q.id, "red", 0.9, 0.1) for q in (open_, cancelled, failed)]) == 1
    assert await store.questions.answer_many([(open_.id, "blue", 0.9, 0.1)]) == 0
    states = [(q.state, q.answer) for q in [await fresh(store, q) for q in (open_, cancelled, failed)]]
    assert states == [(State.ANSWERED, "red"), (State.CANCELLED, None), (State.FAILED, None)]


async def test_a_message_is_sent_for_a_question_as_it_is_only(store: Store, ask: Ask) -> None:
    question, outcomes = await ask(message_id=7), store.outcomes
    assert await outcomes.begin_sending(question, 3, outcome=False)
    (sending,) = await outcomes.sending(1)
    assert (sending.sending_after, sending.sending_outcome) == (7, False), "above all that is known in the chat"
    await store.questions.set_placeholder(1, question.id, 9)
    assert await outcomes.sending(1) == []
    assert not await outcomes.begin_sending(question, 3, outcome=False), "it has a message now"
    shown = await fresh(store, question)
    await store.questions.cancel(1, question.id)
    assert not await outcomes.begin_sending(shown, 3, outcome=False), "it is cancelled"
    delivered = await fresh(store, question)
    await store.questions.mark_delivered(question.id)
    assert not await outcomes.begin_sending(delivered, 3, outcome=True), "it is delivered"


async def test_what_was_not_heard_of_before_is_looked_for_too(store: Store, ask: Ask) -> None:
    question, outcomes = await ask(message_id=7), store.outcomes
    await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    question = await fresh(store, question)
    assert await outcomes.begin_sending(question, 9, outcome=True)
    assert await outcomes.begin_sending(question, 30, outcome=False)
    (sending,) = await outcomes.sending(1)
    assert (sending.sending_after, sending.sending_outcome, sending.sending_several) == (9, True, True)
    assert await outcomes.sent_above(question.id, 31)
    (sending,) = await outcomes.sending(1)
    assert (sending.placeholder_id, sending.sending_after) == (31, 9), "it still is to be looked for, below that number"
    await outcomes.settled(question.id)
    assert await outcomes.begin_sending(await fresh(store, question), 40, outcome=False)
    (sending,) = await outcomes.sending(1)
    assert (sending.sending_after, sending.sending_outcome, sending.sending_several) == (40, False, False)


async def test_the_ledgers_messages_are_the_bots_own(store: Store, ask: Ask) -> None:
    question = await ask(message_id=7)
    await store.questions.mark_delivered(question.id, 9)
    assert await store.sent.known(1, 8, 20) == {9} and await store.sent.recent(1, question.created_at) == [9]
    assert await store.outcomes.begin_sending(await ask(message_id=8), 0, outcome=False)
    (sending,) = await store.outcomes.sending(1)
    assert sending.sending_after == 9


async def test_chats_with_something_to_tell(store: Store, ask: Ask) -> None:
    delivered, cancelled, sent, waiting = await ask(1), await ask(2), await ask(3), await ask(4)
    await store.questions.answer_many([(delivered.id, "red", 0.9, 0.1)])
    await store.questions.cancel(2, cancelled.id)
    await store.outcomes.begin_sending(sent, 0, outcome=False)
    assert await store.outcomes.chats() == [1, 2, 3]
    await store.questions.mark_delivered(delivered.id, 77)
    await store.outcomes.undeliverable(cancelled.id, "gone")
    await store.outcomes.settled(sent.id)
    assert await store.outcomes.chats() == []
    assert (await fresh(store, delivered)).placeholder_id == 77
    assert await store.outcomes.still_waiting([delivered.id, sent.id, waiting.id]) == {sent.id, waiting.id}


async def test_an_answer_that_cannot_be_delivered_is_not_called_so(store: Store, ask: Ask) -> None:
    question = await ask()
    await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    await store.outcomes.undeliverable(question.id, "gone")
    found = await fresh(store, question)
    assert (found.state, found.delivered, found.error) == (State.FAILED, True, "gone")


async def test_the_numbers_of_private_chats_are_shared(store: Store, ask: Ask) -> None:
    await ask(1, message_id=10)
    shown = await ask(2, message_id=11)
    await store.questions.mark_delivered(shown.id, 12)
    await store.sent.record(3, [13])
    await store.photos.save(4, 14, b"x", media_type="image/png")
    await ask(-5, message_id=15)
    assert await store.outcomes.known_numbers(1, 5, 20) == {10, 11, 12, 13, 14}
    assert await store.outcomes.known_numbers(-5, 5, 20) == {15}
    async with store.db.transaction():
        pass
    assert await store.outcomes.highest_number() == 13


async def test_who_waits_long_without_progress(store: Store, ask: Ask) -> None:
    first, second, third = await ask(), await ask(), await ask()
    slow = store.outcomes.slow
    assert await slow(60.0, 9) == []
    assert [q.id for q in await slow(0.0, 9)] == [first.id, second.id, third.id]
    await store.questions.set_placeholder(1, first.id, 5)
    assert [q.id for q in await slow(0.0, 9, exclude=[second.id])] == [third.id]
    await store.db.execute("UPDATE questions SET created_at = ?", (time.time() + 86_400,))
    assert len(await slow(60.0, 9)) == 2, "the clock was set back: nobody waits for that"
    await store.questions.answer_many([(number.id, "red", 0.9, 0.1) for number in (second, third)])
    assert await slow(0.0, 9) == [] and await store.outcomes.any_waiting()


async def test_a_handled_update_is_no_chats_any_more(store: Store) -> None:
    await store.updates.add([(1, "{}"), (2, "{}")], {1: 7, 2: 7})
    await store.updates.done(1)
    rows = await store.db.fetch_all("SELECT update_id, chat_id, raw FROM updates ORDER BY update_id")
    assert [tuple(row) for row in rows] == [(1, 0, None), (2, 7, "{}")], "nor is its content kept"
