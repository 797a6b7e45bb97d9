"""Where questions about pictures come from: the official files, or what people have (`training.data.own_files`)."""

from __future__ import annotations

import re
from pathlib import Path

from training.data.fields import clean
from training.data.files import File, Tree, is_file, is_zip
from training.data.own_files import SourceQuestion as SourceQuestion
from training.data.own_files import read_own
from training.data.partition import PARTS
from training.data.record_pictures import FoundPicture
from training.data.vqa import SPLITS, find_split, open_split, question_file, read_official
from training.errors import DataError

NAMES = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
"""What a split's files and folders are called."""
_FORMS = (".jsonl", ".json", ".csv", ".tsv")
_ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|7z|rar)(\.\w+)?$", re.IGNORECASE)
_OUR_OWN = ("problems.jsonl", "prepare.json")
"""What `vqabot data prepare` writes beside the questions."""
_NOT_READ = (".parquet", ".arrow", ".tfrecord", ".xlsx")


class DataSource:
    """A folder, a ZIP or a single file with questions."""

    def __init__(self, path: Path) -> None:
        """Look at what is there.

        Raises:
            DataError: There is nothing at `path`, or a ZIP is damaged.
        """
        self.path = path
        self.tree = Tree(path) if path.is_dir() or is_zip(path) else None
        if self.tree is None and not is_file(path):
            raise DataError(f"There is no file or folder {path}.")
        if self.tree is None and _ARCHIVE.search(path.name):
            raise DataError(f"{path} is packed in a way that is not read: unpack it, or make a ZIP of it.")

    def splits(self) -> list[str]:
        """The splits that are there, in the usual order.

        Raises:
            DataError: There is none; the text says what was looked for.
        """
        if self.tree is None:
            return ["train"]
        found = [split for split in SPLITS if find_split(self.tree, split) or self.own(split)]
        if not found:
            raise DataError(
                f"There are no questions in {self.path}: none of {', '.join(SPLITS)} has an official file such as "
                f"{question_file('train')}, a file of one's own such as train.jsonl, train.json or train.csv, or a "
                f"folder with annotations.jsonl or metadata.jsonl.{self._hint()}"
            )
        return found

    def own(self, split: str) -> File | None:
        """The file of a split that is no official one."""
        if self.tree is None:
            return File(self.path)
        return self.tree.find(*own_places(split), packed=True)

    def file(self, split: str) -> File | None:
        """The file that a split's questions are read from."""
        official = find_split(self.tree, split) if self.tree is not None else None
        return official.questions if official else self.own(split)

    def read(self, split: str, *, multiple_choice: bool = False) -> list[SourceQuestion]:
        """The questions of a split.

        Args:
            split: train, val or test.
            multiple_choice: Take the multiple-choice questions with their choices; official files only.

        Raises:
            DataError: A file is missing or damaged; the text names file and record.
        """
        if self.tree is not None and find_split(self.tree, split):
            return self._official(split, "MultipleChoice" if multiple_choice else "OpenEnded")
        own = self.own(split)
        if own is None:
            there = ", ".join(self.splits())  # where there is none at all, that is what is said
            raise DataError(
                f"{self.path} has no {split} split: there is neither {question_file(split)} nor "
                f"{own_places(split)[0]} in it. It has {there}."
            )
        if multiple_choice:
            raise DataError(f"{own}: only the official files have multiple-choice questions.")
        return read_own(own, split, self.tree)

    def not_read(self) -> list[str]:
        """Files beside the splits' own that look as if they held questions, and that no split is read from."""
        if self.tree is None or not self.path.is_dir():
            return []
        read = {str(file) for split in SPLITS if (file := self.file(split)) is not None}
        folders = [self.path, *sorted(each for each in self.path.iterdir() if each.is_dir())]
        found = [self.path.glob("*.jsonl"), self.path.glob("*.csv")]
        found += [folder.glob(f"{name}.jsonl") for folder in folders[1:] for name in ("annotations", "metadata")]
        names = sorted(str(path) for each in found for path in each if path.name not in _OUR_OWN)
        prepared = {str(self.path / f"{part}.jsonl") for part in PARTS}
        return [name for name in names if name not in read | prepared]

    def _official(self, split: str, task: str) -> list[SourceQuestion]:
        here = open_split(self.tree or self.path, split, task)
        pictures: dict[int, FoundPicture] = {}
        asked = []
        for q in read_official(here, task):
            if (number := q.image_id) not in pictures:
                name = f"{split} picture {number}"
                try:
                    pictures[number] = FoundPicture(here.picture(number), name, number)
                except DataError:
                    pictures[number] = FoundPicture(None, name, number, here.looked_for(number))
            asked.append(
                SourceQuestion(
                    pictures=(pictures[number],),
                    question=clean(q.question),
                    question_id=q.question_id,
                    answer=None if q.answer is None else clean(q.answer),
                    answers=tuple(clean(answer) for answer in q.answers),
                    question_type=q.question_type,
                    answer_type=q.answer_type,
                    choices=q.choices,
                )
            )
        return asked

    def _hint(self) -> str:
        if self.tree is None or not self.path.is_dir():
            return ""
        foreign = next((each for each in sorted(self.path.rglob("*")) if each.suffix.lower() in _NOT_READ), None)
        if foreign is not None:
            return (
                f" {foreign.name} is in a form that is not read: save the data set as an image folder, with the "
                "pictures as files and a metadata.jsonl of file_name, question and answer."
            )
        listed = [each for form in _FORMS for each in sorted(self.path.glob(f"*{form}")) if each.name not in _OUR_OWN]
        return f" If {listed[0].name} holds them, name it itself: {listed[0]}." if listed else ""


def own_places(split: str) -> list[str]:
    """Where a split's own file may be, the usual places first."""
    names = NAMES[split]
    places = [f"{name}{form}" for name in names for form in _FORMS]
    for name in names:
        for file in ("annotations", "metadata", name, f"_annotations.{name}"):
            places += [f"{name}/{file}{form}" for form in _FORMS]
        places += [f"data/{name}/metadata{form}" for form in _FORMS]
        places += [f"{folder}_annotations.{name}.jsonl" for folder in ("", "dataset/")]  # exports of Roboflow
    if split == "train":  # an image folder without splits
        places += [f"{name}{form}" for name in ("metadata", "annotations") for form in _FORMS]
    return places


def splits_of(source: Path) -> list[str]:
    """The splits that a source has, in the usual order.

    Raises:
        DataError: There is none; the text says what was looked for.
    """
    return DataSource(source).splits()
