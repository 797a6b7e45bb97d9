"""Questions in the files that people have: JSON lists and lines, CSV, maestro, LLaVA, exports of Hugging Face."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from typing import Any

from training.errors import DataError
from training.fields import clean, commonest, is_number, said, writable
from training.files import File, Inline, parse_json, read_text
from training.vqa import PEOPLE

IMAGE = ("image", "file_name", "image_path", "image_file", "filename", "picture", "images", "img", "path")
"""What a picture's field is called."""
QUESTION = ("question", "prefix", "prompt", "query", "text_input")
ANSWER = ("answer", "suffix", "multiple_choice_answer", "label", "response", "text_output")
_TALK = ("conversations", "messages")
_PEOPLE_WHO_ASK, _WHO_ANSWERS = ("human", "user"), ("gpt", "assistant", "model")
_NUMBER = ("question_id", "questionId", "id")
_TASK = re.compile(r"<[A-Za-z_]+>")
"""A task token at the front of a maestro prefix."""
_LONGEST_NAME = 1000
"""Characters; longer ones are no name of a file but the picture itself."""
_BASE64 = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk")
"""How PNG, JPEG, GIF, WebP and BMP begin in base64."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a source has it."""

    picture: File | Inline | None
    """None when the picture is missing."""
    name: str
    """The picture's name, for people."""
    question: str
    question_id: int
    image_id: int
    answer: str | None = None
    answers: tuple[str, ...] = ()
    question_type: str = ""
    answer_type: str = ""
    choices: tuple[str, ...] = ()
    own_id: str = ""
    """The question's id in the source, where it is no whole number."""
    problem: str = "the picture is missing"
    """Why there is no picture; may name the places that were looked at."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a record."""

    where: str
    record: Mapping[str, Any]
    question: str
    answer: str | None
    answers: tuple[str, ...]
    own_id: object


def read_own(file: File, split: str) -> list[Asked]:
    """The questions of one file; pictures are looked for beside it and in the usual folders there.

    Args:
        file: JSON, JSON Lines or CSV, perhaps packed by gzip or in a ZIP.
        split: train, val or test; a test may go without answers.

    Raises:
        DataError: The file is damaged, or a record is; the text names file and line.
    """
    turns = [turn for where, record in records(file) for turn in _turns(where, record, split)]
    if not turns:
        raise DataError(f"{file}: there is no question in it.")
    numbers = _numbers(turns)
    pictures = _Pictures(file, split)
    asked = []
    for turn, number in zip(turns, numbers, strict=True):
        picture, name, image_id, problem = pictures.of(turn)
        asked.append(
            Asked(
                picture=picture,
                name=name,
                question=turn.question,
                question_id=number,
                image_id=image_id,
                answer=turn.answer,
                answers=turn.answers,
                question_type=writable(str(turn.record.get("question_type") or "")),
                answer_type=writable(str(turn.record.get("answer_type") or "")),
                own_id="" if turn.own_id in (None, number) else writable(str(turn.own_id)),
                problem=problem,
            )
        )
    return asked


def records(file: File) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The records of a file, each with its place for people.

    Raises:
        DataError: It is no JSON, JSON Lines or CSV, or a record is no object.
    """
    kind = PurePosixPath(file.name.removesuffix(".gz")).suffix.lower()
    text = read_text(file)
    if kind in (".csv", ".tsv"):
        yield from _rows(file, text, "\t" if kind == ".tsv" else None)
        return
    found: Iterator[tuple[str, Any]]
    if kind == ".json" and not _is_lines(text):
        found = ((f"{file}: record {place}", record) for place, record in enumerate(_list(file, text)))
    else:  # only a line feed ends a line here: JSON's texts may hold other separators
        lines = ((f"{file}, line {number}", line) for number, line in enumerate(text.split("\n"), 1))
        found = ((where, parse_json(line, where)) for where, line in lines if line.strip())
    for where, record in found:
        if not isinstance(record, dict):
            raise DataError(f"{where} is no object with image, question and answer.")
        yield where, record


def _is_lines(text: str) -> bool:
    """Whether a .json file holds JSON Lines, as Hugging Face's exports do."""
    first, _, rest = text.strip().partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


def _list(file: File, text: str) -> list[Any]:
    content = parse_json(text, f"The file {file}")
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list) and value]
        lists = [value for value in lists if isinstance(value[0], dict)]
        content = lists[0] if len(lists) == 1 else content
    if not isinstance(content, list):
        raise DataError(f"{file}: it must be a list of objects with image, question and answer.")
    if content and isinstance(content[0], dict) and "image_id" in content[0] and not set(IMAGE) & set(content[0]):
        raise DataError(f"{file} looks like an official file of questions or annotations: name the folder it lies in.")
    return content


