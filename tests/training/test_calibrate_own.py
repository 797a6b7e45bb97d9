"""`vqabot calibrate --own`: further questions of the model's own kind are as familiar as the first ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from model.answerer import Answerer
from model.confidence.confidence_model import ConfidenceModel
from model.loading import locate
from model.types import Request
from training.data import provenance
from training.data.splits import load_split
from training.scenes.official import Plan, write_scenes

pytestmark = pytest.mark.long  # 30 s of CPU


def calibrated(place: Path, name: str, *further: str) -> tuple[Path, dict[str, list[float]]]:
    """A copy of the built-in model, calibrated; and the figures of its own data."""
    model = place / name
    shutil.copytree(locate("builtin"), model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.evaluation.trust.RESAMPLES", 3)
        command = ["calibrate", str(place / "own"), "--model", str(model), "--beams", "1", "--shifts", "9", "--json"]
        done = CliRunner().invoke(main, [*command, "--words", str(place / "own"), *further])
    assert done.exit_code == 0, done.output
    return model, json.loads(done.stdout)["evidence"]["sets"]["own"]


def test_questions_in_other_words_are_familiar_when_they_are_said_to_be_the_models_own(tmp_path: Path) -> None:
    for name, seed, count, wide in (("own", "a", 70, False), ("typed", "b", 30, True), ("judged", "c", 15, True)):
        write_scenes(tmp_path / name, Plan(seed, {"val": count}, wide_questions=wide), lambda _: None, workers=1)
    judged = load_split(tmp_path / "judged", "val")

    def familiar(model: Path) -> float:
        asked = [
            Request(str(place), judged.pictures[q.image_id].read_bytes(), q.question, beams=1)
            for place, q in enumerate(judged.questions)
        ]
        answers = Answerer.load(str(model)).answer(asked)
        return sum(bool(one.known_words) for one in answers) / len(answers)

    without, own = calibrated(tmp_path, "without")
    both, more = calibrated(tmp_path, "both", "--own", str(tmp_path / "typed"))
    assert more["answers"] > own["answers"]
    assert familiar(both) > familiar(without) + 0.1
    learnt = ConfidenceModel.read(both)
    assert learnt is not None and "plinth" not in learnt.words and "color" in learnt.words, "slips open no list"
    met = [sketch.name for sketch in provenance.read(both)["calibrated"]]
    assert met == ["the val split of own", "the val split of typed"]
