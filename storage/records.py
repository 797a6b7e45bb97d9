"""Rows as plain data: what the rest of the bot sees of the database."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

HeatGrid = tuple[tuple[float, ...], ...]
"""How much the parts of a picture counted: rows from top to bottom of values from 0 to 1, left to right."""


class State(StrEnum):
    """Where a question is on its way."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """A raw update of Telegram's, kept before it was acknowledged."""

    update_id: int
    raw: str
    """The update's JSON as it came."""
    attempts: int
    """How often the bot died while it was being handled."""
    chat_id: int = 0
    """The chat that it belongs to; 0 for none."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a chat. Its bytes lie in a file named by their SHA-256, shared by all who sent the same ones."""

    chat_id: int
    message_id: int
    """Negative: a number from before the group became a supergroup, which names no message any more."""
    sha256: str
    media_type: str
    size: int
    """Bytes."""
    path: Path
    thread_id: int | None
    media_group_id: str | None
    created_at: float
    """Unix seconds."""
    talked_at: float | None
    """When it was last talked about (unix seconds, and later than any talk before it); None: never yet."""
    talked_by: int | None
    """Who showed it or talked about it last; of a picture never talked about, whom it was given to."""
    file_unique_id: str | None
    """Telegram's name for the file: it changes when an edit replaces the picture."""
    still_of: str | None = None
    """What moves and has this as its still: "animation", "file" (its first), "sticker" or "video"; or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How far an answer can be relied on, beside its confidence."""

    known_picture: bool | None = None
    """Whether the picture is like those that the model knows; None where the model cannot tell."""
    known_words: bool | None = None
    """Whether the question is like those that the model knows, and the answer of a kind that fits it; None where the
    model cannot tell."""
    unknown_words: tuple[str, ...] = ()
    """Words of the question that the model never met."""
    alternatives: tuple[tuple[str, float], ...] = ()
    """Other answers that may be right, likeliest first, each with its probability (0 to 1)."""
    knows: str = ""
    """What the model says that it has learnt from."""
    model: str = ""
    """Which model said it."""
    shows_where: bool = False
    """Whether the model can show where in the pictures it came from."""
    truncated: bool = False
    """Whether the answer is only a beginning: more tokens were not allowed."""


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class AskedPicture(Evidence):
    """A picture that a question is about."""

    sha256: str
    message_id: int | None
    """The message that showed it; negative: a number from before the group became a supergroup."""
    caption: str | None = None
    """What its own message says, where that asks something."""
    answer: str | None = None
    """Of a question that is asked of each picture: what was said of this one, or of it and the one before."""
    confidence: float | None = None
    error: str | None = None
    """Why there is no answer about it: the text of a failure."""


@dataclass(frozen=True, kw_only=True)
class NewQuestion:
    """A question as it is asked."""

    chat_id: int
    message_id: int
    """The message that asked; negative: a number from before the group became a supergroup."""
    revision: int = 0
    """0 for the message as it was sent; grows with each edit that asked again."""
    thread_id: int | None = None
    user_id: int | None = None
    user_name: str = ""
    photo_sha256: str
    photo_message_id: int | None = None
    text: str
    asked_as: str | None = None
    """The question in full, where what was typed leant on the question before."""
    beams: int
    max_new_tokens: int
    unsure_below: int = 0
    """The answer is said plainly where its confidence is at least so many percent."""
    asks_feedback: bool = False
    """Whether people can say under the answer what they think of it."""
    spoken: bool = False
    """Whether `text` was heard, not written."""
    reply_to: int | None = None
    """The message under which progress and answer stand, where it is not the one that asked."""
    several: tuple[AskedPicture, ...] = ()
    """Its pictures in their order, where it is about more than one; the first is that of `photo_sha256`."""
    each_picture: bool = False
    """Whether each of its pictures is asked about by itself, or with the next; else all of them have one answer."""
    album: str | None = None
    """Telegram's name of the album whose caption asks."""
    ready_at: float | None = None
    """No worker gets it before (unix seconds): more pictures of its album may come."""
    names_one: bool = False
    """Whether it names one of its pictures, or one that is not among them: no other is put to the model."""


