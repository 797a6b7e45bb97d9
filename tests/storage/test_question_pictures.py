"""Questions about several pictures in the ledger: entered, added to, held, answered, moved and deleted."""

from __future__ import annotations

import time
from dataclasses import replace

from storage_helpers import Ask

from storage.fair_queue import LONGEST_HOLD
from storage.records import AskedPicture, State
from storage.store import Store

ONE, TWO, THREE = (
    AskedPicture(sha256=letter * 64, message_id=number, caption=caption)
    for letter, number, caption in (("a", 4, "What?"), ("b", 5, None), ("c", 6, "And this?"))
)


async def test_its_pictures_come_back_in_their_order_with_what_was_said(store: Store, ask: Ask) -> None:
    plain = await ask()
    assert [(p.sha256, p.message_id) for p in plain.pictures] == [("ab" * 32, None)] and not plain.several
    asked = await ask(photo_sha256=TWO.sha256, several=(TWO, ONE), each_picture=True, album="g")
    assert asked.several == (TWO, ONE) and asked == await store.questions.get(asked.id)
    assert await store.question_pictures.of_album(1, "g") == asked
    assert await store.question_pictures.of_album(2, "g") is None
    said = [
        AskedPicture(sha256=TWO.sha256, message_id=5, answer="red", confidence=0.9, unknown_words=("plinth",)),
        AskedPicture(sha256=ONE.sha256, message_id=4, caption="What?", error="picture_text"),
    ]
    assert await store.question_pictures.answer_each(asked.id, said, "1: red", 0.9, 0.2)
    assert not await store.question_pictures.answer_each(asked.id, said[::-1], "1: blue", 0.1, 0.2), "once is enough"
    answered = await store.questions.get(asked.id)
    assert answered is not None and answered.several == tuple(said)
    assert (answered.state, answered.answer, answered.confidence) == (State.ANSWERED, "1: red", 0.9)


async def test_pictures_that_come_later_are_added_until_a_worker_has_it(store: Store, ask: Ask) -> None:
    asked = await ask(photo_sha256=ONE.sha256, photo_message_id=4, album="g")
    changed = await store.question_pictures.change(asked, [ONE, TWO], "What?", each_picture=True, ready_at=None)
    assert changed
    now = await store.questions.get(asked.id)
    assert now is not None and now.several == (ONE, TWO) and now.each_picture
    await store.question_pictures.change(now, [TWO], "Which?", each_picture=False, ready_at=None)
    now = await store.questions.get(asked.id)
    assert now is not None and (now.several, now.photo_sha256, now.text) == ((), TWO.sha256, "Which?")
    await store.questions.mark_running([asked.id])
    assert not await store.question_pictures.change(now, [ONE, TWO], "x", each_picture=True, ready_at=None)
    again = await store.questions.get(asked.id)
    assert again is not None and again.text == "Which?"


async def test_what_is_held_goes_to_no_worker_and_shows_no_progress(store: Store, ask: Ask) -> None:
    now = time.time()
    held = await ask(ready_at=now + 300)
    free = await ask()
    past = await ask(ready_at=now - 1)
    lost = await ask(ready_at=now + 2 * LONGEST_HOLD)  # the clock was set back since
    assert {q.id for q in await store.questions.next_queued(9)} == {free.id, past.id, lost.id}
    assert held.id not in {q.id for q in await store.outcomes.slow(-1000, 9)}
    seconds = await store.questions.fair_queue.seconds_to_next()
    assert seconds is not None and 290 < seconds <= 300
    await store.question_pictures.hold(1, held.id, now - 1)
    assert {q.id for q in await store.questions.next_queued(9)} == {free.id, past.id, lost.id, held.id}
    assert await store.questions.fair_queue.seconds_to_next() is None


async def test_each_picture_counts_to_the_limits(store: Store, ask: Ask) -> None:
    await ask(user_id=5, several=(ONE, TWO, THREE), photo_sha256=ONE.sha256)
    await ask(user_id=5)
    load = await store.questions.load(1, 5, 0.0)
    assert (load.asked, load.waiting_of_person, load.waiting_here) == (4, 4, 4)
    assert await store.questions.asked_at(5, 4, 0.0) is not None
    assert await store.questions.asked_at(5, 5, 0.0) is None


