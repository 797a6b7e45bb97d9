"""The ledger: once asked, one outcome, delivered once; fair over chats; each hot query through its index."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, fields

import pytest
from storage_helpers import Ask, fresh

from storage.records import Evidence, Load, NewQuestion, State
from storage.store import Store


async def test_asking_twice_asks_once(store: Store) -> None:
    fields = {"message_id": 5, "photo_sha256": "cd" * 32, "text": "How many?", "beams": 3, "max_new_tokens": 9}
    first, new = await store.questions.ask(NewQuestion(chat_id=7, user_name="Ada", **fields))  # type: ignore[arg-type]
    again, new_again = await store.questions.ask(NewQuestion(chat_id=7, **fields))  # type: ignore[arg-type]
    assert (new, new_again) == (True, False)
    assert first == again
    assert (first.state, first.delivered, first.beams, first.user_name) == (State.QUEUED, False, 3, "Ada")


async def test_the_way_of_a_question(store: Store, ask: Ask) -> None:
    question = await ask()
    assert await store.questions.mark_running([question.id]) == [question.id]
    assert (await fresh(store, question)).attempts == 1
    assert await store.questions.answer_many([(question.id, "red", 0.9, 0.2)])
    assert [q.id for q in await store.outcomes.undelivered([1], 5)] == [question.id]
    await store.questions.mark_delivered(question.id)
    done = await fresh(store, question)
    assert (done.state, done.answer, done.confidence, done.seconds, done.delivered) == (
        State.DELIVERED,
        "red",
        0.9,
        0.2,
        True,
    )
    assert await store.outcomes.undelivered([1], 5) == []


async def test_the_evidence_is_kept_with_the_answer(store: Store, ask: Ask) -> None:
    first, second = await ask(), await ask()
    evidence = Evidence(
        known_picture=False, known_words=True, unknown_words=("plinth",), alternatives=(("orange", 0.25), ("ré", 0.1))
    )
    answers = [(question.id, "red", 0.6, 0.2) for question in (first, second)]
    assert await store.questions.answer_many(answers, {first.id: evidence}) == 2
    kept, without = await fresh(store, first), await fresh(store, second)
    assert {field.name: getattr(kept, field.name) for field in fields(Evidence)} == asdict(evidence)
    assert (without.known_picture, without.known_words) == (None, None), "nothing is known about it"
    assert (without.unknown_words, without.alternatives) == ((), ())
    assert [q.unknown_words for q in await store.outcomes.undelivered([1], 5)] == [("plinth",), ()]


async def test_the_first_outcome_stays(store: Store, ask: Ask) -> None:
    question = await ask()
    assert await store.questions.answer_many([(question.id, "red", 0.9, 0.2)])
    assert not await store.questions.answer_many([(question.id, "blue", 0.8, 0.2)])
    assert not await store.questions.fail(question.id, "no")
    assert not await store.questions.cancel(1, question.id)
    assert (await fresh(store, question)).answer == "red"


@pytest.mark.parametrize("running", [False, True])
async def test_cancelling(store: Store, ask: Ask, running: bool) -> None:
    question = await ask()
    if running:
        await store.questions.mark_running([question.id])
    assert not await store.questions.cancel(2, question.id), "another chat must not cancel it"
    assert await store.questions.cancel(1, question.id)
    assert not await store.questions.answer_many([(question.id, "late", 0.9, 0.2)])
    assert await store.questions.mark_running([question.id]) == []


async def test_an_edit_asks_again_and_ends_the_earlier_one(store: Store) -> None:
    fields = {"chat_id": 1, "message_id": 5, "photo_sha256": "cd" * 32, "beams": 1, "max_new_tokens": 9}
    first, _ = await store.questions.ask(NewQuestion(text="a", **fields))  # type: ignore[arg-type]
    second, new = await store.questions.ask(NewQuestion(text="b", revision=1700000000, **fields))  # type: ignore[arg-type]
    assert new and second.placeholder_id is None
    ended = await fresh(store, first)
    assert (ended.state, ended.delivered) == (State.CANCELLED, True)
    assert [q.text for q in await store.questions.of_message(1, 5)] == ["b", "a"]


async def test_the_progress_of_an_edited_question_is_known_by_the_message_that_asked(store: Store, ask: Ask) -> None:
    first, done = await ask(message_id=5), await ask(message_id=6)
    for question, message in ((first, 50), (done, 60)):
        await store.questions.set_placeholder(1, question.id, message)
    await store.questions.answer_many([(done.id, "red", 0.9, 0.1)])
    await store.questions.mark_delivered(done.id, 60)
    await ask(message_id=5, revision=1)
    assert await store.chats.progress(1) == [50]


async def test_an_answer_that_an_edit_overtook_is_not_told(store: Store, ask: Ask) -> None:
    answered, delivered = await ask(message_id=5), await ask(message_id=5, photo_sha256="cd" * 32)
    for question in (answered, delivered):
        await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    await ask(message_id=5, revision=1)
    assert await store.outcomes.undelivered([1], 9) == []
    overtaken = await fresh(store, answered)
    assert (overtaken.state, overtaken.delivered) == (State.DELIVERED, True)


async def test_after_a_restart_running_questions_wait_again(store: Store, ask: Ask) -> None:
    questions = [await ask() for _ in range(3)]
    await store.questions.mark_running([q.id for q in questions[:2]])
    assert await store.questions.requeue_running() == 2
    assert [q.id for q in await store.questions.next_queued(10)] == [q.id for q in questions]


async def test_the_next_questions_go_round_the_chats(store: Store, ask: Ask) -> None:
    flood = [await ask(1, text=str(i)) for i in range(50)]
    two = [await ask(2) for _ in range(2)]
    three = await ask(3)
    chosen = [q.id for q in await store.questions.next_queued(6)]
    assert chosen == [flood[0].id, two[0].id, three.id, flood[1].id, two[1].id, flood[2].id]
    rest = [q.id for q in await store.questions.next_queued(2, exclude=[flood[0].id, two[0].id])]
    assert rest == [flood[1].id, two[1].id]


async def test_nothing_of_one_chat_is_seen_from_another(store: Store, ask: Ask) -> None:
    question = await ask(1)
    await store.questions.set_placeholder(1, question.id, 77)
    await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    assert await store.questions.in_chat(2, question.id) is None
    assert await store.questions.by_reply(2, 77) is None
    assert await store.questions.of_message(2, question.message_id) == []
    assert await store.history.page(2, limit=10) == []
    assert await store.history.count(2) == 0
    assert [q async for q in store.questions.export(2)] == []
    await store.questions.set_placeholder(2, question.id, 99)
    found = await store.questions.by_reply(1, 77)
    assert found is not None and found.id == question.id


async def test_history_is_newest_first_and_export_oldest_first(
    store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.questions._EXPORT_PAGE", 3)
    ids = []
    for i in range(7):
        question = await ask()
        ids.append(question.id)
        if i != 3:
            await store.questions.answer_many([(question.id, str(i), 0.5, 0.1)])
    assert [q.answer for q in await store.history.page(1, limit=3)] == ["6", "5", "4"]
    assert [q.answer for q in await store.history.page(1, limit=3, offset=3)] == ["2", "1", "0"]
    assert await store.history.count(1) == 6
    assert [q.id async for q in store.questions.export(1)] == ids


async def test_what_the_model_was_not_taught_costs_nobody_anything(store: Store, ask: Ask) -> None:
    refused, failed = await ask(1, user_id=5), await ask(1, user_id=5)
    assert (await store.questions.load(1, 5, 0.0)).asked == 2, "only the model knows what it was taught"
    await store.questions.fail(refused.id, "untaught_reason")
    await store.questions.fail(failed.id, "question_failed")
    assert (await store.questions.load(1, 5, 0.0)).asked == 1
    assert await store.questions.asked_at(5, 1, 0.0) == failed.created_at
    assert await store.questions.asked_at(5, 2, 0.0) is None


async def test_limits_are_counted(store: Store, ask: Ask) -> None:
    before = time.time()
    first, second = await ask(1, user_id=5), await ask(1, user_id=6)
    third = await ask(2, user_id=5)
    load = store.questions.load
    assert await load(1, 5, before) == Load(asked=2, waiting_of_person=2, waiting_here=2, waiting=3)
    assert await load(2, 6, before) == Load(asked=1, waiting_of_person=1, waiting_here=1, waiting=3)
    assert (await load(1, 5, time.time() + 1)).asked == 0
    assert await store.questions.asked_at(5, 1, before) == third.created_at
    assert await store.questions.asked_at(5, 2, before) == first.created_at
    assert await store.questions.asked_at(5, 3, before) is None
    assert await store.questions.fair_queue.positions([second.id]) == {second.id: 2}, (
        "the other chat's turn comes first"
    )
    await store.questions.answer_many([(first.id, "x", 1.0, 0.1)])
    assert await store.questions.fair_queue.positions([second.id]) == {second.id: 0}
    counts = await store.questions.counts()
    assert (counts[State.QUEUED], counts[State.ANSWERED], counts[State.FAILED]) == (2, 1, 0)
    assert (await load(1, 5, before)).waiting_here == 2, "an answer counts until the chat shows it"
    await store.questions.mark_delivered(first.id)
    await store.questions.cancel(1, second.id)
    assert await load(1, 5, before) == Load(asked=2, waiting_of_person=1, waiting_here=0, waiting=1)
    await store.db.execute("UPDATE questions SET created_at = created_at + 86400 WHERE id = ?", (third.id,))
    assert (await load(1, 5, before)).asked == 1, (
        "the clock was set back: what seems to come from the future is no limit"
    )


async def test_many_tasks_ask_and_answer_at_once(store: Store, ask: Ask) -> None:
    async def live(chat: int) -> None:
        question = await ask(chat)
        await store.questions.mark_running([question.id])
        await store.questions.answer_many([(question.id, str(chat), 0.5, 0.1)])
        await store.questions.mark_delivered(question.id)

    await asyncio.gather(*(live(chat) for chat in range(60)))
    counts = await store.questions.counts()
    assert counts[State.DELIVERED] == 60 == sum(counts.values())