@dataclass(frozen=True, kw_only=True)
class Question(NewQuestion, Evidence):
    """A question with all that is known of it."""

    id: int
    state: State
    placeholder_id: int | None
    """The bot's message that shows the progress and, in the end, the answer."""
    answer: str | None
    confidence: float | None
    seconds: float | None
    error: str | None
    """Why it failed: the text of a failure, or a sentence for the person."""
    attempts: int
    """How often it went to a worker."""
    delivered: bool
    """Whether the outcome stands in the chat."""
    created_at: float
    updated_at: float
    sending_after: int | None = None
    """A message may stand in the chat of which the bot has not heard; its number is above this one."""
    sending_outcome: bool = False
    """Whether that message may be the outcome; else it is progress."""
    sending_several: bool = False
    """Whether there may be more than one such message."""
    still_of: str | None = None
    """As of its picture, or of the first of several that is only a still."""
    explains: int | None = None
    """No question, but the request to show where the answer to this question came from; it has that one's words,
    pictures and answer."""
    heat: tuple[HeatGrid | None, ...] = ()
    """What was found for such a request: of each picture how much its parts counted; None where nothing was said."""

    @property
    def asked(self) -> str:
        """The question as the model reads it."""
        return self.asked_as or self.text

    @property
    def pictures(self) -> tuple[AskedPicture, ...]:
        """All pictures that it is about, in their order."""
        return self.several or (AskedPicture(self.photo_sha256, self.photo_message_id),)

    def of_each(self) -> list[Question]:
        """Of a question that is asked of each of its pictures: as if each were a question by itself."""
        return [
            replace(
                self,
                several=(),
                each_picture=False,
                still_of=None,
                photo_sha256=one.sha256,
                photo_message_id=one.message_id,
                text=one.caption or self.text,
                asked_as=self.asked_as if one.caption in (None, self.text) else None,
                state=self.state if one.error is None else State.FAILED,
                answer=one.answer,
                confidence=one.confidence,
                error=one.error,
                **{field.name: getattr(one, field.name) for field in fields(Evidence)},
            )
            for one in self.several
        ]

    @property
    def answered_under(self) -> int | None:
        """The message that progress and answer reply to; None where there is none any more."""
        target = self.reply_to or self.message_id
        return target if target > 0 else None


@dataclass(frozen=True, slots=True)
class Load:
    """How much somebody asked lately, and for how many questions the outcome does not stand in the chat yet."""

    asked: int
    """By this person, over all chats."""
    waiting_of_person: int
    """Of this person, over all chats."""
    waiting_here: int
    """Of this chat."""
    waiting: int
    """Of all chats."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat chose; None follows the defaults."""

    beams: int | None = None
    max_new_tokens: int | None = None
    keep_days: int | None = None
    """How long questions and pictures are kept."""
    for_training: int | None = None
    """1: what people say about answers may be used for training, with the pictures."""
    time_zone: str | None = None
    """In which times are shown: an IANA name, or "UTC+03:00"."""


@dataclass(frozen=True, slots=True)
class GlobalSettings:
    """What the admins set; None follows the environment."""

    default_beams: int | None = None
    default_max_new_tokens: int | None = None
    max_beams: int | None = None
    max_max_new_tokens: int | None = None
    questions_per_minute: int | None = None
    unsure_below: int | None = None
    feedback: int | None = None
    """0: people are not asked what they think of answers."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept of a chat."""

    questions: int
    photos: int
    known: bool
    """Whether its name or settings are kept."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.questions or self.photos or self.known)


@dataclass(frozen=True, slots=True)
class DeletedCounts:
    """What a deletion removed."""

    questions: int
    photos: int
    known: bool
    """Whether the chat's name or settings were kept."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the bot is doing."""

    last_hour: int
    last_day: int
    total: int
    chats: int
    mean_seconds: float | None
    """Mean answering time over the last day, in seconds."""
    mean_confidence: float | None
    photos: int
    unmeasured: int = 0
    """Answers of the last day from a model that stores nothing of what it knows."""
