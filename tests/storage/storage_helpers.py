"""What the storage tests share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.records import Question
from storage.store import Store

Ask = Callable[..., Awaitable[Question]]
"""Enters a question; see the fixture `ask`."""


async def fresh(store: Store, question: Question) -> Question:
    """A question as it is now."""
    found = await store.questions.get(question.id)
    assert found is not None
    return found
