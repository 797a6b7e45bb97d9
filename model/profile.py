"""`vqabot.json`: what this project knows about a model beyond what transformers saves with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, cast

from model.atomic import write_text
from model.confidence.calibration import Calibration
from model.confidence.taught_kinds import KINDS
from model.errors import ModelError
from model.loading import model_type
from model.plugins import find
from model.text import normalise_question, sentence_question

FILE_NAME = "vqabot.json"

QuestionStyle = Literal["words", "sentence"]
STYLES: dict[QuestionStyle, Callable[[str], str]] = {"words": normalise_question, "sentence": sentence_question}


@dataclass(frozen=True, slots=True)
class Profile:
    """How a model wants its questions and how far its probabilities can be believed."""

    prompt_prefix: str = ""
    """Stands before every question."""
    question_style: QuestionStyle = "sentence"
    """`words`: lower case without marks; `sentence`: capitalised, with a question mark."""
    calibration: Calibration = field(default_factory=Calibration)
    pictures: int = 1
    """How many pictures one question may be about: more than one where the model was trained for it."""
    int8_loss: float | None = None
    """Points of accuracy that 8-bit weights cost this model at most (the upper end of a 95 % interval), as `vqabot
    calibrate` measured it; None: nobody has looked."""
    knows: str = ""
    """What the model has learnt from, in a sentence about itself without its end mark: people read it where a picture
    is unlike that ("I have learnt from cartoon scenes"). Empty: nothing is said of it."""
    untaught: tuple[str, ...] = ()
    """Kinds of question (`taught_kinds.KINDS`) that its training did not ask, as `vqabot calibrate` found: they get a
    refusal instead of a guess."""

    def prompt(self, question: str) -> str:
        """The text that the model reads for a typed question; empty when the question says nothing."""
        text = STYLES[self.question_style](question)
        return f"{self.prompt_prefix}{text}" if text else ""

    @classmethod
    def read(cls, folder: Path) -> Profile:
        """The profile in a model's folder; what it does not say is as its family's models have it.

        Raises:
            ModelError: The file, or the model's `config.json`, is there but cannot be understood.
        """
        file = folder / FILE_NAME
        try:
            values = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
            untaught = values.get("untaught", [])
            if not isinstance(untaught, list) or not KINDS.issuperset(untaught):
                raise ValueError(f"untaught must be a list of some of {', '.join(sorted(KINDS))}")
            calibration = Calibration(**values.get("calibration", {}))
            given = {**values, "calibration": calibration, "untaught": tuple(untaught)}
            profile = replace(_usual(folder), **given)
            if profile.question_style not in STYLES or not all(
                isinstance(text, str) for text in (profile.prompt_prefix, profile.knows)
            ):
                raise ValueError(f"question_style must be one of {', '.join(STYLES)}, prompt_prefix and knows a text")
            if not isinstance(profile.pictures, int) or profile.pictures < 1:
                raise ValueError("pictures must be a whole number from 1 on")
            if profile.int8_loss is not None and not isinstance(profile.int8_loss, int | float):
                raise ValueError("int8_loss must be a number or null")
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError("profile_unreadable", file=file, styles=" or ".join(STYLES)) from error
        return profile

    def write(self, folder: Path) -> None:
        """Write the profile into a model's folder, whole or not at all."""
        write_text(folder / FILE_NAME, json.dumps(asdict(self), indent=2) + "\n")


def _usual(folder: Path) -> Profile:
    """The profile of a family's models where they say nothing else."""
    own = find("model.families", model_type(folder), "profile") if (folder / "config.json").is_file() else None
    return Profile() if own is None else cast(Profile, own())


BUILTIN_PROFILE = Profile(
    prompt_prefix="", question_style="words", knows="I have learnt from cartoon scenes and simple drawings"
)
"""The built-in model reads the bare question."""
