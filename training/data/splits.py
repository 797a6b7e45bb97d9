"""A split with its pictures, whether it lies in official files, in one's own or in a prepared folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from model.text import target_answer
from training.data.files import PictureFile
from training.data.prepared import PREPARED_SPLITS, SUMMARY, check_pictures, read_examples, split_file
from training.data.sources import DataSource
from training.data.vqa import CHOICES, SPLITS, DataError, VqaQuestion, drawn_here, find_split, open_split, read_official


@dataclass(frozen=True, slots=True)
class Split:
    """The questions of a split and where their pictures are."""

    questions: list[VqaQuestion]
    pictures: Mapping[int, PictureFile]
    """By the picture's number."""
    drawn_here: bool
    """Whether these are the project's own scenes, whose questions have kinds."""


def load_split(
    data: Path,
    split: str,
    *,
    multiple_choice: bool = False,
    limit: int | None = None,
    pictures: bool = True,
    answered: bool | None = None,
) -> Split:
    """Read a split.

    Args:
        data: What `vqabot data prepare` wrote, or whatever it takes.
        split: train, val or test; of a prepared folder also calibration and judging.
        multiple_choice: Take the questions with their choices.
        limit: Only the first questions.
        pictures: Look for the pictures; they must all be there.
        answered: Whether each question must have its answers; by default all but those of test.

    Raises:
        DataError: A file or a picture is missing or damaged, or a question has no answers; the text names it.
    """
    answered = split != "test" if answered is None else answered
    if _is_prepared(data):
        return _prepared(data, split, multiple_choice, limit, pictures, answered)
    if split not in SPLITS:
        raise DataError(f"{data} has no {split} split: `vqabot data prepare --divide-val` makes one of its val.")
    source = DataSource(data)
    tree = source.tree
    if tree is None or find_split(tree, split) is None:
        return _own(source, split, multiple_choice, limit, pictures, answered)
    task = "MultipleChoice" if multiple_choice else "OpenEnded"
    here = open_split(tree, split, task)
    if answered and here.annotations is None:
        raise DataError(f"{data}: the {split} split has no answers: there is no annotation file for it.")
    questions = read_official(here, task)[:limit]
    numbers = {q.image_id for q in questions} if pictures else ()
    found = {number: here.picture(number) for number in numbers}
    return Split(questions, found, drawn_here(data, split, task=task))


def _is_prepared(data: Path) -> bool:
    """Whether `vqabot data prepare` wrote this folder, and not a person a train.jsonl of one's own."""
    if (data / SUMMARY).is_file():
        return True
    for file in (split_file(data, split) for split in PREPARED_SPLITS):
        try:
            with file.open(encoding="utf-8") as lines:
                return '"image_id"' in next(lines, '"image_id"')
        except (OSError, UnicodeDecodeError):
            continue
    return False


def _own(
    source: DataSource, split: str, multiple_choice: bool, limit: int | None, pictures: bool, answered: bool
) -> Split:
    asked = source.read(split, multiple_choice=multiple_choice)[:limit]
    found: dict[int, PictureFile] = {}
    for each in asked:
        if answered and each.answer is None:
            raise DataError(
                f"{source.file(split)}: the answer of question {each.own_id or each.question_id} is missing."
            )
        for one in each.pictures:
            if one.picture is not None:
                found[one.number] = one.picture
            elif pictures:
                raise DataError(f"{source.file(split)}: the picture {one.name} cannot be used: {one.problem}.")
    questions = [
        VqaQuestion(
            each.question_id,
            each.image_id,
            each.question,
            (),
            None if each.answer is None else target_answer(each.answer),
            tuple(target_answer(text) for text in each.answers),
            each.question_type,
            each.answer_type,
            tuple(one.number for one in each.pictures[1:]),
        )
        for each in asked
    ]
    return Split(questions, found, drawn_here=False)


def _prepared(
    data: Path, split: str, multiple_choice: bool, limit: int | None, pictures: bool, answered: bool
) -> Split:
    file = split_file(data, split)
    examples = read_examples(data, split)[:limit]
    if pictures:
        check_pictures(data, split, examples)
    for example in examples:
        if answered and (example.answer is None or not example.answers):
            raise DataError(f"{file}: the answers of question {example.question_id} are missing.")
        if multiple_choice and len(example.choices) != CHOICES:
            raise DataError(
                f"{file}: question {example.question_id} has no {CHOICES} choices; "
                "prepare the data with --task multiple-choice."
            )
    found: dict[int, PictureFile] = {example.image_id: data / example.image for example in examples}
    numbers = {example.image: example.image_id for example in examples}
    free = count(max(found) + 1)
    for image in dict.fromkeys(image for example in examples for image in example.other_images):
        if image not in numbers:  # no question is about it alone, or first
            numbers[image] = next(free)
            found[numbers[image]] = data / image
    questions = [
        VqaQuestion(
            example.question_id,
            example.image_id,
            example.question,
            example.choices if multiple_choice else (),
            example.answer,
            example.answers,
            example.question_type,
            example.answer_type,
            tuple(numbers[image] for image in example.other_images),
        )
        for example in examples
    ]
    return Split(questions, found, drawn_here=False)


def split_of(data: Path, split: str) -> str:
    """The split to take of a folder: this one, or else the first that has answers."""
    return next((each for each in (split, "val", "train", "test") if has_answers(data, each)), split)


def has_answers(data: Path, split: str) -> bool:
    """Whether a split is there with its annotations.

    Raises:
        DataError: A ZIP among the data is damaged.
    """
    if _is_prepared(data):
        return split_file(data, split).is_file()
    if data.is_file() and data.suffix.lower() != ".zip":
        return split == "train"
    official = find_split(data, split)
    return official.annotations is not None if official else DataSource(data).own(split) is not None
