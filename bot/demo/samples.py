"""The sample scenes of the demo: pictures that no training saw, with questions and true answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class SampleScene:
    """A picture with questions."""

    name: str
    picture: bytes
    questions: tuple[tuple[str, str], ...]
    """Pairs of question and true answer."""


def sample_scenes() -> list[SampleScene]:
    """The samples, in the order in which the chat page offers them."""
    folder = files("bot.demo") / "scenes"
    listed = json.loads((folder / "scenes.json").read_text(encoding="utf-8"))
    return [
        SampleScene(
            entry["name"],
            (folder / entry["file"]).read_bytes(),
            tuple((question, answer) for question, answer in entry["questions"]),
        )
        for entry in listed
    ]
