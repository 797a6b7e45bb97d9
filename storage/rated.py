"""What people think of answers, read out of a data folder or a backup for training, while a bot runs or not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.data_folder import DATABASE, PHOTOS
from storage.errors import StorageError


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """An answer with what people think of it. Nothing in it says who they are, or in which chat."""

    pictures: tuple[Path, ...]
    """Their files, in their order; one may be gone meanwhile."""
    question: str
    """As the model read it."""
    answer: str
    confidence: float
    """0 to 1, as it was told."""
    model: str
    """Which model said it; empty where that is not known."""
    right: int
    """How many people call it right."""
    wrong: int
    corrections: tuple[str, ...]
    """What those who call it wrong say is right: each person's word, oldest first."""


# Where each picture is compared with the next, what is said is kept with the later one, and nothing with the first.
_RATED = """
    SELECT questions.id, coalesce(picture.sha256, photo_sha256) AS sha256,
        CASE feedback.position WHEN 0 THEN picture_count ELSE feedback.position END AS last,
        CASE feedback.position WHEN 0 THEN picture_count ELSE 1 + (first.position IS NOT NULL) END AS picture_count,
        coalesce(CASE WHEN first.position IS NULL THEN nullif(picture.caption, text) END, asked_as, text) AS asked,
        coalesce(picture.answer, questions.answer) AS answer,
        coalesce(picture.confidence, questions.confidence) AS confidence,
        CASE feedback.position WHEN 0 THEN questions.evidence ELSE picture.evidence END AS evidence,
        sum(is_right) AS is_right, sum(NOT is_right) AS wrong,
        (SELECT json_group_array(answer) FROM (SELECT answer FROM feedback AS one WHERE one.question_id = questions.id
            AND one.position = feedback.position AND one.answer IS NOT NULL AND NOT one.is_right
            ORDER BY given_at, user_id)) AS corrections
    FROM feedback JOIN questions ON questions.id = feedback.question_id
        JOIN chats ON chats.chat_id = questions.chat_id
        LEFT JOIN question_pictures AS picture ON feedback.position > 0 AND picture.question_id = questions.id
            AND picture.position = feedback.position - 1
        LEFT JOIN question_pictures AS first ON feedback.position > 1 AND first.question_id = questions.id
            AND first.position = 0 AND first.answer IS NULL AND first.error IS NULL
    WHERE chats.for_training = 1 AND questions.answer IS NOT NULL AND each_picture = (feedback.position > 0)
    GROUP BY questions.id, feedback.position ORDER BY questions.id, feedback.position
"""
_NOT_ALLOWED = """
    SELECT count(*) AS number FROM feedback LEFT JOIN chats ON chats.chat_id = feedback.chat_id
    WHERE chats.for_training IS NOT 1
"""


def rated_answers(folder: Path) -> tuple[list[RatedAnswer], int]:
    """The rated answers of the chats that allow training, and how many opinions others keep for themselves.

    Raises:
        StorageError: There is no database, or it is damaged or of an older release.
    """
    database = folder / DATABASE
    if not database.is_file():
        raise StorageError("database_not_found", folder=folder)
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
            connection.row_factory = sqlite3.Row
            return list(_read(connection, folder / PHOTOS)), connection.execute(_NOT_ALLOWED).fetchone()["number"]
    except sqlite3.OperationalError as error:
        raise StorageError("feedback_not_read", database=database, reason=error) from error
    except sqlite3.DatabaseError as error:
        raise StorageError("database_damaged", database=database, reason=error) from error


def _read(connection: sqlite3.Connection, photos: Path) -> Iterator[RatedAnswer]:
    for row in connection.execute(_RATED).fetchall():
        hashes = [row["sha256"]]
        if row["picture_count"] > 1:
            several = connection.execute(
                "SELECT sha256 FROM question_pictures WHERE question_id = ? AND position >= ? AND position < ?"
                " ORDER BY position",
                (row["id"], row["last"] - row["picture_count"], row["last"]),
            )
            hashes = [picture["sha256"] for picture in several]
        yield RatedAnswer(
            pictures=tuple(photos / sha256[:2] / sha256 for sha256 in hashes),
            question=row["asked"],
            answer=row["answer"],
            confidence=row["confidence"] or 0.0,
            model=json.loads(row["evidence"]).get("model", ""),
            right=row["is_right"],
            wrong=row["wrong"],
            corrections=tuple(json.loads(row["corrections"])),
        )
