"""Which questions a model has met before: those it learnt from, was chosen by, and was calibrated on.

Kept beside the weights as a sketch: of all questions' digests the smallest ones. With them the share of any other set
that was among them can be told, whatever folder it lies in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

from model.text import normalise_question
from training.data.vqa import DataError, write_json

FILE = "provenance.json"
KEPT = 2000
"""Digests that a sketch keeps."""
NOTABLE = 0.05
"""A smaller share of questions met before is not worth a word."""

Role = Literal["learnt", "chosen", "calibrated"]


class Numbered(Protocol):
    """A question with its numbers; of official files or prepared."""

    @property
    def question(self) -> str:
        """Its words."""
        ...

    @property
    def question_id(self) -> int:
        """Its number."""
        ...

    @property
    def image_id(self) -> int:
        """Its picture's number."""
        ...


@dataclass(frozen=True, slots=True)
class Sketch:
    """Some questions, by content."""

    name: str
    """Of the data, for people."""
    questions: int
    digests: tuple[str, ...]
    """The smallest ones, in order; all of them where there are fewer than `KEPT`."""

    @classmethod
    def of(cls, name: str, questions: Sequence[Numbered]) -> Sketch:
        """The sketch of these questions."""
        return cls(name, len(questions), tuple(sorted({digest(each) for each in questions})[:KEPT]))

    def share(self, questions: Iterable[Numbered]) -> float:
        """The share of other questions that are among these, 0 to 1; an estimate where not all digests are kept."""
        kept = set(self.digests)
        whole = len(self.digests) < KEPT
        fair = [found for found in map(digest, questions) if whole or found <= self.digests[-1]]
        return sum(found in kept for found in fair) / len(fair) if fair else 0.0


Provenance = Mapping[Role, Sequence[Sketch]]


def digest(question: Numbered) -> str:
    """A question's name by content: its numbers and its words."""
    text = f"{question.image_id}/{question.question_id}/{normalise_question(question.question)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read(folder: Path) -> Provenance:
    """What is known of a model; empty where nothing is.

    Raises:
        DataError: The file is damaged.
    """
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DataError(f"The file {folder / FILE} cannot be read.") from error
    try:
        return {
            role: [Sketch(each["name"], each["questions"], tuple(each["digests"])) for each in content.get(role, [])]
            for role in ("learnt", "chosen", "calibrated")
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise DataError(f"The file {folder / FILE} is damaged.") from error


def write(folder: Path, known: Provenance) -> None:
    """Keep it beside the weights."""
    write_json(folder / FILE, {role: [asdict(sketch) for sketch in found] for role, found in known.items()})


def met_before(known: Provenance, questions: Sequence[Numbered]) -> dict[Role, float]:
    """The share of questions that were met in each role; roles without a notable share are left out."""
    shares = {role: max((sketch.share(questions) for sketch in found), default=0.0) for role, found in known.items()}
    return {role: share for role, share in shares.items() if share >= NOTABLE}


_REMARKS: Mapping[Role, str] = {
    "learnt": "The model learnt from {share} of these questions: figures on them say nothing about new ones.",
    "chosen": "The weights were chosen by {share} of these questions: figures on them are a little too good.",
    "calibrated": "The confidence was fitted on {share} of these questions: the calibration error looks too small.",
}


def remarks(known: Provenance, questions: Sequence[Numbered]) -> list[str]:
    """A sentence for each role in which some of the questions were met before."""
    return [_REMARKS[role].format(share=_told(share)) for role, share in met_before(known, questions).items()]


def _told(share: float) -> str:
    return "all" if share > 0.995 else f"{share:.0%}"
