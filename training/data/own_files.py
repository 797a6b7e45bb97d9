"""Questions in the files that people have: JSON lists and lines, CSV, maestro, LLaVA, exports of Hugging Face."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from training.data.fields import clean, commonest, is_number, said, writable
from training.data.files import File, Tree, parse_json
from training.data.record_pictures import FoundPicture, RecordPictures
from training.data.records import ANSWER, NUMBER, QUESTION, TALK, named, records
from training.data.vqa import PEOPLE
from training.errors import DataError

_PEOPLE_WHO_ASK, _WHO_ANSWERS = ("human", "user"), ("gpt", "assistant", "model")
_TASK = re.compile(r"<[A-Za-z_]+>")
"""A task token at the front of a maestro prefix."""


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """A question as a source has it."""

    pictures: tuple[FoundPicture, ...]
    """All that it is about, in their order."""
    question: str
    question_id: int
    answer: str | None = None
    answers: tuple[str, ...] = ()
    question_type: str = ""
    answer_type: str = ""
    choices: tuple[str, ...] = ()
    own_id: str = ""
    """The question's id in the source, where it is no whole number."""

    @property
    def image_id(self) -> int:
        """The first picture's number."""
        return self.pictures[0].number


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a record."""

    where: str
    record: Mapping[str, Any]
    question: str
    answer: str | None
    answers: tuple[str, ...]
    own_id: object


def read_own(file: File, split: str, tree: Tree | None = None) -> list[SourceQuestion]:
    """The questions of one file; pictures are looked for beside it and in the usual folders there.

    Args:
        file: JSON, JSON Lines or CSV, perhaps packed by gzip or in a ZIP.
        split: train, val or test; a test may go without answers.
        tree: Where the file was found: ZIPs there may hold pictures too.

    Raises:
        DataError: The file is damaged, or a record is; the text names file and line.
    """
    turns = [turn for where, record in records(file) for turn in _turns(where, record, split)]
    if not turns:
        raise DataError(f"{file}: there is no question in it.")
    numbers = _numbers(turns)
    pictures = RecordPictures(file, split, tree)
    asked = []
    for turn, number in zip(turns, numbers, strict=True):
        asked.append(
            SourceQuestion(
                pictures=pictures.of(turn.where, turn.record),
                question=turn.question,
                question_id=number,
                answer=turn.answer,
                answers=turn.answers,
                question_type=writable(str(turn.record.get("question_type") or "")),
                answer_type=writable(str(turn.record.get("answer_type") or "")),
                own_id="" if turn.own_id in (None, number) else writable(str(turn.own_id)),
            )
        )
    return asked


def _turns(where: str, record: Mapping[str, Any], split: str) -> Iterator[Turn]:
    number = next((record[name] for name in NUMBER if record.get(name) is not None), None)
    talk = next((record[name] for name in TALK if isinstance(record.get(name), list)), None)
    if talk is not None and not isinstance(record.get("question"), str):
        for place, (question, answer) in enumerate(_conversation(where, talk)):
            if answer is None and split != "test":
                raise DataError(f"{where}: its last question has no answer.")
            own = number if place == 0 or number is None else f"{number}/{place + 1}"
            yield Turn(where, record, clean(question), answer and clean(answer), _ten(answer and clean(answer)), own)
        return
    question = _text(record, QUESTION, where)
    if "prefix" in record:
        question = _TASK.sub(" ", question, count=1)
    answers = _answers(record.get("answers"), where)
    answer = next((text for name in ANSWER if (text := said(record.get(name))) is not None and text.strip()), None)
    if answer is None and answers:
        answer = commonest(answers)
    if answer is None and split != "test":
        raise DataError(f"{where} has no answer or suffix, or it is no text. It has {named(record)}.")
    answer = None if answer is None else clean(answer)
    yield Turn(where, record, clean(question), answer, answers or _ten(answer), number)


def _conversation(where: str, talk: list[Any]) -> Iterator[tuple[str, str | None]]:
    """Questions and their answers; what is said by a system is left out."""
    question: str | None = None
    for part in talk:
        who = (part.get("from") or part.get("role")) if isinstance(part, dict) else None
        text = _spoken(part.get("value", part.get("content"))) if isinstance(part, dict) else None
        if not isinstance(who, str) or text is None:
            raise DataError(f"{where}: a part of its conversation has no speaker or no text.")
        if who in _PEOPLE_WHO_ASK:
            question = text if question is None else f"{question} {text}"
        elif who in _WHO_ANSWERS and question is not None:
            yield question, text
            question = None
    if question is not None:
        yield question, None


def _spoken(value: object) -> str | None:
    """A text, or the texts of a list of parts."""
    if isinstance(value, list):
        return " ".join(part["text"] for part in value if isinstance(part, dict) and isinstance(part.get("text"), str))
    return value if isinstance(value, str) else None


def _answers(value: object, where: str) -> tuple[str, ...]:
    """What ten people said. Fewer stand for ten in turn, so that each of them counts."""
    if value is None or value == []:
        return ()
    given = [said(each.get("answer") if isinstance(each, dict) else each) for each in _as_list(value)]
    texts = [clean(text) for text in given if text is not None]
    if len(texts) != len(given) or len(texts) > PEOPLE:
        raise DataError(f"{where} has answers that are not {PEOPLE} texts.")
    return tuple(texts[place % len(texts)] for place in range(PEOPLE))


def _text(record: Mapping[str, Any], names: tuple[str, ...], where: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return value
    raise DataError(f"{where} has no {' or '.join(names[:2])}, or it is no text. It has {named(record)}.")


def _as_list(value: object) -> list[Any]:
    if isinstance(value, str) and value.lstrip().startswith("["):  # a cell of a CSV
        value = parse_json(value, "A list of answers")
    return value if isinstance(value, list) else [None]


def _ten(answer: str | None) -> tuple[str, ...]:
    """One answer stands for ten people who agree: the official accuracy is then an exact match."""
    return () if answer is None else (answer,) * PEOPLE


def _numbers(turns: list[Turn]) -> list[int]:
    """Each question's number: its own where it has one, else one that no other has.

    Raises:
        DataError: A number is there twice, or is neither number nor text.
    """
    own: list[int | None] = []
    seen: set[object] = set()
    for turn in turns:
        value = turn.own_id
        if isinstance(value, str) and is_number(value):
            value = int(value)
        if type(value) not in (int, str, type(None)) or (isinstance(value, int) and value < 0):
            raise DataError(f"{turn.where} has a question_id that is neither a whole number nor a text.")
        if value is not None and value in seen and "question_id" in turn.record:
            raise DataError(f"{turn.where}: question {value} is there twice.")
        own.append(value if isinstance(value, int) and value not in seen else None)
        seen.add(value)
    free = (number for number in count(1) if number not in seen)
    return [next(free) if number is None else number for number in own]
