"""One exported question, and one exported picture, as every file of the export has them.

What each field is and means says `history.schema.json`, by which the tests judge all exports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.conversation.as_typed import as_typed
from bot.texts.answers import Shown, is_familiar, shown
from bot.texts.failures import sentence
from bot.texts.sureness import percent
from storage.records import Photo, Question

Exported = dict[str, Any]

COLUMNS = (
    *("id", "asked_at", "asked_by", "question", "answer", "confidence", "percent", "state", "error", "seconds"),
    *("beams", "max_new_tokens", "picture", "message_id", "asked_by_id", "asked_as", "says", "sureness", "caveat"),
)
"""What the table of questions (history.csv) shows."""
EXTENSIONS = {"image/jpeg": "jpg", "image/heif": "heic", "image/tiff": "tif"} | {
    f"image/{name}": name for name in ("png", "webp", "gif", "heic", "bmp", "avif")
}
_AS_KEPT = (
    *("id", "answer", "beams", "max_new_tokens", "message_id", "reply_to", "thread_id", "revision", "attempts"),
    *("asked_as", "known_picture", "known_words", "knows", "unsure_below", "each_picture", "album"),
)
"""What is exported of a question as it is kept, under the same name."""
_OF_PHOTO = (
    *("sha256", "message_id", "media_type", "thread_id", "media_group_id", "file_unique_id", "talked_by"),
    "still_of",
)
# Spreadsheets of half the world separate cells by semicolons, whatever stands in quotes for the others.
_FORMULA = re.compile(r"((?:^|[;,|\t\r\n])[\s\"]*)(?=[=+\-@＝＋－＠])")


def row_of(
    question: Question, picture: str | None, names: Sequence[str | None] = (), where: Sequence[Exported] = ()
) -> Exported:
    """The exported form of a question; `names` are the paths of all its pictures inside the ZIP."""
    answer = None if question.answer is None else shown(question)
    return {
        **{name: getattr(question, name) for name in _AS_KEPT},
        "asked_at": iso(question.created_at),
        "asked_by": question.user_name,
        "asked_by_id": question.user_id,
        "question": question.text,
        "unknown_words": list(as_typed(question.unknown_words, question.text)),
        "confidence": _rounded(question.confidence),
        "percent": percent(question.confidence) if question.confidence is not None and is_familiar(question) else None,
        "state": question.state.value,
        "seconds": _rounded(question.seconds, 3),
        "picture": picture,
        "error": _said(question.error),
        "picture_sha256": question.photo_sha256,
        "picture_message_id": question.photo_message_id,
        "answer_message_id": question.placeholder_id,
        "told": question.delivered,
        "updated_at": iso(question.updated_at),
        "says": None if answer is None else answer.answer,
        "sureness": None if answer is None else answer.sureness,
        "caveat": "" if answer is None else answer.caveat,
        "alternatives": [{"answer": text, "probability": round(each, 6)} for text, each in question.alternatives],
        "pictures": [
            {
                "picture": name,
                "sha256": one.sha256,
                "message_id": one.message_id,
                "caption": one.caption,
                "answer": one.answer,
                "confidence": _rounded(one.confidence),
                "error": _said(one.error),
            }
            for one, name in zip(question.several, names, strict=False)
        ],
        "lines": [] if answer is None else [_line(before, one) for before, one in answer.lines],
        "where": where,
    }


def _line(before: str, one: Shown) -> Exported:
    return {"says": f"{before} {one.answer}".strip(), "sureness": one.sureness}


def explained_of(request: Question, picture: str | None) -> Exported:
    """The exported form of a request to show where an answer came from."""
    return {
        "asked_at": iso(request.created_at),
        "asked_by": request.user_name,
        "asked_by_id": request.user_id,
        "state": request.state.value,
        "error": _said(request.error),
        "picture": picture,
        "heat": request.heat,
        "message_id": request.placeholder_id,
    }


def appearance_of(photo: Photo, picture: str | None) -> Exported:
    """The exported form of a message that showed a picture."""
    return {
        **{name: getattr(photo, name) for name in _OF_PHOTO},
        "picture": picture,
        "received_at": iso(photo.created_at),
        "bytes": photo.size,
        "talked_at": None if photo.talked_at is None else iso(photo.talked_at),
    }


def cells_of(row: Exported) -> list[object]:
    """A question for CSV: what a spreadsheet would run as a formula gets an apostrophe, wherever a cell may begin."""
    cells = [row[column] for column in COLUMNS]
    return [_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell for cell in cells]


def _rounded(value: float | None, digits: int = 6) -> float | None:
    return None if value is None else round(value, digits)


def _said(error: str | None) -> str | None:
    """Why there is no answer, as it was told."""
    return None if error is None else sentence(error)


def iso(moment: float) -> str:
    """A moment (unix seconds) as ISO 8601 with its zone, UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def picture_name(sha256: str, media_type: str) -> str:
    """A safe name inside the ZIP: made of the content's hash, never of what people sent."""
    return f"pictures/{sha256[:16]}.{EXTENSIONS.get(media_type, 'img')}"
