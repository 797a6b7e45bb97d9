"""A split with its pictures, whether it lies in official files or in a prepared folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.prepared import check_pictures, read_examples, split_file
from training.vqa import (
    CHOICES,
    SPLITS,
    DataError,
    VqaQuestion,
    annotation_file,
    drawn_here,
    find_picture,
    read_questions,
)


@dataclass(frozen=True, slots=True)
class Split:
    """The questions of a split and where their pictures are."""

    questions: list[VqaQuestion]
    pictures: dict[int, Path]
    """By the picture's number."""
    drawn_here: bool
    """Whether these are the project's own scenes, whose questions have kinds."""


def load_split(
    data: Path, split: str, *, multiple_choice: bool = False, limit: int | None = None, pictures: bool = True
) -> Split:
    """Read a split.

    Args:
        data: A folder of official files, or one that `vqabot data prepare` wrote.
        split: train, val or test; train and val must have their answers.
        multiple_choice: Take the questions with their choices.
        limit: Only the first questions.
        pictures: Look for the pictures; they must all be there.

    Raises:
        DataError: A file or a picture is missing or damaged; the text names it and the record.
    """
    if any(split_file(data, each).is_file() for each in SPLITS):
        return _prepared(data, split, multiple_choice, limit, pictures)
    task = "MultipleChoice" if multiple_choice else "OpenEnded"
    questions = read_questions(data, split, task=task)[:limit]
    numbers = {q.image_id for q in questions} if pictures else ()
    found = {number: find_picture(data, split, number) for number in numbers}
    return Split(questions, found, drawn_here(data, split, task=task))


def _prepared(data: Path, split: str, multiple_choice: bool, limit: int | None, pictures: bool) -> Split:
    file = split_file(data, split)
    examples = read_examples(data, split)[:limit]
    if pictures:
        check_pictures(data, split, examples)
    for example in examples:
        if split != "test" and (example.answer is None or not example.answers):
            raise DataError(f"{file}: the answers of question {example.question_id} are missing.")
        if multiple_choice and len(example.choices) != CHOICES:
            raise DataError(
                f"{file}: question {example.question_id} has no {CHOICES} choices; "
                "prepare the data with --task multiple-choice."
            )
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
        )
        for example in examples
    ]
    return Split(questions, {example.image_id: data / example.image for example in examples}, drawn_here=False)


def has_answers(data: Path, split: str) -> bool:
    """Whether a split is there with its annotations."""
    places = (data / annotation_file(split), data / "Annotations" / annotation_file(split), split_file(data, split))
    return any(place.is_file() for place in places)
