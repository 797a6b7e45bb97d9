"""What is wrong with data of one's own is a sentence."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from own_data_helpers import ONE, encoded, lines, picture, rows, run

from bot.cli import main


def test_a_file_of_another_name_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "data" / "llava_mix.jsonl", ONE)
    said = run(tmp_path / "data", tmp_path / "out", code=1)
    assert f"If llava_mix.jsonl holds them, name it itself: {tmp_path / 'data' / 'llava_mix.jsonl'}." in said


def test_parquet_gets_a_hint(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train-00000.parquet").write_bytes(b"PAR1")
    assert "save the data set as an image folder" in run(tmp_path, tmp_path / "out", code=1)


WRONG: dict[str, tuple[str, bytes, str]] = {
    "no gzip": ("train.jsonl.gz", b"{}", "gzip cannot unpack it"),
    "cut gzip": ("train.jsonl.gz", gzip.compress(b'{"image": 1}' * 500)[:40], "gzip cannot unpack it"),
    "no ZIP": ("data.zip", b"PK nothing", "is no ZIP file that can be read"),
    "latin": ("train.jsonl", b'{"image": "\xe9"}', "is no text in UTF-8: byte 11 does not fit"),
    "no columns": ("train.csv", b"1,2,3\n4,5,6\n", "It names 1, 2, 3."),
    "a short row": ("train.csv", b"image,question,answer\na.png,q\n", "line 2 has not as many columns"),
    "an open quote": ("train.csv", b'image,question,answer\na.png,"q,a\n', "is no CSV"),
    "nothing": ("train.csv", b"", "its first line must name the columns"),
    "no picture": ("train.jsonl", b'{"question": "q", "answer": "a"}', "line 1 has no image, or it is no text"),
    "a number among pictures": (
        "train.jsonl",
        b'{"images": ["a", 3], "question": "q", "answer": "a"}',
        "line 1 has no image",
    ),
    "other names": (
        "train.jsonl",
        b'{"image": "a", "q": "?", "a": "b"}',
        "line 1 has no question or prefix, or it is no text. It has image, q, a.",
    ),
    "a tar": ("data.tar.gz", b"", "data.tar.gz is packed in a way that is not read: unpack it, or make a ZIP of it"),
    "a list": ("train.jsonl", b'{"image": "a", "question": ["q"], "answer": "a"}', "line 1 has no question"),
    "deep": ("train.json", b"[" * 100_000, "is no JSON"),
    "a talk alone": (
        "train.jsonl",
        b'{"image": "a", "conversations": [{"from": "human", "value": "q"}]}',
        "its last question has no answer",
    ),
    "a broken talk": ("train.jsonl", b'{"image": "a", "conversations": [3]}', "has no speaker or no text"),
    "an official file": ("own.json", b'{"questions": [{"image_id": 1, "question": "q"}]}', "name the folder"),
    "a number of a question": (
        "train.jsonl",
        b'{"image": "a", "question": "q", "answer": "a", "question_id": 1.5}',
        "neither a whole number nor a text",
    ),
    "a NaN": ("train.jsonl", b'{"image": "a", "question": "q", "answer": NaN}', "line 1 has no answer or suffix"),
    "a cell of answers": ("train.csv", b'image,question,answers\na,q,"[1"\n', "is no JSON"),
    "only addresses": (
        "train.jsonl",
        b'{"image": "https://example.org/a.png", "question": "q", "answer": "a"}',
        "it is an address",
    ),
    "a name that no file has": (
        "train.jsonl",
        b'{"image": "' + b"a/" * 3000 + b'", "question": "q", "answer": "a"}',
        "No question is left in train: 1 ",
    ),
    "a zero": ("train.jsonl", b'{"image": "a\\u0000b", "question": "q", "answer": "a"}', "1 missing picture"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, what: str) -> None:
    name, content, sentence = WRONG[what]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(content)
    source = tmp_path / "data" if name.startswith("train") else tmp_path / "data" / name
    said = run(source, tmp_path / "out", code=1)
    assert sentence in said
    assert said.count("Error: ") == 1


def test_halves_of_characters_are_no_traceback(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    file = tmp_path / "own.jsonl"
    file.write_text(
        '{"image": "a.png", "question": "what\\ud83d is\\u2028 it", "answer": "red\\ud83d", "id": "\\ud83d"}'
    )
    (example,) = rows(file, tmp_path / "out")
    assert (example.question, example.answer) == ("what is it", "red")


def test_any_json_is_either_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    """Records put together at random from what fields may hold."""
    rng = random.Random(5)
    picture(tmp_path / "a.png")
    values: list[Any] = [
        None,
        True,
        -1,
        0,
        10**30,
        1.5,
        "",
        " ",
        "a.png",
        "\ud800",
        "\u0000",
        "[1]",
        "data:,",
        [],
        [[]],
    ]
    values += [{}, {"bytes": 3}, [{"from": "human"}], [{"answer": None}], ["x"] * 11, "x" * 5000, encoded(), "..", "/"]
    names = ["image", "images", "question", "prefix", "answer", "answers", "suffix", "question_id", "id"]
    names += ["conversations", "messages", "question_type"]
    for _ in range(300):
        record = {"image": "a.png", "question": "q", "answer": "a"}
        record.update({rng.choice(names): rng.choice(values) for _ in range(rng.randrange(1, 4))})
        (tmp_path / "own.jsonl").write_text(json.dumps(record))
        done = CliRunner().invoke(
            main, ["data", "prepare", str(tmp_path / "own.jsonl"), str(tmp_path / "out"), "--size", "16"]
        )
        assert done.exit_code in (0, 1), (record, done.output)
        assert not done.exception or isinstance(done.exception, SystemExit), (record, done.exception)
