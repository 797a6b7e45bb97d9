"""`vqabot compare`: models of three families trained and judged beside each other; what fails stops nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result
from finetune_helpers import prepared, tiny_model

from bot.commands.compare import compare
from training.compare import trial
from training.compare.page import budget_of
from training.compare.trial import OUTCOME
from training.evaluation.bootstrap import paired_bootstrap
from training.trials import TrialError, as_trial_errors, in_child_process

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, two models that can be trained, and one that cannot be read."""
    import tiny_blip

    folder = tmp_path_factory.mktemp("compare")
    prepared(folder / "data", 3, 3)
    tiny_model(folder / "florence2")
    tiny_blip.build(folder / "blip")
    shutil.copytree(folder / "blip", folder / "broken")
    (folder / "broken" / "model.safetensors").write_bytes(b"rubbish")
    return folder


def settings(place: Path, **changed: object) -> Path:
    models = {name: {"model": str(place / name)} for name in ("florence2", "blip", "broken")}
    values = {
        "data": str(place / "data"),
        "models": models,
        "train": {"batch_size": 3, "learning_rate": 1e-3, "log_every": 1, "device": "cpu", "new_words": "none"},
        "seeds": [0],
        "questions": 6,
        "beams": 1,
        "price": 2.0,
    }
    file = place / "comparison.yaml"
    file.write_text(yaml.safe_dump({**values, **changed}))
    return file


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """To start processes that load torch takes longer than all that they do; `apart` has a test of its own."""

    def here(work: Callable[..., Any], *args: Any) -> Any:
        with as_trial_errors():
            return work(*args)

    monkeypatch.setattr(trial, "in_child_process", here)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(compare, [str(each) for each in arguments])


def test_minutes_are_filled_with_steps_over_which_the_rate_falls(place: Path) -> None:
    out = place / "minutes"
    models = {"blip": {"model": str(place / "blip")}}
    done = run(settings(place, models=models, questions=0, minutes=0.02), out)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in (out / "trials" / "blip" / "0" / "log.jsonl").read_text().splitlines()]
    rates = [line["learning_rate"] for line in lines if "learning_rate" in line]
    assert len(rates) > 1
    assert rates == sorted(rates, reverse=True) and rates[-1] <= rates[0] / len(rates) * 1.01


def test_the_budget_is_said() -> None:
    said = [budget_of(30_000, 0), budget_of(1, 0), budget_of(0, 1.0), budget_of(0, 1.5)]
    assert said == ["30,000 questions", "1 question", "1 minute", "1.5 minutes"]


def test_models_are_compared_and_one_that_fails_stops_none(place: Path) -> None:
    out = place / "out"
    done = run(settings(place), out)
    assert done.exit_code == 0, done.output
    assert "none came to an end" in done.output
    assert " against " in done.output
    found = json.loads((out / "figures.json").read_text())
    rows = {row["name"]: row for row in found["models"]}
    assert set(rows) == {"florence2", "blip", "broken"}
    assert rows["broken"]["ended"] == {"failed": 1}
    assert "cannot be read" in rows["broken"]["reasons"][0]
    for name in ("florence2", "blip"):
        row = rows[name]
        assert row["ended"] == {"done": 1}
        assert 0 <= row["official"]["low"] <= row["official"]["value"] <= row["official"]["high"] <= 1
        assert row["cost"] == pytest.approx(2.0 / 3600 / row["answering_questions_per_second"] * 1000)
        assert min(row["training_memory_gb"], row["answering_memory_gb"], row["first_answer_seconds"]) > 0
        assert row["parameters"] > 10_000
    page = (out / "comparison.html").read_text()
    assert "Which differences are real" in page
    assert "no trial came to an end" in page

    # The same command takes what is over as it is, and goes on with what is not.
    kept = {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")}
    (out / "trials" / "blip" / "0" / OUTCOME).unlink()
    again = run(place / "comparison.yaml", out)
    assert again.exit_code == 0, again.output
    assert {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")} == kept, "trained once"
    assert json.loads((out / "figures.json").read_text())["pairs"][0]["first"] in ("florence2", "blip")

    other = run(settings(place, questions=9), out)
    assert other.exit_code == 1
    assert "holds a trial with other settings" in other.output


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"questions": 0}, "the budget is either questions or minutes"),
        ({"minutes": 1.0}, "the budget is either questions or minutes"),
        (
            {"train": {"learning_rat": 1e-3}},
            "learning_rat is no setting; did you mean learning_rate?",
        ),
        ({"train": {"seed": 3}}, "seed follow from seeds and budget"),
        ({"models": {"a": {}}}, "model is missing"),
        ({"models": {"a/b": {"model": "builtin"}}}, "is no name for a model here"),
        ({"seed": 1}, "seed is no setting"),
        ({"data": "/nowhere"}, "train.jsonl"),
        ({"models": ["builtin"]}, "models must be a mapping of names to values; it is ['builtin']"),
        ({"models": {"a": "builtin"}}, "models.a must be a mapping"),
        ({"models": {}}, "models must not be empty"),
        ({"models": {"a": {"model": "builtin"}, "b": {"model": "./buildin"}}}, "There is no model at './buildin'"),
        ({"seeds": 3}, "seeds must be a list; it is 3"),
        ({"questions": "many"}, "questions must be a whole number; it is many"),
    ],
)
def test_wrong_settings_are_one_sentence(place: Path, changed: dict[str, object], told: str) -> None:
    done = run(settings(place, **changed), place / "nothing")
    assert done.exit_code == 1
    assert told in done.output
    assert "Traceback" not in done.output
    assert not (place / "nothing").exists()


def test_the_bootstrap_resamples_pictures() -> None:
    rng = np.random.default_rng(1)
    pictures = {number: number // 4 for number in range(400)}
    luck = {picture: float(rng.integers(0, 2)) for picture in range(100)}
    first = {number: luck[picture] for number, picture in pictures.items()}
    found = paired_bootstrap(first, dict.fromkeys(first, 0.5), pictures)
    assert found.low <= found.value <= found.high
    # 100 pictures of one answer each, not 400: two standard errors of a fair coin are 0.1.
    assert found.high - found.low == pytest.approx(4 * 0.05, rel=0.15)
    better = {number: value + 0.2 for number, value in first.items()}
    sure = paired_bootstrap(better, first, pictures)
    assert (round(sure.low, 6), round(sure.high, 6)) == (0.2, 0.2)
    assert sure.better == 400


def test_what_kills_a_trial_kills_nothing_else() -> None:
    with pytest.raises(TrialError, match="was killed") as error:
        in_child_process(os._exit, 9)
    assert error.value.status == "out of memory"
    assert in_child_process(len, "four") == 4
