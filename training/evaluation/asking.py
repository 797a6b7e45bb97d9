"""The questions of a split as the model is asked them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.types import Request, SentPicture
from training.data.files import PictureFile
from training.data.vqa import VqaQuestion


def sent_pictures(numbers: Sequence[int], files: Mapping[int, PictureFile]) -> tuple[SentPicture, ...]:
    """Pictures as the bot would get them.

    Raises:
        OSError: One cannot be read.
    """
    return tuple(SentPicture(files[number].read_bytes()) for number in numbers)


def request(question: VqaQuestion, pictures: Sequence[SentPicture], beams: int, max_new_tokens: int) -> Request:
    """A question about pictures, under its number."""
    first, *others = pictures
    number = str(question.question_id)
    return Request(number, first.data, question.question, beams, max_new_tokens, first.key, others=tuple(others))
