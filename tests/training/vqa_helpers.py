"""What the tests read back from official files."""

from __future__ import annotations

from pathlib import Path

from training.data.files import File, Tree
from training.data.releases import ABSTRACT
from training.data.vqa import Official, VqaQuestion, open_split, read_official


def find_picture(data: Path, split: str, image_id: int) -> Path:
    """Where a picture of a split of abstract scenes lies on the disk."""
    return Official(Tree(data), ABSTRACT, f"{split}2015", File(data), None).picture(image_id).path


def read_questions(data: Path, split: str, *, task: str = "OpenEnded") -> list[VqaQuestion]:
    """A split's questions, with their answers where there is an annotation file."""
    return read_official(open_split(data, split, task), task)
