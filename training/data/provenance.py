"""Which questions a model has met before: those it learnt from, was chosen by, and was calibrated on.

Kept beside the weights as a sketch: of all questions' digests the smallest ones. With them the share of any other set
that was among them can be told, whatever folder it lies in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from model.text import normalise_question
from training.data.files import PictureFile
from training.data.pictures import content_key
from training.data.prepared import Example
from training.data.splits import Split
from training.data.vqa import DataError, VqaQuestion, write_json

FILE = "provenance.json"
KEPT = 2000
"""Digests that a sketch keeps."""
NOTABLE = 0.05
"""A smaller share of questions met before is not worth a word."""

Role = Literal["learnt", "chosen", "calibrated"]


@dataclass(frozen=True, slots=True)
class Sketch:
    """Some questions, by content."""

    name: str
    """Of the data, for people."""
    questions: int
    digests: tuple[str, ...]
    """The smallest ones, in order; all of them where there are fewer than `KEPT`."""

    @classmethod
    def of(cls, name: str, digests: Collection[str]) -> Sketch:
        """The sketch of questions with these digests."""
        return cls(name, len(digests), tuple(sorted(set(digests))[:KEPT]))

    def share(self, digests: Iterable[str]) -> float:
        """The share of other questions that are among these, 0 to 1; an estimate where not all digests are kept."""
        kept = set(self.digests)
        whole = len(self.digests) < KEPT
        fair = [found for found in digests if whole or found <= self.digests[-1]]
        return sum(found in kept for found in fair) / len(fair) if fair else 0.0


Provenance = Mapping[Role, Sequence[Sketch]]


def digests(questions: Iterable[VqaQuestion], pictures: Mapping[int, PictureFile]) -> list[str]:
    """The digests of a split's questions. Those about a picture that cannot be read are left out.

    Args:
        questions: The questions.
        pictures: Where their pictures are, by number.
    """
    keys: dict[int, str | None] = {}
    found = []
    for each in questions:
        if each.image_id not in keys:
            try:
                keys[each.image_id] = content_key(pictures[each.image_id])
            except OSError:
                keys[each.image_id] = None
        if (key := keys[each.image_id]) is not None:
            found.append(digest(each.question, key))
    return found


def prepared_digests(data: Path, examples: Sequence[Example]) -> list[str]:
    """The digests of prepared questions in a folder.

    Raises:
        OSError: A picture of an earlier version, named by its number, cannot be read.
    """
    keys = {name: content_key(data / name) for name in dict.fromkeys(name for each in examples for name in each.images)}
    return [digest(each.question, *(keys[name] for name in each.images)) for each in examples]


def digest(question: str, *pictures: str) -> str:
    """A question's name by content: its words and its pictures. Numbers say nothing: other data have the same.

    Args:
        question: Its words.
        pictures: What `content_key` gave of each.
    """
    text = "/".join((*pictures, normalise_question(question)))
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


def met_before(known: Provenance, asked: Collection[str]) -> dict[Role, float]:
    """The share of questions that were met in each role; roles without a notable share are left out."""
    shares = {role: max((sketch.share(asked) for sketch in found), default=0.0) for role, found in known.items()}
    return {role: share for role, share in shares.items() if share >= NOTABLE}


_REMARKS: Mapping[Role, str] = {
    "learnt": "The model learnt from {share} of these questions: figures on them say nothing about new ones.",
    "chosen": "The weights were chosen by {share} of these questions: figures on them are a little too good.",
    "calibrated": "The confidence was fitted on {share} of these questions: the calibration error looks too small.",
}


def remarks(known: Provenance, asked: Split) -> list[str]:
    """A sentence for each role in which some of a split's questions were met before."""
    if not any(known.values()):
        return []  # the pictures need not be read for it
    shares = met_before(known, digests(asked.questions, asked.pictures))
    return [_REMARKS[role].format(share=_share(share)) for role, share in shares.items()]


def _share(share: float) -> str:
    return "all" if share > 0.995 else f"{share:.0%}"
