"""Small data as people have it, and how it is prepared."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from PIL import Image

from bot.cli import main
from training.data.prepared import Example, read_examples


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["data", "prepare", *map(str, arguments)])
    assert done.exit_code == code, done.output
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done.output


def rows(folder: Path, out: Path, split: str = "train") -> list[Example]:
    run(folder, out)
    return read_examples(out, split)


def picture(path: Path, colour: str = "red") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 10), colour).save(path)
    return path


def colour_of(out: Path, example: Example) -> tuple[int, ...]:
    with Image.open(out / example.image) as shown:
        pixel = shown.getpixel((shown.width // 2, shown.height // 2))
        assert isinstance(pixel, tuple)
        return pixel


def encoded(colour: str = "red") -> str:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def lines(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


ONE: dict[str, Any] = {"image": "a.png", "question": "What is it?", "answer": "red"}
