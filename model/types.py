"""What goes into the model and what comes out, as plain data. Nothing here needs torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

Grid = tuple[tuple[float, ...], ...]
"""How much the parts of a picture counted for an answer: rows from top to bottom, values from 0 to 1, left to right."""


def grid_of(rows: Sequence[Sequence[float]]) -> Grid:
    """A grid from its rows, with no more digits than can be seen."""
    return tuple(tuple(round(value, 3) for value in row) for row in rows)


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A picture as it was sent: an encoded file (JPEG, PNG, ...), not pixels."""

    data: bytes
    key: str = ""
    """SHA-256 of `data` in hex; features of a picture are kept under it. Computed when empty."""

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", hashlib.sha256(self.data).hexdigest())


@dataclass(frozen=True, slots=True)
class Request:
    """One question about one picture, or about several together, with its own decoding settings."""

    id: str
    """Names the question; results carry it back, and asking twice under one id asks once."""
    picture: bytes
    """The picture as it was sent: an encoded file (JPEG, PNG, ...), not pixels."""
    question: str
    """What the person typed, untouched."""
    beams: int = 1
    """Width of the beam search; 1 is greedy."""
    max_new_tokens: int = 20
    """The longest answer, in tokens."""
    picture_key: str = ""
    """SHA-256 of `picture` in hex; features of a picture are kept under it. Computed when empty."""
    origin: str = ""
    """Who asks, under any name: pictures are decoded in turn over those who ask."""
    others: tuple[SentPicture, ...] = ()
    """The further pictures of a question about several, in their order."""
    trace: str = ""
    """The trace that it belongs to (W3C traceparent); empty where nobody looks."""
    explains: str | None = None
    """An answer that was given to this: what is wanted is where in the pictures it came from (`Answer.where`)."""
    listens: bool = False
    """`picture` is no picture but a sound file: what is wanted is what somebody says in it, as the answer's text, and
    how sure that is."""

    def __post_init__(self) -> None:
        if not self.picture_key:
            object.__setattr__(self, "picture_key", SentPicture(self.picture).key)

    @property
    def pictures(self) -> tuple[SentPicture, ...]:
        """All pictures, in their order."""
        return (SentPicture(self.picture, self.picture_key), *self.others)


@dataclass(frozen=True, slots=True)
class Generation:
    """A decoded answer with the evidence for it."""

    text: str
    token_logprobs: tuple[float, ...]
    """Natural-log probability of each generated token under the raw logits, the end token included; behind an answer
    that was cut at its limit that of an end, which was not said."""
    tokens: tuple[int, ...] = ()
    """The generated tokens, those included that the settings forced and that are no evidence."""
    others: tuple[tuple[str, float], ...] = ()
    """Other answers that the search came to the end of, likeliest first, with their natural-log probabilities."""
    prompt_state: Sequence[float] = ()
    """What the model made of the question having seen the picture: the mean state of its tokens, [D]. Empty where a
    family does not tell."""
    truncated: bool = False
    """Whether it was cut at its limit, where an end was less likely than not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the worker says to one request."""

    id: str
    text: str
    confidence: float
    """Calibrated probability (0 to 1) that `text` is right."""
    seconds: float
    """Wall-clock time from receiving the request to having its answer."""
    error: str | None = None
    """The text of a `FailureError` when the request cannot be answered; `text` is empty then."""
    refused_picture: str = ""
    """The picture's key when `error` is about the picture itself: it would be the same for any question."""
    batch_size: int = 0
    """How many requests were answered at once."""
    picture_kept: bool = False
    """Whether its picture's features were kept from an earlier request."""
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds: `waiting` from receiving the request to its batch, `decoding` its picture (CPU time; 0 where it is
    known already), and of the whole batch `images` (encoding them), `prompts` and `generation`."""
    known_picture: bool | None = None
    """Whether the picture is like those that the model knows; None where nothing is stored to measure that by."""
    known_words: bool | None = None
    """Whether the question is like those that the model knows, in its words and as a whole; None as above. False, too,
    where the answer is of another kind than was asked for: "yes" to "where ...?"."""
    unknown_words: tuple[str, ...] = ()
    """Words of the question that the model never met, as they were typed."""
    picture_distance: float | None = None
    """How far the picture lies from what the model knows: up to 1 it is known. None where that is not measured."""
    question_distance: float | None = None
    """The same of the question, as the model reads it with its picture."""
    alternatives: tuple[tuple[str, float], ...] = ()
    """Other answers that may be right, likeliest first, each with its probability (0 to 1): with `text` they hold the
    right answer as often as the model's card says."""
    knows: str = ""
    """What the model has learnt from, as a sentence of its own: "I have learnt from cartoon scenes"; empty where its
    profile does not say."""
    model: str = ""
    """Which model said it: its name, and the beginning of a digest of its files."""
    shows_where: bool = False
    """Whether the model can show where in the pictures this came from."""
    truncated: bool = False
    """Whether `text` is only a beginning: more tokens were not allowed, and the model would have gone on."""
    where: tuple[Grid, ...] = ()
    """To a request that `explains`: for each picture how much its parts counted."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """An answer that travelled as JSON, which knows no tuples."""
        alternatives = tuple((text, probability) for text, probability in values.get("alternatives", ()))
        words = tuple(values.get("unknown_words", ()))
        where = tuple(grid_of(rows) for rows in values.get("where", ()))
        return cls(**{**values, "unknown_words": words, "alternatives": alternatives, "where": where})


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """The state of the inference side, as `/admin` shows it."""

    model: str
    ready: bool
    device: str = ""
    dtype: str = ""
    pid: int | None = None
    restarts: int = 0
    answered: int = 0
    started_at: float | None = None
    """Unix seconds at which the current worker was started."""
    error: str | None = None
    """Why no worker is ready, when that is known: the text of a `ModelError`."""
    pace: float | None = None
    """Seconds that one question takes alone, as it measured itself."""
    name: str = ""
    """Of the worker that it belongs to, by which that can be drained; empty beside the bot."""
    machine: str = ""
    """Where it runs; empty beside the bot."""
    silence: float | None = None
    """Seconds since its last sign of life, where that says something."""
    draining: bool = False
    """Its worker finishes what it has, and leaves."""