def _rows(file: File, text: str, delimiter: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    head = text.partition("\n")[0]
    if delimiter is None:  # spreadsheets of many countries write semicolons
        delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(2**31 - 1)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        if not {*(reader.fieldnames or ())} & {*QUESTION, *_TALK}:
            raise DataError(f"{file}: its first line names no column {' or '.join(QUESTION[:3])}.")
        for row in reader:
            where = f"{file}, line {reader.line_num}"
            if None in row or None in row.values():
                raise DataError(f"{where} has not as many columns as the first line.")
            yield where, {name.strip(): value for name, value in row.items() if value.strip()}
    except csv.Error as error:
        raise DataError(f"{file}, line {reader.line_num} is no CSV: {error}.") from error


def _turns(where: str, record: Mapping[str, Any], split: str) -> Iterator[Turn]:
    number = next((record[name] for name in _NUMBER if record.get(name) is not None), None)
    talk = next((record[name] for name in _TALK if isinstance(record.get(name), list)), None)
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
        raise DataError(f"{where} has no answer or suffix, or it is no text.")
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
    raise DataError(f"{where} has no {' or '.join(names[:2])}, or it is no text.")


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


class _Pictures:
    """The pictures of one file, each looked for once."""

    def __init__(self, file: File, split: str) -> None:
        self.file, self.split = file, split
        self.known: dict[str, tuple[File | Inline | None, str, int, str]] = {}

    def of(self, turn: Turn) -> tuple[File | Inline | None, str, int, str]:
        """Picture, name for people, number, and what is wrong where there is none."""
        value = next((turn.record[name] for name in IMAGE if turn.record.get(name) not in (None, "")), None)
        if isinstance(value, list):
            if len(value) > 1:
                raise DataError(f"{turn.where} has {len(value)} pictures: a question can have one only.")
            value = value[0] if value else None
        if isinstance(value, dict):  # Hugging Face: {"bytes": ..., "path": ...}
            value = value.get("bytes") or value.get("path")
        if value is None and any(isinstance(turn.record.get(name), list) for name in _TALK):
            key, found = turn.where, (None, "it has no picture")  # LLaVA's talks without one
        elif not isinstance(value, str) or not value.strip():
            raise DataError(f"{turn.where} has no image, or it is no text.")
        else:
            # A picture written into its record is known by its content, which would be long as a name.
            key = hashlib.sha256(value.encode()).hexdigest() if _is_picture(value) else value
            found = (None, "")
        if key not in self.known:
            name = turn.where if value is None or _is_picture(value) else writable(value)
            picture, problem = found if found[1] else self._find(value or "", turn.where)
            self.known[key] = (picture, name, len(self.known) + 1, problem)
        return self.known[key]

    def _find(self, value: str, where: str) -> tuple[File | Inline | None, str]:
        if value.startswith(("http://", "https://")):
            return None, "it is an address: fetch the picture and name its file"
        if _is_picture(value):
            return _decoded(value.partition(",")[2] if value[:5].lower() == "data:" else value)
        if (file := self._file(value)) is not None:
            return file, ""
        places = ", ".join(place or "." for place in self._places())
        return None, f"it is missing: looked for beside {self.file} in {places}"

    def _places(self) -> tuple[str, ...]:
        return ("", "images", self.split, f"images/{self.split}", "..", "../images", f"../{self.split}")

    def _file(self, name: str) -> File | None:
        name = name.removeprefix("file://")
        names = [name] if PurePosixPath(name).suffix else [name, *(name + each for each in (".jpg", ".png", ".jpeg"))]
        if "\\" in name:
            names += [each.replace("\\", "/") for each in names]
        for place in self._places():
            for each in names:
                found = self.file.beside(f"{place}/{each}" if place and not each.startswith("/") else each)
                if found is not None:
                    return found
        return None


def _is_picture(value: str) -> bool:
    """Whether a text is no name but the picture itself, as a data URL or in base64."""
    return value.isascii() and (
        value[:5].lower() == "data:" or len(value) > _LONGEST_NAME or (len(value) > 60 and value.startswith(_BASE64))
    )


def _decoded(text: str) -> tuple[Inline | None, str]:
    try:
        plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None, "it is neither a file nor a picture in base64"
    return Inline(data), ""
