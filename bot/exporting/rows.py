"""One exported question, and one exported picture, as every file of the export has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bot.texts.answers import percent, shown
from bot.texts.failures import sentence
from storage.records import HeatGrid, Photo, Question

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
    *("asked_as", "known_picture", "known_words", "unknown_words", "knows", "unsure_below", "each_picture", "album"),
)
"""What is exported of a question as it is kept, under the same name."""
_OF_PHOTO = (
    *("sha256", "message_id", "media_type", "thread_id", "media_group_id", "file_unique_id", "talked_by"),
    "still_of",
)
# Spreadsheets of half the world separate cells by semicolons, whatever stands in quotes for the others.
_FORMULA = re.compile(r"((?:^|[;,|\t\r\n])[\s\"]*)(?=[=+\-@＝＋－＠])")


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer that may be right."""

    answer: str
    probability: float


@dataclass(frozen=True, slots=True)
class Explained:
    """A request to show where an answer came from, as it is exported."""

    asked_at: str
    """ISO 8601, UTC."""
    asked_by: str
    asked_by_id: int | None
    """Telegram's number of who asked."""
    state: str
    error: str | None
    """Why it could not be shown, as it was told."""
    picture: str | None
    """Path inside the ZIP of the heat map; None where there is none."""
    heat: Sequence[HeatGrid | None]
    """Of each picture, how much its parts counted; where each was compared with the next, of both in turn."""
    message_id: int | None
    """The bot's message that shows it."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A question as it is exported: all that is kept of it."""

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
    asked_by_id: int | None = None
    """Telegram's number of who asked."""
    error: str | None = None
    """Why there is no answer, as it was told."""
    picture_sha256: str = ""
    picture_message_id: int | None = None
    answer_message_id: int | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    revision: int = 0
    """0 for the message as it was sent; grows with each edit that asked again."""
    attempts: int = 0
    told: bool = True
    """Whether the outcome stands in the chat."""
    updated_at: str | None = None
    """ISO 8601, UTC: when its state changed last."""
    asked_as: str | None = None
    """The question in full, where what was typed leant on the one before."""
    says: str | None = None
    """The answer as people read it."""
    sureness: str | None = None
    """How sure that is, as people read it."""
    caveat: str = ""
    """Why not to rely on it, as people read it."""
    known_picture: bool | None = None
    known_words: bool | None = None
    unknown_words: Sequence[str] = ()
    alternatives: Sequence[Alternative] = ()
    knows: str = ""
    """What the model says that it has learnt from."""
    unsure_below: int = 0
    """Percent below which the answer is said as a guess."""

    each_picture: bool = False
    """Whether each of several pictures was asked about by itself, or compared with the next."""
    album: str | None = None
    """Telegram's name of the album whose caption asked."""
    pictures: tuple[dict[str, object], ...] = ()
    """Of a question about several: each with its path inside the ZIP, its message, its caption and its answer."""
    where: Sequence[Explained] = ()
    """Requests to show where the answer came from."""

    def as_dict(self) -> dict[str, object]:
        """For JSON and for the page."""
        return asdict(self)

    def as_cells(self) -> list[object]:
        """For CSV: what a spreadsheet would run as a formula gets an apostrophe, wherever a cell may begin."""
        cells = [getattr(self, column) for column in COLUMNS]
        return [_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell for cell in cells]


@dataclass(frozen=True, slots=True)
class Appearance:
    """A message that showed a picture, as it is exported."""

    picture: str | None
    """Path inside the ZIP; None when the picture is gone."""
    sha256: str
    message_id: int
    received_at: str
    """ISO 8601, UTC."""
    media_type: str
    bytes: int
    thread_id: int | None
    media_group_id: str | None
    """Telegram's name of the album."""
    file_unique_id: str | None
    """Telegram's name of the file."""
    talked_at: str | None
    """When it was last talked about; ISO 8601, UTC."""
    talked_by: int | None
    """Telegram's number of who showed it or talked about it last."""
    still_of: str | None = None
    """What moves and has this as its still picture: "animation", "file" (its first), "sticker" or "video"."""


def row_of(
    question: Question, picture: str | None, names: Sequence[str | None] = (), where: Sequence[Explained] = ()
) -> ExportRow:
    """The exported form of a question; `names` are the paths of all its pictures inside the ZIP."""
    answer = None if question.answer is None else shown(question)
    return ExportRow(
        **{name: getattr(question, name) for name in _AS_KEPT},
        asked_at=iso(question.created_at),
        asked_by=question.user_name,
        asked_by_id=question.user_id,
        question=question.text,
        confidence=None if question.confidence is None else round(question.confidence, 6),
        percent=None if question.confidence is None else percent(question.confidence),
        state=question.state.value,
        seconds=None if question.seconds is None else round(question.seconds, 3),
        picture=picture,
        error=None if question.error is None else sentence(question.error),
        picture_sha256=question.photo_sha256,
        picture_message_id=question.photo_message_id,
        answer_message_id=question.placeholder_id,
        told=question.delivered,
        updated_at=iso(question.updated_at),
        says=None if answer is None else answer.answer,
        sureness=None if answer is None else answer.sureness,
        caveat="" if answer is None else answer.caveat,
        alternatives=[Alternative(text, round(probability, 6)) for text, probability in question.alternatives],
        pictures=tuple(
            {
                "picture": name,
                "sha256": one.sha256,
                "message_id": one.message_id,
                "caption": one.caption,
                "answer": one.answer,
                "confidence": None if one.confidence is None else round(one.confidence, 6),
                "error": None if one.error is None else sentence(one.error),
            }
            for one, name in zip(question.several, names, strict=False)
        ),
        where=where,
    )


def explained_of(request: Question, picture: str | None) -> Explained:
    """The exported form of a request to show where an answer came from."""
    return Explained(
        asked_at=iso(request.created_at),
        asked_by=request.user_name,
        asked_by_id=request.user_id,
        state=request.state.value,
        error=None if request.error is None else sentence(request.error),
        picture=picture,
        heat=request.heat,
        message_id=request.placeholder_id,
    )


def appearance_of(photo: Photo, picture: str | None) -> Appearance:
    """The exported form of a message that showed a picture."""
    return Appearance(
        **{name: getattr(photo, name) for name in _OF_PHOTO},
        picture=picture,
        received_at=iso(photo.created_at),
        bytes=photo.size,
        talked_at=None if photo.talked_at is None else iso(photo.talked_at),
    )


def iso(moment: float) -> str:
    """A moment (unix seconds) as ISO 8601 with its zone, UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def picture_name(sha256: str, media_type: str) -> str:
    """A safe name inside the ZIP: made of the content's hash, never of what people sent."""
    return f"pictures/{sha256[:16]}.{EXTENSIONS.get(media_type, 'img')}"
