"""`vqabot bench feedback`: corrections chosen in two ways, trained on from one model, and what they bring."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from finetune_helpers import prepared, tiny_model

from bot.commands.bench_feedback import bench_feedback
from training.compare import corrections
from training.compare.trial import evaluate_here
from training.data.prepared import read_examples
from training.evaluation.bootstrap import paired_bootstrap

UNCERTAIN, CHANCE = "most-uncertain-first", "at-random"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """To start processes that load torch takes longer than all that they do."""

    def here(work: Callable[..., Any], *args: Any) -> Any:
        return work(*args)

    monkeypatch.setattr(corrections, "in_child_process", here)


def run(*arguments: object) -> Result:
    fast = ("--device", "cpu", "--precision", "fp32", "--new-words", "none", "--epochs", "1", "--learning-rate", "1e-3")
    return CliRunner().invoke(bench_feedback, [str(each) for each in (*arguments, *fast, "--beams", 1)])


def test_corrections_are_chosen_in_two_ways_and_their_gain_is_measured(tmp_path: Path) -> None:
    data, model, out = prepared(tmp_path / "data", 4, 2), tiny_model(tmp_path / "model"), tmp_path / "out"
    done = run(data, out, "--model", model, "--corrections", 3, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["corrections"], found["pool"], found["judged_by"]) == (3, 12, 6)
    asked = evaluate_here(str(model), data, "train", None, 1)
    least = sorted(asked.confidence, key=lambda number: (asked.confidence[number], number))[:3]
    chosen = {
        name: [one.question_id for one in read_examples(out / name / "data", "train")] for name in (UNCERTAIN, CHANCE)
    }
    assert chosen[UNCERTAIN] == least and len(set(chosen[CHANCE])) == 3
    before = evaluate_here(str(model), data, "val", None, 1).official
    after = {name: evaluate_here(str(out / name / "model"), data, "val", None, 1).official for name in chosen}
    picture_of = {one.question_id: one.image_id for one in read_examples(data, "val")}
    for arm, name in (("uncertain", UNCERTAIN), ("chance", CHANCE)):
        gain = paired_bootstrap(after[name], before, picture_of)
        assert found[arm]["gain"]["value"] == pytest.approx(gain.value)
        assert found[arm]["gain"]["low"] <= found[arm]["gain"]["value"] <= found[arm]["gain"]["high"]
        assert found[arm]["wrong"] == sum(asked.official[number] < 1 for number in chosen[name])

    kept = {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")}
    again = run(data, out, "--model", model, "--corrections", 3)
    assert again.exit_code == 0 and "most uncertain first against at random: " in again.output, again.output
    assert {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")} == kept, "trained once"
    other = run(data, out, "--model", model, "--corrections", 2)
    assert other.exit_code == 1 and "other settings or corrections" in other.output
    many = run(data, tmp_path / "many", "--model", model, "--corrections", 7)
    assert many.exit_code == 1 and "has 12 questions to correct" in many.output
