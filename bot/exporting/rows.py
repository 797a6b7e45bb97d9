"""One exported question, as every file of the export has it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bot.texts import percent
from storage.records import Question

COLUMNS = (
    "id",
    "asked_at",
    "asked_by",
    "question",
    "answer",
    "confidence",
    "percent",
    "state",
    "seconds",
    "beams",
    "max_new_tokens",
    "picture",
    "message_id",
)
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/heif": "heic",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/avif": "avif",
}
# Spreadsheets of half the world separate cells by semicolons, whatever stands in quotes for the others.
_FORMULA = re.compile(r"((?:^|[;,|\t\r\n])[\s\"]*)(?=[=+\-@＝＋－＠])")


@dataclass(frozen=True, slots=True)
class Row:
    """A question as it is exported."""

    id: int
    asked_at: str
    """ISO 8601, UTC."""
    asked_by: str
    question: str
    answer: str | None
    confidence: float | None
    """As it was computed, from 0 to 1."""
    percent: int | None
    """The confidence as people read it, from 1 to 99."""
    state: str
    seconds: float | None
    beams: int
    max_new_tokens: int
    picture: str | None
    """Path inside the ZIP; None when the picture is gone."""
    message_id: int

    def as_dict(self) -> dict[str, object]:
        """For JSON and for the page."""
        return asdict(self)

    def as_cells(self) -> list[object]:
        """For CSV: what a spreadsheet would run as a formula gets an apostrophe, wherever a cell may begin."""
        cells = [getattr(self, column) for column in COLUMNS]
        return [_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell for cell in cells]


def row_of(question: Question, picture: str | None) -> Row:
    """The exported form of a question."""
    return Row(
        id=question.id,
        asked_at=datetime.fromtimestamp(question.created_at, UTC).isoformat(timespec="seconds"),
        asked_by=question.user_name,
        question=question.text,
        answer=question.answer,
        confidence=None if question.confidence is None else round(question.confidence, 6),
        percent=None if question.confidence is None else percent(question.confidence),
        state=question.state.value,
        seconds=None if question.seconds is None else round(question.seconds, 3),
        beams=question.beams,
        max_new_tokens=question.max_new_tokens,
        picture=picture,
        message_id=question.message_id,
    )


def picture_name(sha256: str, media_type: str) -> str:
    """A safe name inside the ZIP: made of the content's hash, never of what people sent."""
    return f"pictures/{sha256[:16]}.{EXTENSIONS.get(media_type, 'img')}"
