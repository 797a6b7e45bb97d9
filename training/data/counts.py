"""What became of the questions and pictures of a split while it was prepared."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from model.counting import counted
from training.data.record_pictures import FoundPicture


@dataclass(slots=True)
class Counts:
    """What became of a split."""

    pictures: int = 0
    questions: int = 0
    missing: int = 0
    """Pictures that are not there."""
    broken: int = 0
    """Pictures that cannot be read."""
    without_picture: int = 0
    """Questions left out with those pictures."""
    empty: int = 0
    """Questions left out because nothing is left of their words, or of their answer."""
    problems: list[dict[str, str | int]] = field(default_factory=list)

    def note(self, found: FoundPicture, problem: str, questions: int) -> None:
        """Keep what is wrong with a picture, and how many questions it costs."""
        self.problems.append({"picture": found.name, "problem": problem, "questions": questions})

    def lost(self) -> str:
        """What is left out, as words; empty where nothing is."""
        parts = (
            (self.missing, "missing picture", ""),
            (self.broken, "broken picture", ""),
            (self.without_picture, "question", " without a picture"),
            (self.empty, "question", " without words"),
        )
        return ", ".join(f"{counted(number, what)}{rest}" for number, what, rest in parts if number)

    def as_dict(self) -> dict[str, Any]:
        """The numbers, for JSON."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "problems"}
