"""What a worker's loop needs of whatever connects it with its broker: a pipe, a stream on a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from model.types import Answer, Request

Stage = Literal["decoding", "waiting", "answering"]
"""What a worker does with a request: decode its picture itself, keep it ready for its batch, answer it.

A worker that dies while it decodes or answers a request may have died of it; one that waits is innocent.
"""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A request need not be answered any more, unless its batch has begun."""

    id: str


class Reports(Protocol):
    """Where a worker says what becomes of its requests. Safe in any thread."""

    def stage(self, stage: Stage, ids: Sequence[str]) -> None:
        """Requests have come to this stage."""
        ...

    def answer(self, answer: Answer) -> None:
        """A request is answered."""
        ...

    def dropped(self, request_id: str) -> None:
        """A cancelled request was dropped before its batch."""
        ...


class Transport(Reports, Protocol):
    """A worker's connection with its broker. Safe in any thread but for `requests`, which belongs to one."""

    def requests(self) -> Iterator[Request | Cancellation]:
        """What comes, until the broker wants no more of this worker: then what was taken is answered, and it ends."""
        ...

    def alive(self, progress: int) -> None:
        """A sign of life; `progress` moves on as long as work does."""
        ...

    def ready(self, device: str, dtype: str, pace: float) -> None:
        """The model is loaded, and answers one question alone in `pace` seconds."""
        ...

    def failed(self, error: str) -> None:
        """The model cannot be loaded, and trying again at once will not help."""
        ...
