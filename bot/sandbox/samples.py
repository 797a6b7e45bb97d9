"""Pictures that the chat page offers to send with one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture and a question about it."""

    name: str
    picture: bytes
    question: str
    media_type: str = "image/png"


class Samples:
    """The samples of one sandbox."""

    def __init__(self, samples: Sequence[Sample] = ()) -> None:
        self._samples = list(samples)

    def listing(self) -> list[dict[str, str]]:
        """What the page shows: name, address of the picture, question."""
        return [
            {"name": sample.name, "url": f"/client/sample/{number}", "question": sample.question}
            for number, sample in enumerate(self._samples)
        ]

    def get(self, number: int) -> Sample | None:
        """One sample."""
        return self._samples[number] if 0 <= number < len(self._samples) else None
