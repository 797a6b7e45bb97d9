"""The columns of the ledger, and a row of it as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from storage.database import Row
from storage.records import NO_EVIDENCE, AskedPicture, Evidence, HeatGrid, Question, State

COLUMNS = (
    "id, chat_id, message_id, revision, thread_id, user_id, user_name, photo_sha256, photo_message_id, text, beams,"
    " max_new_tokens, state, placeholder_id, answer, confidence, seconds, error, attempts, delivered, created_at,"
    " updated_at, reply_to, sending_after, sending_outcome, sending_several, evidence, asked_as, unsure_below,"
    " each_picture, album, ready_at, asks_feedback, spoken, explains, heat, still_of, names_one,"
    " CASE WHEN picture_count > 1 THEN (SELECT json_group_array(json_object('sha256', sha256, 'message_id', message_id,"
    " 'caption', caption, 'answer', answer, 'confidence', confidence, 'error', error, 'evidence', json(evidence)))"
    " FROM (SELECT * FROM question_pictures WHERE question_id = questions.id ORDER BY position)) END AS several"
)
STILL_OF = (
    "(SELECT still_of FROM photos WHERE chat_id = :chat_id AND still_of IS NOT NULL"
    " AND message_id IN (SELECT value FROM json_each(:shown)) ORDER BY message_id LIMIT 1)"
)
"""What a question's `still_of` is: by `:chat_id`, and `:shown`, the numbers of its pictures' messages as JSON."""
COUNTS = """
    SELECT state, sum(number) AS number FROM (
        SELECT state, count(*) AS number FROM questions WHERE state <> 'delivered' GROUP BY state
        UNION ALL SELECT 'delivered', (SELECT count(*) FROM questions)
            - (SELECT count(*) FROM questions WHERE state <> 'delivered')
        UNION ALL SELECT state, -count(*) FROM questions
            WHERE explains > 0 AND +state IN ('delivered', 'failed', 'cancelled') GROUP BY state
    ) GROUP BY state
"""
"""How many questions are in each state; what explains an answer counts while it is work, and as no question then.

Nearly all are delivered; a whole table is counted along its smallest index, and what explains along its own."""
SUPERSEDE = """
    UPDATE questions SET delivered = 1, updated_at = :now,
        state = CASE state WHEN 'answered' THEN 'delivered' WHEN 'failed' THEN state ELSE 'cancelled' END
    WHERE chat_id = :chat_id AND message_id = :message_id AND revision < :revision AND delivered = 0
"""
"""What the message of earlier revisions showed is replaced by what is shown there next."""
OPEN = "delivered = 0 AND state IN ('queued', 'running', 'answered')"
"""What a limit counts as waiting. What is answered counts until the chat shows it: a slow chat is its own."""
LATELY = (
    "user_id = :user AND delivered IN (0, 1) AND created_at BETWEEN :since AND :now"
    " AND coalesce(error, '') NOT GLOB 'untaught_*' AND coalesce(error, '') NOT LIKE 'no_such_picture %'"
)
"""What a person asked in a time; as words that ask nothing, what is not put to the model costs nothing: what it was not
taught to answer, and what is asked of a picture that an album does not have."""
_WAITING = "CASE WHEN names_one THEN 1 ELSE picture_count END"
_UNTAUGHT = (
    "CASE WHEN picture_count > 1 THEN (SELECT count(*) FROM question_pictures AS one"
    " WHERE one.question_id = questions.id AND one.error GLOB 'untaught_*') ELSE 0 END"
)
PUT = f"({_WAITING} - {_UNTAUGHT})"
"""How much of a question is put to the model: each picture costs as much as a question about it alone."""
_PICTURES = f"coalesce(sum({_WAITING}), 0)"
LOAD = f"""
    SELECT (SELECT coalesce(sum({PUT}), 0) FROM questions WHERE {LATELY}) AS asked,
        (SELECT {_PICTURES} FROM questions WHERE user_id = :user AND {OPEN}) AS waiting_of_person,
        (SELECT {_PICTURES} FROM questions WHERE chat_id = :chat AND {OPEN}) AS waiting_here,
        (SELECT count(*) FROM questions WHERE {OPEN}) AS waiting
"""  # noqa: S608 - constants
"""How much a person asked lately, and how much of theirs, of a chat and of all waits: each through a small index."""


def question_of(row: Row) -> Question:
    """A row with all columns as a question."""
    values = {key: row[key] for key in row.keys()}  # noqa: SIM118 - a Row iterates over values
    names = ("delivered", "sending_outcome", "sending_several", "each_picture", "asks_feedback", "spoken", "names_one")
    flags = {name: bool(values[name]) for name in names}
    evidence = _evidence_of(json.loads(values.pop("evidence")))
    grids, pictures = values.pop("heat"), values.pop("several")  # seldom there
    heat = tuple(None if grid is None else _grid_of(grid) for grid in json.loads(grids)) if grids else ()
    several = tuple(_picture_of(picture) for picture in json.loads(pictures)) if pictures else ()
    state = State(values["state"])
    return Question(**{**values, **flags, **evidence, "several": several, "heat": heat, "state": state})


def _grid_of(rows: Sequence[Sequence[float]]) -> HeatGrid:
    return tuple(tuple(row) for row in rows)


def _picture_of(values: dict[str, Any]) -> AskedPicture:
    evidence = _evidence_of(values.pop("evidence"))
    return AskedPicture(**values, **evidence)


def evidence_json(evidence: Evidence) -> str:
    """What the column `evidence` holds: an object of what is not as it is without any."""
    values = {field.name: getattr(evidence, field.name) for field in fields(Evidence)}
    return json.dumps({name: value for name, value in values.items() if value != getattr(NO_EVIDENCE, name)})


def _evidence_of(values: dict[str, Any]) -> dict[str, Any]:
    lists = {
        "unknown_words": tuple(values.get("unknown_words", ())),
        "alternatives": tuple((answer, probability) for answer, probability in values.get("alternatives", ())),
    }
    return values | lists