async def test_of_several_pictures_only_what_is_put_to_the_model_counts(store: Store, ask: Ask) -> None:
    before, asked = await ask(user_id=5), await ask(user_id=5, several=[ONE, TWO, ONE], each_picture=True)
    said = [replace(ONE, answer="no", confidence=0.9), replace(TWO, error="untaught_name"), replace(ONE, error="x")]
    await store.question_pictures.answer_each(asked.id, said, "1: no", 0.9, 0.2)
    assert (await store.questions.load(1, 5, 0.0)).asked == 3, "one of three was refused before the model"
    assert await store.questions.asked_at(5, 2, 0.0) == asked.created_at
    assert await store.questions.asked_at(5, 3, 0.0) == before.created_at
    assert await store.questions.asked_at(5, 4, 0.0) is None
    await store.questions.fail(before.id, 'no_such_picture {"number": 3}')
    assert (await store.questions.load(1, 5, 0.0)).asked == 2


async def test_of_several_pictures_of_which_one_is_named_that_one_counts(store: Store, ask: Ask) -> None:
    asked = await ask(user_id=5, several=(ONE, TWO, THREE), photo_sha256=ONE.sha256, names_one=True)
    load = await store.questions.load(1, 5, 0.0)
    assert (load.asked, load.waiting_of_person, load.waiting_here) == (1, 1, 1)
    assert await store.questions.asked_at(5, 2, 0.0) is None
    await store.questions.answer_many([(asked.id, "red", 0.9, 0.1)])
    assert await store.heat_maps.ask(asked, 9, 5, "Ada")
    assert (await store.questions.load(1, 5, 0.0)).asked == 2, "to show where the answer came from is of that one, too"
    other = await ask(user_id=6, several=(ONE, TWO), photo_sha256=ONE.sha256)
    for named, counted in ((True, 1), (False, 2)):
        await store.question_pictures.change(
            other, [ONE, TWO], "x", each_picture=not named, ready_at=None, names_one=named
        )
        assert (await store.questions.load(1, 6, 0.0)).asked == counted


async def test_its_pictures_are_kept_for_it_and_go_with_its_chat(store: Store, ask: Ask) -> None:
    photos = [await store.photos.save(-5, n, bytes([n]) * 9, media_type="image/png") for n in (4, 5)]
    several = [AskedPicture(sha256=p.sha256, message_id=p.message_id) for p in photos]
    asked = await ask(-5, photo_sha256=photos[0].sha256, several=several)
    await store.photos.forget(-5, 5)
    assert await store.photos.read(-5, photos[1].sha256) == bytes([5]) * 9, "the question still needs it"
    await store.chats.migrate(-5, -1005)
    moved = await store.questions.get(asked.id)
    assert moved is not None and [p.message_id for p in moved.several] == [-4, -5]
    await store.chats.delete_everything(-1005)
    assert not photos[0].path.exists() and not photos[1].path.exists()
    assert await store.db.fetch_all("SELECT 1 FROM question_pictures") == []


async def test_a_picture_that_had_to_go_is_gone_for_it_too(store: Store, ask: Ask) -> None:
    photos = [await store.photos.save(1, n, bytes([n]) * 9, media_type="image/png") for n in (4, 5)]
    several = [AskedPicture(sha256=p.sha256, message_id=p.message_id) for p in photos]
    asked = await ask(photo_sha256=photos[0].sha256, several=several)
    await store.photos.quota._shrink(None, 18, 0)
    assert all(photo.path.exists() for photo in photos), "it waits for its answer"
    await store.questions.answer_many([(asked.id, "yes", 0.9, 0.1)])
    await store.questions.mark_delivered(asked.id)
    await store.photos.quota._shrink(None, 18, 0)
    assert await store.photos.kept(1, [photo.sha256 for photo in photos]) == set()
