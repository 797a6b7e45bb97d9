"""Every query that runs for each question goes through an index, as the code really asks it."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from storage.records import AskedPicture, NewQuestion
from storage.store import Store

PICTURES = [AskedPicture(sha256="ab" * 32, message_id=4), AskedPicture(sha256="cd" * 32, message_id=5)]
Work = Callable[[Store], Awaitable[object]]

HOT: dict[str, Work] = {
    "updates: add": lambda s: s.updates.add([(9_000, "{}")]),
    "updates: pending": lambda s: s.updates.pending(10),
    "updates: pending of chats": lambda s: s.updates.pending(10, chats=[3, 4]),
    "updates: survived": lambda s: s.updates.survived(3),
    "updates: numbers": lambda s: s.updates.pending_numbers(),
    "updates: begin": lambda s: s.updates.begin(3),
    "updates: done": lambda s: s.updates.done(3),
    "updates: keep": lambda s: s.updates.keep(3),
    "updates: reopen": lambda s: s.updates.reopen(30),
    "sent: about": lambda s: s.sent.are_about(1, 5),
    "chats: touch": lambda s: s.chats.touch(3, "private", "other"),
    "chats: settings": lambda s: s.chats.settings(3),
    "photos: save": lambda s: s.photos.save(1, 999, b"x", media_type="image/png"),
    "photos: current": lambda s: s.photos.current(1, None, 5),
    "photos: current of a thread": lambda s: s.photos.current(1, 7, 5),
    "photos: shown since": lambda s: s.photos.shown_since(1, None, 5.0),
    "photos: set_current": lambda s: s.photos.set_current(1, None, [1, 2], 5),
    "photos: forget": lambda s: s.photos.forget(1, 5),
    "photos: of an album": lambda s: s.photos.in_group(1, "album"),
    "photos: read": lambda s: s.photos.read(1, s.photo.sha256),  # type: ignore[attr-defined]
    "photos: owners": lambda s: s.photos.remove_unowned(["ef" * 32]),
    "ask": lambda s: s.questions.ask(
        NewQuestion(
            chat_id=1, message_id=99_999, photo_sha256="ab" * 32, text="?", beams=1, max_new_tokens=5, revision=4
        )
    ),
    "ask the first time": lambda s: s.questions.ask(
        NewQuestion(chat_id=1, message_id=99_998, photo_sha256="ab" * 32, text="?", beams=1, max_new_tokens=5)
    ),
    "backlog": lambda s: s.questions.backlog(),
    "get": lambda s: s.questions.get(5),
    "of a message": lambda s: s.questions.of_message(1, 5),
    "last before": lambda s: s.questions.last_before(1, 5, None),
    "failed about": lambda s: s.questions.failed_about(1, "ab" * 32),
    "by reply": lambda s: s.questions.by_reply(1, 5),
    "set placeholder": lambda s: s.questions.set_placeholder(1, 5, 6),
    "next queued": lambda s: s.questions.next_queued(8, exclude={5, 6}),
    "mark running": lambda s: s.questions.mark_running([5, 6, 7]),
    "answer many": lambda s: s.questions.answer_many([(5, "x", 1.0, 0.1)]),
    "opinions: rate": lambda s: s.feedback.rate(1, 5, 7, is_right=False),
    "opinions: correct": lambda s: s.feedback.correct(1, 6, 7, 8, "red"),
    "opinions: of questions": lambda s: s.feedback.of_questions(1, [5, 6]),
    "access": lambda s: s.access.decisions({1, 5}),
    "fail": lambda s: s.questions.fail(6, "x"),
    "cancel": lambda s: s.questions.cancel(1, 7),
    "cancel all": lambda s: s.questions.cancel_all(1),
    "chats with outcomes": lambda s: s.outcomes.chats(),
    "undelivered": lambda s: s.outcomes.undelivered([1, 2], 8),
    "told unlike": lambda s: s.outcomes.told_unlike(replace(s.asked, known_picture=False)),  # type: ignore[attr-defined]
    "slow": lambda s: s.outcomes.slow(1.0, 10, exclude=[5, 6]),
    "still waiting": lambda s: s.outcomes.still_waiting([5, 6]),
    "any waiting": lambda s: s.outcomes.any_waiting(),
    "begin sending": lambda s: s.outcomes.begin_sending(s.asked, 6, outcome=True),  # type: ignore[attr-defined]
    "show question": lambda s: s.outcomes.show_question(1, 5),
    "sent above": lambda s: s.outcomes.sent_above(5, 6),
    "settled": lambda s: s.outcomes.settled(5),
    "sending": lambda s: s.outcomes.sending(1),
    "known numbers of a group": lambda s: s.outcomes.known_numbers(-1, 5, 28),
    "undeliverable": lambda s: s.outcomes.undeliverable(5, "x"),
    "mark delivered": lambda s: s.questions.mark_delivered(5),
    "positions": lambda s: s.questions.fair_queue.positions([9, 10]),
    "load": lambda s: s.questions.load(1, 5, 5.0),
    "asked at": lambda s: s.questions.asked_at(5, 20, 5.0),
    "page": lambda s: s.history.page(1, limit=5),
    "sent: record": lambda s: s.sent.record(1, [5, 6], photo_message_id=4),
    "sent: photo of": lambda s: s.sent.photo_of(1, 5),
    "sent: known": lambda s: s.sent.known(1, 5, 29),
    "sent: recent": lambda s: s.sent.recent(1, 5.0),
    "sent: prune": lambda s: s.sent.prune(),
    "count": lambda s: s.history.count(1),
    "ask about several": lambda s: s.questions.ask(
        NewQuestion(
            chat_id=1, message_id=99_997, photo_sha256="ab" * 32, text="?", beams=1, max_new_tokens=5, several=PICTURES
        )
    ),
    "change": lambda s: s.question_pictures.change(s.asked, PICTURES, "?", each_picture=True, ready_at=None),  # type: ignore[attr-defined]
    "answer each": lambda s: s.question_pictures.answer_each(5, PICTURES, "x", 0.5, 0.1),
    "of an album": lambda s: s.question_pictures.of_album(1, "album"),
    "explain": lambda s: s.heat_maps.ask(s.asked, 700, 9, "Ada"),  # type: ignore[attr-defined]
    "explaining": lambda s: s.heat_maps.of_questions(1, [5, 6]),
    "explained": lambda s: s.heat_maps.enter(5, [((1.0,),)], 0.1),
    "hold": lambda s: s.question_pictures.hold(1, 5, 9.0),
    "next held": lambda s: s.questions.fair_queue.seconds_to_next(),
}
# A walk along a partial index that holds only what is asked for, or over a query's own small results, is right.
HARMLESS = re.compile(
    r"SCAN questions USING (COVERING )?INDEX questions_(queued|running|undelivered|open|sending|held)$"
    r"|SCAN updates USING (COVERING )?INDEX updates_(pending|of_albums)$"
    r"|SCAN (chat|every|json_each)( VIRTUAL TABLE INDEX 1:)?$"
    r"|SCAN (ranked|waiting|running|\(subquery-\d+\)|CONSTANT ROW)$"
)


@pytest.mark.parametrize("name", HOT)
async def test_no_full_scan(store: Store, name: str) -> None:
    random.seed(name)
    async with store.db.transaction() as tx:
        states = ["queued"] + ["delivered"] * 8 + ["running"]
        await tx.execute_many(
            "INSERT INTO questions (chat_id, message_id, photo_sha256, text, beams, max_new_tokens, state, delivered,"
            " placeholder_id, created_at, updated_at) VALUES (?, ?, ?, '?', 1, 1, ?, ?, ?, ?, 0)",
            [
                (n % 20, n, f"{n:064x}", state, state == "delivered", n, n)
                for n, state in ((n, random.choice(states)) for n in range(2000))
            ],
        )
        await tx.execute_many(
            "INSERT INTO updates (update_id, raw, arrived_at, state) VALUES (?, '{}', 0, 'done')",
            [(n,) for n in range(2000)],
        )
        await tx.execute_many(
            "INSERT INTO sent_messages (chat_id, message_id, sent_at) VALUES (?, ?, ?)",
            [(n % 20, n, n) for n in range(2000)],
        )
    store.photo = await store.photos.save(1, 1, b"bytes", media_type="image/png")  # type: ignore[attr-defined]
    store.asked = await store.questions.get(5)  # type: ignore[attr-defined]
    seen: list[str] = []
    for connection in store.db.connections:
        await connection.set_trace_callback(seen.append)
    await HOT[name](store)
    for connection in store.db.connections:
        await connection.set_trace_callback(None)  # type: ignore[arg-type]
    asked = [sql for sql in seen if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)", sql)]
    assert asked, "nothing was asked: the test would prove nothing"
    for sql in asked:
        plan = [row["detail"] for row in await store.db.fetch_all(f"EXPLAIN QUERY PLAN {sql}")]
        full = [step for step in plan if step.startswith("SCAN") and not HARMLESS.match(step)]
        assert not full, f"{sql}\n{plan}"


async def test_the_check_sees_a_full_scan(store: Store) -> None:
    plan = await store.db.fetch_all("EXPLAIN QUERY PLAN SELECT id FROM questions WHERE text = 'x'")
    assert [row["detail"] for row in plan] == ["SCAN questions"]
    assert not HARMLESS.match("SCAN questions")
