from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from storage_helpers import Ask

from storage.records import NewQuestion, Question
from storage.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def ask(store: Store) -> Ask:
    """Enters a question with as little as possible said."""
    numbers = iter(range(1, 10_000_000))

    async def enter(chat_id: int = 1, **fields: object) -> Question:
        defaults = {
            "message_id": next(numbers),
            "photo_sha256": "ab" * 32,
            "text": "What is it?",
            "beams": 1,
            "max_new_tokens": 20,
        }
        question, _ = await store.questions.ask(NewQuestion(chat_id=chat_id, **{**defaults, **fields}))  # type: ignore[arg-type]
        return question

    return enter
