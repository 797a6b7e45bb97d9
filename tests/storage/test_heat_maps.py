"""Requests to show where an answer came from: rows of the ledger that count, wait and go like questions."""

from __future__ import annotations

from dataclasses import replace

from storage_helpers import Ask

from storage.records import AskedPicture, Evidence, Question, State
from storage.retention import DAY
from storage.store import Store

GRID = ((1.0, 0.25), (0.0, 0.5))
TWO = [AskedPicture(sha256="ab" * 32, message_id=4), AskedPicture(sha256="cd" * 32, message_id=5)]


async def answered(store: Store, ask: Ask, chat_id: int = 1, **fields: object) -> Question:
    question = await ask(chat_id, **fields)
    await store.questions.answer_many(
        [(question.id, "red", 0.9, 0.1)], {question.id: Evidence(shows_where=True, model="m")}
    )
    await store.questions.mark_delivered(question.id, 700)
    found = await store.questions.get(question.id)
    assert found is not None
    return found


async def request(store: Store, question: Question, user: int = 9, again: Question | None = None) -> Question:
    assert await store.heat_maps.ask(question, 700, user, "Ada", again=again)
    return (await store.heat_maps.of_questions(question.chat_id, [question.id]))[-1]


async def test_it_is_asked_once_and_found_once(store: Store, ask: Ask) -> None:
    question = await answered(store, ask, thread_id=3)
    one = await request(store, question)
    assert (one.text, one.answer, one.thread_id, one.user_id, one.answered_under) == (question.text, "red", 3, 9, 700)
    assert one.model == "m" and one.shows_where and one.state is State.QUEUED
    assert not await store.heat_maps.ask(question, 700, 8, "Bob"), "it is asked already"
    assert [row.id for row in await store.questions.next_queued(5)] == [one.id]
    assert await store.questions.answer_many([(one.id, "blue", 0.1, 0.1)]) == 0, "it is no question"
    assert await store.heat_maps.enter(one.id, [GRID, None], 0.2)
    assert not await store.heat_maps.enter(one.id, [GRID], 0.2)
    assert not await store.heat_maps.enter(question.id, [GRID], 0.2)
    found = (await store.heat_maps.found(1, [question.id]))[question.id]
    assert found.heat == (GRID, None) and found.answer == "red"
    assert await store.heat_maps.of_questions(2, [question.id]) == [], "another chat's"


async def test_what_is_not_answered_cannot_be_explained(store: Store, ask: Ask) -> None:
    waiting, question = await ask(1), await answered(store, ask)
    assert not await store.heat_maps.ask(waiting, 700, 9, "Ada")
    assert not await store.heat_maps.ask(await request(store, question), 701, 9, "Ada"), "nor an explanation"


async def test_all_its_pictures_come_along(store: Store, ask: Ask) -> None:
    question = await ask(1, several=TWO, each_picture=True)
    said = [replace(one, answer=text) for one, text in zip(TWO, ("red", "blue"), strict=True)]
    await store.question_pictures.answer_each(question.id, said, "1: red; 2: blue", 0.5, 0.1)
    fresh = await store.questions.get(question.id)
    assert fresh is not None
    one = await request(store, fresh)
    assert one.each_picture and [picture.answer for picture in one.several] == ["red", "blue"]


async def test_asked_again_it_takes_the_place_of_the_one_before(store: Store, ask: Ask) -> None:
    question = await answered(store, ask)
    first = await request(store, question)
    second = await request(store, question, again=first)
    assert second.revision == first.revision + 1
    before = await store.questions.get(first.id)
    assert before is not None and before.state is State.CANCELLED and before.delivered


async def test_it_counts_for_limits_and_not_as_a_question(store: Store, ask: Ask) -> None:
    question = await answered(store, ask, user_id=9, photo_message_id=5)
    one = await request(store, question)
    load = await store.questions.load(1, 9, 0.0)
    assert (load.asked, load.waiting_of_person, load.waiting) == (2, 1, 1)
    await store.heat_maps.enter(one.id, [GRID], 0.2)
    await store.questions.mark_delivered(one.id, 800)
    assert [row.id for row in await store.history.page(1, limit=5)] == [question.id]
    assert await store.history.count(1) == 1 and await store.history.count(1, 0.0) == 1
    assert [row.id async for row in store.questions.export(1)] == [question.id]
    assert (await store.statistics()).total == 1
    assert (await store.chats.amount(1)).questions == 1
    assert await store.questions.before(1, 4711, 5) == question
    shown = await store.questions.by_reply(1, 800)
    assert shown is not None and shown.answer == "red", "who replies to it goes on about that question"
    assert (await store.chats.delete_everything(1)).questions == 1
    assert [row async for row in store.heat_maps.of_chat(1)] == []


async def test_it_goes_with_its_question(store: Store, ask: Ask) -> None:
    question = await answered(store, ask)
    await request(store, question)
    async with store.db.transaction() as tx:
        await tx.execute("UPDATE questions SET created_at = ? WHERE id = ?", (0.0, question.id))
    await store.retention.expire(30, 31 * DAY)
    assert [row async for row in store.heat_maps.of_chat(1)] == []
