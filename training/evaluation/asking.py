"""Asks a model annotated questions: with their pictures, with other pictures, or with a grey one."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Literal, Protocol

from PIL import Image
from pydantic import Field

from bot.texts.failures import sentence
from model.images import encoded
from model.types import Answer, Request, SentPicture
from training.config import Config
from training.data.files import PictureFile
from training.data.vqa import VqaQuestion
from training.evaluation.answer_length import HELP, USUAL

PICTURES_AT_ONCE = 8
QUESTIONS_AT_ONCE = 64
GREY = (128, 128, 128)


class VqaModel(Protocol):
    """What is judged; `model.answerer.Answerer` is one."""

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer a batch; the answers stand in the order of the requests."""
        ...


class EvaluateConfig(Config):
    """How a model is judged."""

    split: Literal["train", "val", "calibration", "judging", "test"] = Field(
        "val", description="Which questions; they need answers."
    )
    task: Literal["open-ended", "multiple-choice"] = Field("open-ended", description="Say an answer, or choose one.")
    limit: int | None = Field(None, ge=1, description="Only the first questions.")
    by_kind: bool | None = Field(None, description="Kinds of questions; by default for vqabot's own scenes.")
    beams: int = Field(3, ge=1, le=10, description="Width of the beam search, as the bot has it; 1 is greedy.")
    max_new_tokens: int | None = Field(None, ge=1, le=1000, description=HELP)
    seed: int = Field(0, ge=0, description="Which pictures a question gets when they are shuffled.")


@dataclass(slots=True)
class Run:
    """Answers of one pass over the questions, by question number."""

    texts: dict[int, str] = field(default_factory=dict)
    confidences: dict[int, float] = field(default_factory=dict)
    distances: dict[int, float] = field(default_factory=dict)
    """How far each question's picture is from what the model knows, where it measures that."""
    refused: dict[int, str] = field(default_factory=dict)
    """The model's sentence where it refused a picture or a question; the answer is empty then, and wrong."""
    seconds: float = 0.0


Pairs = list[tuple[tuple[SentPicture, ...], VqaQuestion]]
"""Questions with the pictures that they are asked about."""


def rounds(
    questions: Sequence[VqaQuestion], paths: Mapping[int, PictureFile], seed: int
) -> Iterator[tuple[Pairs, Pairs]]:
    """A few pictures at a time in random order: their questions with them, and with the picture before them."""
    asked: dict[tuple[int, ...], list[VqaQuestion]] = defaultdict(list)
    for question in questions:
        asked[question.image_ids].append(question)
    order = sorted(asked)
    random.Random(f"evaluate/{seed}").shuffle(order)
    before = sent_pictures(order[-1], paths)
    for start in range(0, len(order), PICTURES_AT_ONCE):
        own: Pairs = []
        others: Pairs = []
        for numbers in order[start : start + PICTURES_AT_ONCE]:
            pictures = sent_pictures(numbers, paths)
            wrong = tuple(islice(cycle(before), len(pictures)))
            own += [(pictures, question) for question in asked[numbers]]
            others += [(wrong, question) for question in asked[numbers]]
            before = pictures
        yield own, others


def answer(model: VqaModel, pairs: Pairs, settings: EvaluateConfig, run: Run) -> None:
    """Ask questions with these pictures; the answers join `run`."""
    for start in range(0, len(pairs), QUESTIONS_AT_ONCE):
        batch = [
            request(q, pictures, settings.beams, settings.max_new_tokens or USUAL)
            for pictures, q in pairs[start : start + QUESTIONS_AT_ONCE]
        ]
        began = time.perf_counter()
        answers = model.answer(batch)
        run.seconds += time.perf_counter() - began
        for answer in answers:
            number = int(answer.id)
            run.texts[number], run.confidences[number] = answer.text, answer.confidence
            if answer.picture_distance is not None:
                run.distances[number] = answer.picture_distance
            if answer.error is not None:
                run.refused[number] = sentence(answer.error)


def grey() -> SentPicture:
    """A picture that shows nothing."""
    return SentPicture(encoded(Image.new("RGB", (700, 400), GREY)))


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
