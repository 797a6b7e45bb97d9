"""A question about several pictures on its way: one request about all of them, or one for each line of its answer.

Parts are known in memory only: after a restart all of them are asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from bot.conversation.comparison import asked_of_each, needs_two
from bot.conversation.lines import lines_of
from bot.conversation.one_of_several import named_picture
from bot.conversation.several_named import names_one_beyond, without_name
from bot.texts import heat_maps as texts
from bot.texts import questions as question_texts
from bot.texts.failures import NO_SUCH_PICTURE
from bot.texts.lines import label
from model.errors import FailureError
from model.types import Answer, Grid, Request, SentPicture
from storage.records import AskedPicture, Evidence, Question

NOT_SHOWN = "where_not_shown"
BETWEEN = "/"
"""In a request's id, between the number of its question and the place of its picture."""


class PictureRefusedError(Exception):
    """A picture cannot be asked about; the text says why: a failure, or a sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one request asks."""

    question: Question
    pictures: tuple[AskedPicture, ...]
    place: int | None = None
    """Of its one picture in the question, or of the later of two; None where it asks the whole question."""
    explains: str | None = None
    """The answer to it that is to be explained."""
    asked: str | None = None
    """What is asked of its picture alone, where the question names that one of several."""

    @property
    def request_id(self) -> str:
        """Names it on its way to the workers and back."""
        number = str(self.question.id)
        return number if self.place is None else f"{number}{BETWEEN}{self.place}"

    def request(self, pictures: Sequence[SentPicture], trace: str = "") -> Request:
        """As a worker gets it; `trace` is what it carries (see `bot.tracing`).

        Raises:
            PictureRefusedError: It compares the only picture of an album that came, or that could be read, or names one
                behind the last.
        """
        first, *others = pictures
        album_has = len(self.question.pictures) if self.question.album is not None and self.place is None else 0
        if album_has and names_one_beyond(self.question.asked, album_has):
            raise PictureRefusedError(str(FailureError(NO_SUCH_PICTURE, number=album_has)))
        if self.place is None and self.explains is None and not others and needs_two(self.question.asked):
            raise PictureRefusedError(question_texts.NEED_TWO)
        question = self.asked or self.question.asked
        if self.place is not None and not others:
            caption = self.pictures[0].caption
            question = asked_of_each(without_name(question if caption in (None, self.question.text) else caption))
        return Request(
            id=self.request_id,
            picture=first.data,
            question=question,
            beams=self.question.beams,
            max_new_tokens=self.question.max_new_tokens,
            picture_key=first.key,
            origin=str(self.question.chat_id),
            others=tuple(others),
            trace=trace,
            explains=self.explains,
        )


def parts_of(question: Question) -> list[Part]:
    """The requests that a question needs."""
    explaining, lines = question.explains is not None, lines_of(question)
    whole_answer = question.answer if explaining else None
    if (one := named_picture(question)) is not None:
        named = question.pictures[one.place - 1 : one.place]
        return [Part(question, named, explains=whole_answer, asked=one.question)]
    if not lines:
        return [Part(question, question.pictures, explains=whole_answer)]
    return [
        Part(
            question,
            tuple(question.several[place - 1] for place in places),
            places[-1] - 1,
            line.answer if explaining else None,
        )
        for places, line in lines.items()
        if not explaining or line.answer
    ]


def number_of(request_id: str) -> tuple[int, int | None]:
    """The question's number in a request's id, and the place of its picture (see `Part`)."""
    number, _, place = request_id.partition(BETWEEN)
    return int(number), int(place) if place else None


def explained(answer: Answer, model: str) -> Answer:
    """What a worker says to the wish to explain what a `model` had answered; as a failure where it explains nothing."""
    if answer.error is None and not answer.where:
        return replace(answer, error=NOT_SHOWN)
    if answer.error is None and model and answer.model != model:
        return replace(answer, error=texts.OTHER_MODEL)
    return answer


def evidence_of(answer: Answer) -> Evidence:
    """How far an answer can be relied on."""
    return Evidence(**{one.name: getattr(answer, one.name) for one in fields(Evidence)})


@dataclass(slots=True)
class PartialAnswers:
    """The answers to the parts of a question, while they come."""

    question: Question
    said: dict[int, AskedPicture] = field(default_factory=dict)
    seconds: float = 0.0
    """What the slowest took."""
    heat: dict[int, tuple[Grid, ...]] = field(default_factory=dict)
    """What was found of each part's pictures where answers are explained."""

    def refuse(self, place: int, error: str) -> None:
        """A picture cannot be asked about."""
        self.said[place] = replace(self.question.several[place], error=error)

    def add(self, place: int, answer: Answer) -> None:
        """An answer, or why there is none."""
        if self.question.explains is not None:
            answer = explained(answer, self.question.several[place].model)
        if answer.error is not None:
            self.refuse(place, answer.error)
            return
        evidence, picture = evidence_of(answer), self.question.several[place]
        measured = {one.name: getattr(evidence, one.name) for one in fields(Evidence)}
        self.seconds = max(self.seconds, answer.seconds)
        if answer.where:
            self.heat[place] = answer.where
        self.said[place] = replace(picture, answer=answer.text, confidence=answer.confidence, **measured)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing any more."""
        return len(self.said) == len(parts_of(self.question))

    @property
    def pictures(self) -> list[AskedPicture]:
        """All of the question, in their order."""
        return [self.said.get(place, picture) for place, picture in enumerate(self.question.several)]

    @property
    def grids(self) -> list[Grid | None]:
        """What was found of the pictures of each line, in their order; None where nothing was."""
        lines = lines_of(self.question)
        return [grid for places in lines for grid in self.heat.get(places[-1] - 1, (None,) * len(places))]

    @property
    def error(self) -> str | None:
        """Why there is no answer about any of them; None where there is one."""
        errors = [self.said[place].error for place in sorted(self.said)]
        return errors[0] if None not in errors else None

    @property
    def answer(self) -> str:
        """All answers in one, as histories show it: "1: red; 2: blue"."""
        lines = lines_of(replace(self.question, several=tuple(self.pictures)))
        return "; ".join(f"{label(places)}: {line.answer or '–'}" for places, line in lines.items())

    @property
    def confidence(self) -> float:
        """That all of it is right is at most as likely as the least likely of them."""
        return min((one.confidence for one in self.pictures if one.confidence is not None), default=0.0)
