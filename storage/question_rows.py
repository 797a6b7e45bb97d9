"""The columns of the ledger, and a row of it as plain data."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from storage.database import Row
from storage.records import Evidence, Question, State

COLUMNS = (
    "id, chat_id, message_id, revision, thread_id, user_id, user_name, photo_sha256, photo_message_id, text, beams,"
    " max_new_tokens, state, placeholder_id, answer, confidence, seconds, error, attempts, delivered, created_at,"
    " updated_at, reply_to, sending_after, sending_outcome, sending_several, evidence"
)
OPEN = "delivered = 0 AND state IN ('queued', 'running', 'answered')"
"""What a limit counts as waiting. What is answered counts until the chat shows it: a slow chat is its own."""


def question_of(row: Row) -> Question:
    """A row with all columns as a question."""
    values = {key: row[key] for key in row.keys()}  # noqa: SIM118 - a Row iterates over values
    flags = {name: bool(values[name]) for name in ("delivered", "sending_outcome", "sending_several")}
    evidence = _evidence_of(values.pop("evidence"))
    return Question(**{**values, **flags, **evidence, "state": State(values["state"])})


def evidence_json(evidence: Evidence) -> str:
    """What the column `evidence` holds: an object of what is not as it is without any."""
    return json.dumps({name: value for name, value in asdict(evidence).items() if value not in (None, ())})


def _evidence_of(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text)
    lists = {
        "unknown_words": tuple(values.get("unknown_words", ())),
        "alternatives": tuple((answer, probability) for answer, probability in values.get("alternatives", ())),
    }
    return values | lists
