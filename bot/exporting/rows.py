"""One exported question, as every file of the export has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from storage.records import Question

COLUMNS = (
    "id",
    "asked_at",
    "asked_by",
    "question",
    "answer",
    "confidence",
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
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
        """For CSV: a text that a spreadsheet would run as a formula gets an apostrophe before it."""
        cells = [getattr(self, column) for column in COLUMNS]
        return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in cells]


def row_of(question: Question, picture: str | None) -> Row:
    """The exported form of a question."""
    return Row(
        id=question.id,
        asked_at=datetime.fromtimestamp(question.created_at, UTC).isoformat(timespec="seconds"),
        asked_by=question.user_name,
        question=question.text,
        answer=question.answer,
        confidence=None if question.confidence is None else round(question.confidence, 4),
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
