"""Fairness: whoever asks much waits behind whoever asks little."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from storage_helpers import Ask

from storage.records import Question
from storage.store import Store


async def serve(store: Store, room: int, exclude: Collection[int] = ()) -> list[Question]:
    chosen = await store.questions.next_queued(room, exclude=exclude)
    await store.questions.mark_running([question.id for question in chosen])
    return chosen


@pytest.mark.parametrize("capacity", [1, 2, 8, 16])
async def test_a_flood_delays_another_chat_by_no_more_than_what_runs(store: Store, ask: Ask, capacity: int) -> None:
    """However many slots there are, and also when they come free one at a time."""
    for _ in range(200):
        await ask(1)
    running = await serve(store, capacity)
    for _ in range(capacity):  # the flood is being served for a while
        await store.questions.answer_many([(running.pop(0).id, "x", 1.0, 0.1)])
        running += await serve(store, 1)
    late = await ask(2)
    assert (await store.questions.fair_queue.positions([late.id]))[late.id] <= capacity + 1
    for _ in range(2):
        await store.questions.answer_many([(running.pop(0).id, "x", 1.0, 0.1)])
        running += await serve(store, 1)
        if late.id in [question.id for question in running]:
            break
    assert late.id in [question.id for question in running]


async def test_chats_take_turns_also_with_one_slot(store: Store, ask: Ask) -> None:
    for chat in (1, 2, 3):
        for _ in range(3):
            await ask(chat)
    order = []
    while chosen := await serve(store, 1):
        order.append(chosen[0].chat_id)
        await store.questions.answer_many([(chosen[0].id, "x", 1.0, 0.1)])
    assert [sorted(order[i : i + 3]) for i in (0, 3, 6)] == [[1, 2, 3]] * 3


async def test_the_position_is_the_order_of_service(store: Store, ask: Ask) -> None:
    asked = [await ask(chat) for chat in (1, 1, 1, 2, 3, 2)]
    positions = await store.questions.fair_queue.positions([question.id for question in asked])
    served = [question.id for question in await store.questions.next_queued(10)]
    assert [positions[number] for number in served] == list(range(6))
    await store.questions.mark_running(served[:2])
    assert (await store.questions.fair_queue.positions(served))[served[0]] == 0
    left = list((await store.questions.fair_queue.positions(served[2:])).values())
    assert left == sorted(left)
    assert await store.questions.fair_queue.positions([10_000]) == {10_000: 0}
    assert await store.questions.fair_queue.positions([]) == {}


async def test_what_is_excluded_holds_nobody_up(store: Store, ask: Ask) -> None:
    first, second, other = await ask(1), await ask(1), await ask(2)
    chosen = await store.questions.next_queued(2, exclude={first.id})
    assert [question.id for question in chosen] == [second.id, other.id]
    assert await store.questions.next_queued(5, exclude={first.id, second.id, other.id}) == []


async def test_what_runs_counts_as_a_turn(store: Store, ask: Ask) -> None:
    for _ in range(6):
        await ask(1)
    await serve(store, 4)
    others = [await ask(2), await ask(2), await ask(2)]
    assert [question.id for question in await store.questions.next_queued(3)] == [question.id for question in others]


async def test_outcomes_are_told_to_each_chat_by_itself(store: Store, ask: Ask) -> None:
    flood = [await ask(1) for _ in range(30)]
    other = await ask(2)
    for question in (*flood, other):
        await store.questions.answer_many([(question.id, "yes", 0.9, 0.1)])
    assert await store.outcomes.chats() == [1, 2]
    undelivered = [question.id for question in await store.outcomes.undelivered([1, 2, 3], 2)]
    assert undelivered == [flood[0].id, flood[1].id, other.id]
    for number in undelivered:
        await store.questions.mark_delivered(number)
    assert await store.outcomes.chats() == [1]
    assert [q.id for q in await store.outcomes.undelivered([1], 2)] == [flood[2].id, flood[3].id]
