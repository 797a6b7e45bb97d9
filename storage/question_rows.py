"""The columns of the ledger, and a row of it as plain data."""

from __future__ import annotations

from storage.database import Row
from storage.records import Question, State

COLUMNS = (
    "id, chat_id, message_id, revision, thread_id, user_id, user_name, photo_sha256, photo_message_id, text, beams,"
    " max_new_tokens, state, placeholder_id, answer, confidence, seconds, error, attempts, delivered, created_at,"
    " updated_at, reply_to, sending_after, sending_outcome, sending_several"
)
OPEN = "delivered = 0 AND state IN ('queued', 'running', 'answered')"
"""What a limit counts as waiting. What is answered counts until the chat shows it: a slow chat is its own."""


def question_of(row: Row) -> Question:
    """A row with all columns as a question."""
    values = {key: row[key] for key in row.keys()}  # noqa: SIM118 - a Row iterates over values
    flags = {name: bool(values[name]) for name in ("delivered", "sending_outcome", "sending_several")}
    return Question(**{**values, **flags, "state": State(values["state"])})
