"""Pictures that the chat page offers: samples that one tap sends, and scenes that are drawn when asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture (PNG) and a question about it."""

    name: str
    picture: bytes
    question: str


@dataclass(frozen=True, slots=True)
class NewScene:
    """A picture (PNG) that was just drawn, and questions that can be asked about it."""

    picture: bytes
    questions: tuple[str, ...]


DrawScene = Callable[[], NewScene]
"""Draws a scene that nobody has seen; called in a thread, a fraction of a second long."""


class Samples:
    """The samples of one sandbox, and who draws new ones for it."""

    def __init__(self, samples: Sequence[Sample] = (), draw_scene: DrawScene | None = None) -> None:
        self._samples = list(samples)
        self._draw_scene = draw_scene

    def listing(self) -> list[dict[str, str]]:
        """What the page shows: name, address of the picture, question."""
        return [
            {"name": sample.name, "url": f"/client/sample/{number}", "question": sample.question}
            for number, sample in enumerate(self._samples)
        ]

    def get(self, number: int) -> Sample | None:
        """One sample."""
        return self._samples[number] if 0 <= number < len(self._samples) else None

    @property
    def draws_scenes(self) -> bool:
        """Whether there is somebody who draws."""
        return self._draw_scene is not None

    async def new_scene(self) -> NewScene | None:
        """A scene that nobody has seen; None where nobody draws."""
        return None if self._draw_scene is None else await asyncio.to_thread(self._draw_scene)
