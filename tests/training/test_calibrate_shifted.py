"""`vqabot calibrate --shifted --words`: unsure where other data show the model to be wrong; more words are known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from model.answerer import Answerer
from model.confidence.confidence_model import ConfidenceModel
from model.loading import locate
from model.types import Answer, Request
from training.builtin.judging_sets import write_sets
from training.data.splits import load_split
from training.scenes.official import Plan, write_scenes

pytestmark = pytest.mark.long  # 35 s of CPU
OTHERS = "other-hand-plain"
NEW_WORD = "gizmo"


def read(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "val.jsonl").read_text().splitlines()]


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """A built-in model without evidence, calibrated beside drawings about which all that it says counts as wrong, and
    with the words of further questions; further drawings by that hand; and what the command said."""
    place = tmp_path_factory.mktemp("calibrated")
    model = place / "model"
    shutil.copytree(locate("builtin"), model)
    (model / "evidence.json").unlink()
    write_scenes(place / "own", Plan("shifted", {"train": 0, "val": 70}), lambda _: None, workers=1)
    write_sets(place / "sets", "shifted", 40)
    write(
        place / "sets" / OTHERS, "val.jsonl", [row | {"answer": "xylophone"} for row in read(place / "sets" / OTHERS)]
    )
    own = load_split(place / "own", "val", pictures=False).questions
    further = [*(one.question for one in own), f"is the {NEW_WORD} red"]
    write(place / "words", "train.jsonl", [{"image": "none.png", "question": one, "answer": "no"} for one in further])
    write_sets(place / "more", "shifted further", 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.evaluation.trust.RESAMPLES", 3)
        done = CliRunner().invoke(
            main,
            [
                *("calibrate", str(place / "own"), "--model", str(model), "--beams", "1", "--shifts", "9", "--json"),
                *("--shifted", str(place / "sets" / OTHERS), "--words", str(place / "words")),
            ],
        )
    assert done.exit_code == 0, done.output
    return model, place / "more" / OTHERS, json.loads(done.stdout)["evidence"]


def test_it_is_unsure_of_what_the_shifted_data_show_it_to_be_wrong_about(
    calibrated: tuple[Path, Path, dict[str, Any]],
) -> None:
    _, _, found = calibrated
    own, others, raw = found["sets"]["own"], found["sets"][OTHERS], found["raw"][OTHERS]
    assert others["right"][0] == raw["right"][0] == 0
    assert raw["confidence"][0] > 0.7, "its probability knows nothing of being wrong there"
    assert others["confidence"][0] < 0.5 < 0.8 < own["confidence"][0]
    assert others["sure and wrong"][0] < 0.1 < raw["sure and wrong"][0]
    assert others["ece"][0] < raw["ece"][0] - 0.3


def test_a_worker_says_the_same_of_drawings_that_calibrating_did_not_see(
    calibrated: tuple[Path, Path, dict[str, Any]],
) -> None:
    model, folder, _ = calibrated

    def answers(name: str) -> list[Answer]:
        answerer = Answerer.load(name)
        rows = read(folder)[:30]
        asked = [
            Request(str(place), (folder / row["image"]).read_bytes(), row["question"], beams=1)
            for place, row in enumerate(rows)
        ]
        return answerer.answer(asked)

    before, after = answers("builtin"), answers(str(model))
    assert [one.text for one in before] == [one.text for one in after], "the same weights"
    sure = [sum(one.confidence for one in said) / len(said) for said in (before, after)]
    assert sure[1] < 0.5 < sure[0]


def test_words_of_further_questions_are_known_and_others_named(
    calibrated: tuple[Path, Path, dict[str, Any]],
) -> None:
    model, folder, found = calibrated
    learnt = ConfidenceModel.read(model)
    assert learnt is not None and NEW_WORD in learnt.words
    assert found["words"] == len(learnt.words) > 100
    picture = next(folder.glob("*.jpg")).read_bytes()
    known, unknown = Answerer.load(str(model)).answer(
        [Request("1", picture, f"Is the {NEW_WORD} red?"), Request("2", picture, "Who painted the plinth?")]
    )
    assert known.unknown_words == ()
    assert unknown.unknown_words == ("painted", "plinth")
