"""`vqabot calibrate` teaches every family what it knows, and `vqabot ask` says so: pictures, words, how sure to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tiny
import tiny_blip
import tiny_paligemma
from click.testing import CliRunner
from image_helpers import save
from PIL import Image, ImageDraw

from bot.cli import main
from model.answerer import Answerer
from model.confidence.confidence_model import ConfidenceModel
from model.types import Request

PICTURES = 66
LONGEST = 4
"""Tokens of an answer: random weights go on for ever."""
QUESTIONS = ("what is this", "what colour is the ball", "where is the dog", "is the girl on the grass")
FAMILIES = [
    pytest.param(tiny.build, id="Florence-2", marks=pytest.mark.long),
    pytest.param(tiny_blip.build, id="BLIP"),
    pytest.param(tiny_paligemma.build, id="PaliGemma"),
    pytest.param(tiny_paligemma.build_two, id="PaliGemma 2", marks=pytest.mark.long),
]


def drawing(number: int) -> bytes:
    """A few plain shapes on a plain ground: pictures of one kind."""
    draw = np.random.default_rng(number)
    sheet = Image.new("RGB", (90, 60), tuple(int(v) for v in draw.integers(180, 256, 3)))
    pen = ImageDraw.Draw(sheet)
    for _ in range(3):
        x, y, size = (int(v) for v in draw.integers((0, 0, 12), (60, 40, 30)))
        pen.ellipse((x, y, x + size, y + size), fill=tuple(int(v) for v in draw.integers(0, 200, 3)))
    return save(sheet, "PNG")


def annotated(folder: Path, model: Path) -> Path:
    """Questions about drawings; what a model with random weights says counts as right in two of three pictures."""
    folder.mkdir()
    answerer, rows = Answerer.load(str(model)), []
    for number in range(PICTURES):
        (folder / f"{number}.png").write_bytes(drawing(number))
        asked = [Request(str(i), drawing(number), text, 1, LONGEST) for i, text in enumerate(QUESTIONS)]
        for one, said in zip(asked, answerer.answer(asked), strict=True):
            assert said.known_picture is None, "nothing is known of what it knows before it is calibrated"
            answer = said.text if number % 3 and said.text else "seven"
            rows.append({"image": f"{number}.png", "question": one.question, "answer": answer})
    (folder / "val.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


@pytest.mark.timeout(600)
@pytest.mark.parametrize("build", FAMILIES)
def test_a_calibrated_model_tells_what_it_knows(
    build: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.evaluation.trust.RESAMPLES", 3)
    model = build(tmp_path / "model")
    data = annotated(tmp_path / "data", model)
    words = ["--model", str(model), "--beams", "1", "--max-new-tokens", str(LONGEST), "--json"]
    done = CliRunner().invoke(main, ["calibrate", str(data), "--shifts", "20", *words])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["evidence"]
    assert found is not None, done.output
    own, nothing = found["sets"]["own"], found["sets"]["nothing to see"]
    assert own["told as unlike"][0] < 0.2
    assert nothing["right"][0] == 0 and nothing["confidence"][0] < own["confidence"][0]
    learnt = ConfidenceModel.read(model)
    assert learnt is not None and learnt.questions is not None, "questions are measured in every family"
    assert "seven" in learnt.answers
    known, noise = tmp_path / "known.png", tmp_path / "noise.png"
    known.write_bytes(drawing(1))
    noise.write_bytes(save(Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)), "PNG"))
    said = {}
    for place in (known, noise):
        told = CliRunner().invoke(main, ["ask", str(place), QUESTIONS[0], *words])
        assert told.exit_code == 0, told.output
        said[place] = json.loads(told.stdout)
    assert said[known]["known_picture"] is True and said[known]["known_words"] is True
    assert said[noise]["known_picture"] is False
