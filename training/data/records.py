"""The records of a file: JSON, JSON Lines or CSV, each with its place for people, and what their fields are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from training.data.fields import writable
from training.data.files import File, parse_json, read_text
from training.errors import DataError

IMAGE = ("image", "file_name", "image_path", "image_file", "filename", "picture", "images", "img", "path")
QUESTION = ("question", "prefix", "prompt", "query", "text_input")
ANSWER = ("answer", "suffix", "multiple_choice_answer", "label", "response", "text_output")
TALK = ("conversations", "messages")
NUMBER = ("question_id", "questionId", "id")
_KNOWN = {name.lower(): name for names in (IMAGE, QUESTION, ANSWER, TALK, NUMBER) for name in names}


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


def named(record: Mapping[str, Any]) -> str:
    """The names of a record's fields, for people."""
    names = [writable(name)[:40] for name in record]
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return (", ".join(names[:10]) or "no field") + more


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
        columns = [_column(name) for name in reader.fieldnames or ()]
        if not {*columns} & {*QUESTION, *TALK}:
            raise DataError(
                f"{file}: its first line must name the columns, such as image, question and answer. "
                f"It names {', '.join(filter(None, columns)) or 'none'}."
            )
        reader.fieldnames = columns
        for row in reader:
            where = f"{file}, line {reader.line_num}"
            if None in row or None in row.values():
                raise DataError(f"{where} has not as many columns as the first line.")
            yield where, {name: value for name, value in row.items() if value.strip()}
    except csv.Error as error:
        raise DataError(
            f"{file}, line {reader.line_num} is no CSV: a quotation mark in it is perhaps not closed or not doubled."
        ) from error


def _column(name: str) -> str:
    """What a column is called here; people write the known names with capitals too."""
    return _KNOWN.get(name.strip().lower(), name.strip())
