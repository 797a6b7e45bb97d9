"""Calibration: the fit finds what made the data, is judged on other pictures, and is applied where people see it."""

import io
import json
import math
import random
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from transformers.models.florence2 import Florence2ForConditionalGeneration, Florence2Processor
from vqa_helpers import find_picture, read_questions

from bot.commands.calibrate import calibrate as command
from model.answerer import Answerer
from model.confidence.calibration import Calibration, sequence_probability
from model.confidence.confidence_model import ConfidenceModel
from model.images import open_picture
from model.loading import locate
from model.processor import Resize, read_image_settings
from model.profile import Profile
from model.types import Request
from training.data.vqa import DataError
from training.evaluation import int8
from training.evaluation.calibrate import METHODS, CalibrateConfig, Observation, calibrate, study_confidence
from training.evaluation.seen import own, see
from training.evaluation.shifts import NOTHING, SHIFTS, TYPED
from training.scenes.official import Plan, write_scenes


def noise() -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def invented(truth: Calibration, number: int = 6000, seed: int = 1) -> list[Observation]:
    """Answers of a model whose raw probability becomes true by `truth`."""
    rng = random.Random(seed)
    raw = [1 / (1 + math.exp(-rng.gauss(1.5, 2))) for _ in range(number)]
    return [Observation(i // 3, p, p**0.3, rng.random() < truth.apply(p)) for i, p in enumerate(raw)]


@pytest.mark.parametrize(
    "truth", [Calibration(0.5, 0.5), Calibration(0.6, 0.6, -0.8), Calibration(2.0, 0.4, 0.5), Calibration(1.6, 1.6)]
)
def test_the_fit_finds_what_made_the_answers(truth: Calibration) -> None:
    result = calibrate(invented(truth), CalibrateConfig())
    for p in (0.2, 0.5, 0.8, 0.95):
        assert result.calibration.apply(p) == pytest.approx(truth.apply(p), abs=0.05)
    assert result.ece < 0.03 < result.ece_raw
    assert result.losses[result.method] == min(result.losses.values())


def test_what_is_true_already_is_left_nearly_as_it_is() -> None:
    result = calibrate(invented(Calibration()), CalibrateConfig())
    assert result.ece < 0.03
    assert result.calibration.apply(0.7) == pytest.approx(0.7, abs=0.04)


def test_no_picture_fits_and_judges() -> None:
    observations = invented(Calibration(0.5, 0.5), 600)
    result = calibrate(observations, CalibrateConfig(fit_share=0.25))
    assert result.fitted + result.judged == 600
    assert result.fitted == 150
    with pytest.raises(DataError, match="too few: 100 are needed"):
        calibrate(observations[:150], CalibrateConfig())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("right", [True, False])
def test_every_method_stays_finite_and_monotonic_on_one_sided_answers(method: str, right: bool) -> None:
    calibration = METHODS[method]([Observation(i, 0.9 + i / 5000, 0.9, right) for i in range(200)])
    values = [calibration.apply(p / 50) for p in range(51)]
    assert all(0 <= value <= 1 for value in values)
    assert values == sorted(values)


def test_the_study_s_confidence_is_that_of_transformers() -> None:
    """sequences_scores come from generate() itself, in the model's own words."""
    folder = locate("builtin")
    answerer = Answerer.load("builtin")
    model = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    processor = Florence2Processor.from_pretrained(folder)
    resize = Resize.read(read_image_settings(folder))  # in proportion, which transformers does not know
    picture = (Path(__file__).parents[2] / "bot" / "example.png").read_bytes()
    for question in ("what color is the ball", "what is the girl wearing", "how many dogs are there"):
        inputs = processor(images=resize.apply(open_picture(picture)), text=question, return_tensors="pt")
        out = model.generate(**inputs, num_beams=3, max_new_tokens=20, return_dict_in_generate=True, output_scores=True)
        (spoken,) = answerer.generate([answerer.prepare(Request("x", picture, question, beams=3))])
        assert spoken is not None
        assert study_confidence(spoken) == pytest.approx(math.exp(float(out.sequences_scores[0])), abs=2e-3)


@pytest.mark.timeout(600)  # it asks some 500 questions
def test_the_command_stores_what_the_worker_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.evaluation.trust.RESAMPLES", 3)
    data, model = tmp_path / "scenes", tmp_path / "model"
    write_scenes(data, Plan("calibrate", {"train": 0, "val": 70, "test": 0}), lambda _: None, workers=1)
    shutil.copytree(locate("builtin"), model)
    before = Profile.read(model)
    shifted = tmp_path / "own"  # not to be mixed up with the model's own
    write_scenes(shifted, Plan("shifted", {"train": 0, "val": 12}, wide=True), lambda _: None, workers=1)
    arguments = [str(data), "--model", str(model), "--beams", "1", "--shifts", "9", "--shifted", str(shifted)]
    done = CliRunner().invoke(command, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    profile = Profile.read(model)
    assert profile.calibration == Calibration(**result["calibration"])
    assert profile.prompt_prefix == before.prompt_prefix
    assert (result["untaught"], profile.untaught) == (None, before.untaught), "so few questions do not tell"
    assert result["fitted"] + result["judged"] == 210
    told = json.loads((model / "calibration.json").read_text())
    assert (told["ece"], told["ece_study"]) == (result["ece"], result["ece_study"])
    assert (told["data"], told["config"]["beams"]) == ("the val split of scenes", 1)
    few = CliRunner().invoke(command, [str(data), "--model", str(model), "--limit", "150"])
    assert few.exit_code == 1
    assert "150 questions are too few: 100 are needed to fit on" in few.output
    question = read_questions(data, "val")[0]
    request = Request("x", find_picture(data, "val", question.image_id).read_bytes(), question.question)
    answerer = Answerer.load(str(model))
    answer = answerer.answer([request])[0]
    assert (answer.known_picture, answer.unknown_words) == (True, ()), "it is one of those that it learnt from"
    confidence_model = ConfidenceModel.read(model)
    assert confidence_model is not None and answer.text in confidence_model.answers
    sets = set(told["evidence"]["sets"])  # those of which a question fell to the judged side
    assert {"own", str(shifted)} < sets <= {"own", str(shifted), TYPED, NOTHING, *SHIFTS}
    strange = replace(request, picture=noise(), picture_key="", question="Who painted the plinth?")
    away = answerer.answer([strange])[0]
    assert away.known_picture is False
    assert not confidence_model.words and away.unknown_words == (), "so few questions make no closed list of words"
    assert away.confidence < answer.confidence
    # Without enough pictures to learn from nothing of the old evidence stays.
    monkeypatch.setattr("training.evaluation.calibrate.FEWEST", 30)
    monkeypatch.setattr("model.confidence.taught_kinds.FEWEST_QUESTIONS", 60)
    replace(profile, untaught=("name",)).write(model)
    again = CliRunner().invoke(command, [*arguments[:5], "--limit", "66"])
    assert "refused, as its data does not ask such questions: date, measure, medium, name" in again.output
    assert Profile.read(model).untaught == before.untaught
    CliRunner().invoke(command, [*arguments[:5], "--limit", "66", "--no-refuse"])
    assert Profile.read(model).untaught == ()
    assert again.exit_code == 0 and "22 pictures are too few to learn what is familiar" in again.output
    assert ConfidenceModel.read(model) is None
    answerer = Answerer.load(str(model))
    (spoken,) = answerer.generate([answerer.prepare(request)])
    assert spoken is not None
    calibration = Profile.read(model).calibration
    raw = sequence_probability(spoken.token_logprobs)
    assert answerer.answer([request])[0].confidence == pytest.approx(calibration.apply(raw))


@pytest.mark.long
@pytest.mark.skipif(not int8.possible(), reason="this CPU has no products of 8-bit numbers")
def test_what_8_bit_weights_cost_is_measured_and_forgotten_when_nobody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.evaluation.trust.RESAMPLES", 3)
    data, model = tmp_path / "scenes", tmp_path / "model"
    write_scenes(data, Plan("calibrate", {"train": 0, "val": 70, "test": 0}), lambda _: None, workers=1)
    shutil.copytree(locate("builtin"), model)
    words = [str(data), "--model", str(model), "--beams", "1", "--shifts", "1"]
    done = CliRunner().invoke(command, [*words, "--int8", "--json"])
    assert done.exit_code == 0, done.output
    cost = json.loads(done.stdout)["int8"]
    assert cost["questions"] == 210
    assert cost["low"] <= cost["points"] <= cost["high"]
    assert abs(cost["points"]) < 5
    assert cost["changed"] >= abs(cost["points"]) * 2.1
    assert json.loads((model / "calibration.json").read_text())["int8"] == cost
    assert Profile.read(model).int8_loss == cost["high"]
    shown = CliRunner().invoke(command, words)  # a model that is too small to gain
    assert "8-bit" not in shown.output
    assert Profile.read(model).int8_loss is None


def test_the_cost_of_8_bit_weights_is_counted_question_by_question(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Those that only one side answered do not count; the order of the answers does not matter."""
    exact = [Observation(n // 3, 0.9, 0.9, n % 4 != 0, n) for n in range(300)]
    rounded = [Observation(n // 3, 0.9, 0.9, n % 4 != 0 and n != 7, n) for n in reversed(range(299))]
    answerer = SimpleNamespace(family=SimpleNamespace(precision="int8 weights, float32 on 1 thread"))
    monkeypatch.setattr(int8.Answerer, "load", lambda *_: answerer)
    monkeypatch.setattr(int8, "observe", lambda *_: rounded)
    cost = int8.measure(tmp_path, exact, {}, [], CalibrateConfig(), lambda _: None)
    assert cost is not None
    assert (cost.questions, cost.changed) == (299, 1)
    assert cost.points == pytest.approx(100 / 299, abs=1e-3)
    assert 0.33 < cost.high < 1.0
    answerer.family.precision = "float32 on 1 thread"  # a family that has no such products
    assert int8.measure(tmp_path, exact, {}, [], CalibrateConfig(), lambda _: None) is None


def test_what_cannot_be_calibrated_gets_a_sentence(tmp_path: Path) -> None:
    for arguments, sentence in (
        ([str(tmp_path)], "There are no questions in"),
        ([str(tmp_path), "--model", "some/hub-id", "--store"], "give the model as a folder"),
        ([str(tmp_path), "--beams", "0"], "beams must be at least 1; it is 0"),
    ):
        done = CliRunner().invoke(command, arguments)
        assert done.exit_code == 1
        assert sentence in done.output


def test_right_is_what_evaluate_calls_right(tmp_path: Path) -> None:
    """One function judges both: marks, articles and number words do not make an answer wrong."""
    from training.data.vqa import VqaQuestion
    from training.evaluation.calibrate import observe
    from training.evaluation.scoring import MEASURES

    picture = Path(__file__).parents[2] / "bot" / "example.png"
    answerer = Answerer.load("builtin")
    said = answerer.answer([Request("1", picture.read_bytes(), "what color is the ball")])[0].text
    for answer in (said, f"{said.title()}.", f"the {said}", "zzz"):
        question = VqaQuestion(1, 1, "what color is the ball", answer=answer, answers=(answer,) * 10)
        (found,) = observe(answerer, {1: picture}, [question], CalibrateConfig(beams=1), lambda _: None)
        (seen,) = see(answerer, own({1: picture}, [question], 0), 1, 20, lambda _: None)
        assert found.right == seen.right == (MEASURES["exact"](said, question) == 1) == (answer != "zzz")
