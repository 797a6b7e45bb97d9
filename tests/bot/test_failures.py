"""Failures are codes where they happen, and sentences where people read them: each code has one that fits."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from bot.texts import failures
from bot.texts.failures import sentence
from model.confidence.taught_kinds import KINDS
from model.errors import ModelError, PictureError
from storage.errors import StorageError

ROOT = Path(failures.__file__).parents[3]
ERRORS = {
    *("FailureError", "ModelError", "PictureError", "PictureCostError", "SoundError"),
    *("StorageError", "DataDirInUseError", "CorruptDatabaseError", "NewerDatabaseError"),
}
ROOMS = [
    file
    for room in ("model", "storage", "bot/answering", "bot/asking", "bot/conversation")
    for file in (ROOT / room).rglob("*.py")
]


def raised() -> list[tuple[str, set[str]]]:
    """The codes that are written out where errors are made, with the values that come along."""
    found = []
    for file in ROOMS:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                names = {keyword.arg or "" for keyword in node.keywords}
                if isinstance(node.args[0], ast.Constant):
                    found.append((str(node.args[0].value), names))
                elif isinstance(node.args[0], ast.JoinedStr):
                    found += [
                        (ast.unparse(node.args[0])[2:-1].replace("{state}", s), names) for s in ("empty", "missing")
                    ]
    return found


def test_every_failure_has_a_sentence_with_its_values() -> None:
    found = raised()
    assert len(found) > 50
    for code, values in found:
        named = {name for _, name, _, _ in string.Formatter().parse(failures._ALL[code]) if name}
        assert named == values, code


def test_every_sentence_has_a_failure() -> None:
    text = "\n".join(file.read_text() for file in ROOMS)
    written = {code for code, _ in raised()} | {f"untaught_{kind}" for kind in KINDS}
    assert written <= failures._ALL.keys()
    assert [code for code in failures._ALL if code not in written and f'"{code}"' not in text] == []


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (PictureError("picture_pdf"), "A PDF is not a picture: please send a photo or a screenshot of the page."),
        ("picture_pdf", "A PDF is not a picture: please send a photo or a screenshot of the page."),
        (
            PictureError(str(PictureError("picture_too_large", megapixels=100))),
            "The picture is too large: at most 100 megapixels can be read.",
        ),
        (
            ModelError("zip_unsafe", archive=Path("a {b}.zip"), member="../x"),
            "a {b}.zip is unsafe: it holds '../x', which points outside.",
        ),
        (
            ModelError("zip_bomb", archive="a.zip", gigabytes=17.25),
            "a.zip would unpack to 17.2 GB, which no model's ZIP does.",
        ),
        (StorageError("database_not_found", folder=Path("/x")), "There is no database in /x."),
        (
            StorageError("database_missing", database="d", pictures=1234, folder="f"),
            "The database d is missing, but pictures of an earlier one (1,234) lie in photos. Nothing was changed. Put "
            "the database back or restore a backup. To start anew, move the whole folder f away.",
        ),
        ("The picture is damaged, said an earlier release.", "The picture is damaged, said an earlier release."),
        ("", ""),
    ],
)
def test_sentences_as_people_read_them(failure: object, said: str) -> None:
    assert sentence(failure) == said
