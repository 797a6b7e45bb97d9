"""The ledger against a plain model of it: whatever happens in whatever order, one outcome, delivered once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import integers, sampled_from

from storage.records import NewQuestion, Question, State
from storage.store import Store

T = TypeVar("T")
OPEN = (State.QUEUED, State.RUNNING)
CHATS = sampled_from([1, 2, -100])


class Ledger(RuleBasedStateMachine):
    questions = Bundle("questions")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.store = self.do(Store.open(Path(self.folder.name) / "data"))
        self.states: dict[int, State] = {}
        self.texts: dict[int, str] = {}
        self.delivered: set[int] = set()
        self.last = 0

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.do(self.store.close())
        self.loop.close()
        self.folder.cleanup()

    @rule(target=questions, chat=CHATS, message=integers(1, 4), revision=integers(0, 2))
    def ask(self, chat: int, message: int, revision: int) -> Question:
        before = {q.revision: q for q in self.do(self.store.questions.of_message(chat, message))}
        question, new = self.do(
            self.store.questions.ask(
                NewQuestion(
                    chat_id=chat,
                    message_id=message,
                    revision=revision,
                    photo_sha256="ab" * 32,
                    text="?",
                    beams=1,
                    max_new_tokens=5,
                )
            )
        )
        assert new == (revision not in before)
        if new:
            self.states[question.id] = State.QUEUED
            for earlier in before.values():
                if earlier.revision < revision:
                    after = {State.QUEUED: State.CANCELLED, State.RUNNING: State.CANCELLED}
                    if earlier.id not in self.delivered:  # the edit's answer comes instead
                        after[State.ANSWERED] = State.DELIVERED
                    self.states[earlier.id] = after.get(self.states[earlier.id], self.states[earlier.id])
                    self.delivered.add(earlier.id)
        return question

    @rule(limit=integers(1, 3))
    def feed(self, limit: int) -> None:
        chosen = [question.id for question in self.do(self.store.questions.next_queued(limit))]
        queued = [number for number, state in self.states.items() if state is State.QUEUED]
        assert len(chosen) == len(set(chosen)) == min(limit, len(queued)) and set(chosen) <= set(queued)
        assert sorted(self.do(self.store.questions.mark_running(chosen))) == sorted(chosen)
        self.states.update(dict.fromkeys(chosen, State.RUNNING))

    @rule(question=questions, text=sampled_from(["red", "blue"]))
    def answer(self, question: Question, text: str) -> None:
        new = self.do(self.store.questions.answer_many([(question.id, text, 0.5, 0.1)]))
        assert new == (self.states[question.id] in OPEN)
        if new:
            self.states[question.id], self.texts[question.id] = State.ANSWERED, text

    @rule(question=questions)
    def fail(self, question: Question) -> None:
        new = self.do(self.store.questions.fail(question.id, "It cannot be read."))
        assert new == (self.states[question.id] in OPEN)
        if new:
            self.states[question.id] = State.FAILED

    @rule(question=questions, chat=CHATS)
    def cancel(self, question: Question, chat: int) -> None:
        new = self.do(self.store.questions.cancel(chat, question.id))
        assert new == (self.states[question.id] in OPEN and chat == question.chat_id)
        if new:
            self.states[question.id] = State.CANCELLED

    @rule(limit=integers(1, 3))
    def tell(self, limit: int) -> None:
        for question in self.do(self.store.outcomes.undelivered([1, 2, -100], limit)):
            assert question.id not in self.delivered and self.states[question.id] not in OPEN
            self.do(self.store.questions.mark_delivered(question.id))
            self.delivered.add(question.id)
            if self.states[question.id] is State.ANSWERED:
                self.states[question.id] = State.DELIVERED

    @rule()
    def restart(self) -> None:
        self.do(self.store.close())
        self.store = self.do(Store.open(Path(self.folder.name) / "data"))
        running = [number for number, state in self.states.items() if state is State.RUNNING]
        assert self.do(self.store.questions.requeue_running()) == len(running)
        self.states.update(dict.fromkeys(running, State.QUEUED))

    @invariant()
    def the_ledger_is_the_model(self) -> None:
        rows = self.do(self.store.db.fetch_all("SELECT id, state, answer, delivered FROM questions"))
        assert {row["id"]: row["state"] for row in rows} == self.states
        assert {row["id"]: row["answer"] for row in rows if row["answer"] is not None} == self.texts
        assert {row["id"] for row in rows if row["delivered"]} == self.delivered
        undelivered = {q.id for q in self.do(self.store.outcomes.undelivered([1, 2, -100], 1000))}
        assert set(self.do(self.store.outcomes.chats())) == {
            q.chat_id for q in self.do(self.store.outcomes.undelivered([1, 2, -100], 1000))
        }
        assert undelivered == {n for n, state in self.states.items() if state not in OPEN} - self.delivered
        waiting = sum(
            state in OPEN or (state is State.ANSWERED and number not in self.delivered)
            for number, state in self.states.items()
        )
        assert self.do(self.store.questions.load(1, 1, 0)).waiting == waiting


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=15, stateful_step_count=30, suppress_health_check=list(HealthCheck))
