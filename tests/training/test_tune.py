"""`vqabot tune`: the space and its typos, the division of val, a search that is killed and goes on, the page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml
from click.testing import CliRunner
from finetune_helpers import prepared, tiny_model

from bot.cli import main
from training.config import ConfigError
from training.data.prepared import read_examples, write_examples
from training.data.vqa import DataError
from training.finetune.config import TrainConfig
from training.finetune.errors import TrainingError
from training.tune import bookkeeping, report, search
from training.tune.config import Range, TuneConfig, blocks
from training.tune.holdout import divide

PATIENCE = 1800.0


def write(folder: Path, **settings: Any) -> Path:
    file = folder / "tune.yaml"
    file.write_text(yaml.safe_dump({"data": str(folder / "data"), "out": str(folder / "out"), **settings}))
    return file


def config(folder: Path, **settings: Any) -> TuneConfig:
    return TuneConfig.resolve(write(folder, **settings), {})


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"search": {"lerning_rate": [1e-5]}}, "lerning_rate is no setting of a training; did you mean learning_rate?"),
        ({"search": {"zzz": [1]}}, "zzz is no setting of a training; there are"),
        ({"train": {"bach_size": 4}}, "did you mean batch_size?"),
        ({"search": {"learning_rate": {"low": 1e-3, "high": 1e-5}}}, "must go from a low to a higher value"),
        ({"search": {"learning_rate": {"low": 0.1, "hihg": 1}}}, "knows low, high, log, step, not hihg"),
        ({"search": {"learning_rate": {"low": 0.1}}}, "have low and high"),
        ({"search": {"learning_rate": "fast"}}, "must be a list of values"),
        ({"search": [1, 2]}, "search must be a mapping of names to values; it is [1, 2]"),
        ({"trials": "many"}, "trials must be a whole number; it is many"),
        ({"search": {"learning_rate": {"low": 0.1, "high": 1, "lag": True}}}, "knows low, high, log, step, not lag"),
        ({"search": {"learning_rate": {"low": 0.1, "high": 1, "log": True, "step": 0.1}}}, "without log"),
        ({"search": {"batch_size": [0, 4]}}, "batch_size must be at least 1; it is 0"),
        ({"search": {"schedule": ["linear", "exponential"]}}, "schedule must be"),
        ({"search": {"schedule": {"low": "linear", "high": "cosine"}}}, "is no number"),
        ({"search": {"learning_rate": []}}, "has no values"),
        ({"search": {}}, "search names no setting"),
        ({"search": {"epochs": [1]}, "train": {"epochs": 2}}, "stands in train and in search"),
        ({"search": {"evaluate_every": [1]}}, "is decided by the search itself"),
        (
            {"search": {"learning_rate": {"low": 0.1, "high": 1}}, "sampler": "grid"},
            "must be a list of values for a grid",
        ),
        ({"sampler": "tpee"}, "sampler must be"),
        ({"trails": 3}, "trails is no setting; did you mean trials?"),
    ],
)
def test_a_wrong_search_space_gets_one_sentence(tmp_path: Path, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(sentence)) as caught:
        config(tmp_path, **settings)
    assert "\n" not in str(caught.value)
    assert len(re.findall(r"[.?](?:\s|$)", str(caught.value))) == 1, caught.value


def test_values_are_what_a_training_takes(tmp_path: Path) -> None:
    """YAML reads 1e-6 as text."""
    (tmp_path / "tune.yaml").write_text(
        "data: d\nout: o\nsearch:\n  learning_rate: {low: 1e-6, high: 1e-3, log: true}\n  lora_rank: [0, 8]\n"
        "  epochs: [1e0, 2]\n"
    )
    space = TuneConfig.resolve(tmp_path / "tune.yaml", {}).space
    assert space == {"learning_rate": Range(1e-6, 1e-3, True), "lora_rank": (0, 8), "epochs": (1.0, 2.0)}


def test_a_grid_ends_with_its_last_point(tmp_path: Path) -> None:
    grid = {"learning_rate": [1e-5, 1e-4, 1e-3], "batch_size": [4, 8]}
    assert config(tmp_path, search=grid, sampler="grid", trials=100).points == 6
    assert config(tmp_path, search=grid, sampler="grid", trials=4).points == 4
    assert config(tmp_path, search=grid, trials=100).points == 100


def test_every_question_is_in_one_block() -> None:
    assert [list(part) for part in blocks(7, 3, 9)] == [[0, 1, 2], [3, 4, 5, 6]]
    assert [len(part) for part in blocks(100, 10, 4)] == [10, 10, 10, 10]
    assert [list(part) for part in blocks(2, 50, 9)] == [[0, 1]]


def test_no_trial_sees_a_picture_of_the_end(tmp_path: Path) -> None:
    data = prepared(tmp_path / "data", pictures=6)
    write_examples(data, "val", read_examples(data, "train"))
    view, last = divide(data, tmp_path / "out", 0.3, 1)
    seen = {row.image for row in read_examples(view, "val")}
    kept = {row.image for row in last}
    assert (len(seen), len(kept)) == (4, 2)
    assert not seen & kept
    assert divide(data, tmp_path / "out", 0.3, 1) == (view, last), "it is the same when it goes on"
    assert read_examples(view, "train") == read_examples(data, "train")
    rows = read_examples(data, "val")
    write_examples(data, "val", [replace(rows[0], other_images=(rows[-1].image,)), *rows[1:]])
    view_of_two, last_of_two = divide(data, tmp_path / "two", 0.5, 1)
    seen, kept = {row.image for row in read_examples(view_of_two, "val")}, {row.image for row in last_of_two}
    assert not seen & kept
    assert {rows[0].image, rows[-1].image} <= seen or {rows[0].image, rows[-1].image} <= kept
    write_examples(data, "val", rows)
    assert len(read_examples(data, "val")) == 18, "the data stay as they were"
    (data / "val.jsonl").unlink()
    with pytest.raises(DataError, match=r"needs train\.jsonl and val\.jsonl"):
        divide(data, tmp_path / "other", 0.3, 1)


def test_a_database_that_cannot_be_used_is_said_without_its_password(tmp_path: Path) -> None:
    for url in ("nosuch://user:secret@host/db", f"sqlite:///{tmp_path}/no/where.sqlite3"):
        with pytest.raises(TrainingError, match="cannot be used: is its URL right") as caught:
            search.open_study(config(tmp_path, storage=url))
        assert "secret" not in str(caught.value)


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    trials = [
        optuna.trial.create_trial(value=value, user_attrs={bookkeeping.SPEED: speed})
        for value, speed in ((50, 10.0), (60, 5.0), (55, 5.0), (60, 4.0), (40, 10.0), (70, 1.0))
    ]
    assert [(trial.value, trial.user_attrs[bookkeeping.SPEED]) for trial in report.front(trials)] == [
        (50, 10.0),
        (60, 5.0),
        (70, 1.0),
    ]


def test_settings_that_no_memory_holds_are_a_failed_trial_and_do_not_stop_the_others(tmp_path: Path) -> None:
    data = prepared(tmp_path / "data", pictures=6)
    write_examples(data, "val", read_examples(data, "train"))
    model = tiny_model(tmp_path / "model")
    # Pictures of 1,600 pixels leave no room for a question in this model.
    space = {"picture_size": ["96x64", "1600"]}
    file = write(tmp_path, train={"model": str(model), "max_steps": 1}, search=space, sampler="grid", pruner="none")
    done = CliRunner().invoke(main, ["tune", str(file), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["settings"] == {"picture_size": "96x64"}
    study = search.open_study(TuneConfig.resolve(file, {}))
    states = sorted(trial.state.name for trial in study.trials)
    assert states == ["COMPLETE", "FAIL"]
    assert "Choose a smaller" in Path(found["report"]).read_text()


@pytest.mark.timeout(3600)
@pytest.mark.long
@pytest.mark.parametrize(("sent", "processes"), [(signal.SIGKILL, 2), (signal.SIGINT, 2), (signal.SIGINT, 1)])
def test_a_search_that_was_killed_or_interrupted_goes_on(tmp_path: Path, sent: signal.Signals, processes: int) -> None:
    data = prepared(tmp_path / "data", pictures=8)
    write_examples(data, "val", read_examples(data, "train"))
    model = tiny_model(tmp_path / "model")
    space = {"learning_rate": {"low": 1e-4, "high": 1e-2, "log": True}, "freeze_vision": [True, False]}
    train = {"model": str(model), "max_steps": 2, "save_every": 1}
    file = write(tmp_path, train=train, search=space, trials=6, block=3, pruner="hyperband")
    killed = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "tune", str(file), "--processes", str(processes)],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    settings = TuneConfig.resolve(file, {})

    def states() -> list[str]:
        if not (tmp_path / "out" / "study.sqlite3").exists():
            return []
        try:
            return [trial.state.name for trial in search.open_study(settings).trials]
        except TrainingError:  # its tables are being made
            return []

    until = time.monotonic() + PATIENCE
    while not {"COMPLETE", "RUNNING"} <= set(states()) and "PRUNED" not in states():
        assert killed.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(killed.pid, sent)  # as a terminal's Ctrl-C, all processes get it
    _, errors = killed.communicate()
    assert "Traceback" not in errors
    if sent == signal.SIGINT:
        assert killed.returncode == 130, errors
        assert errors.splitlines()[-1].startswith("Interrupted. The same command goes on;")
    before = states()
    assert "RUNNING" in before or processes == 1
    done = CliRunner().invoke(main, ["tune", str(file), "--json"])
    assert done.exit_code == 0, done.output
    after = states()
    assert after[: len(before)].count("COMPLETE") >= before.count("COMPLETE")
    assert "RUNNING" not in after
    assert "WAITING" not in after
    study = search.open_study(settings)
    counted = [trial for trial in study.trials if trial.state.name in ("COMPLETE", "PRUNED")]
    assert len(counted) == 6
    for trial in study.trials:  # what was under way is taken up with the same settings
        if trial.state.name == "FAIL" and trial.params:
            assert any(other.params == trial.params for other in counted)
    found = json.loads(done.stdout)
    assert found["low"] <= found["gain"] <= found["high"]
    assert found["questions"] == 12
    page = Path(found["report"]).read_text()
    assert all(text in page for text in ("learning_rate", "freeze_vision", found["command"], "data:image/png"))
    # The line repeats the best: it is a command with these settings.
    words = found["command"].split()[1:]
    parsed = main.get_command(main.make_context("x", words, resilient_parsing=True), "train")
    assert parsed is not None
    given = parsed.make_context("train", words[1:]).params
    assert given["learning_rate"] == pytest.approx(found["settings"]["learning_rate"])
    assert bool(given["freeze_vision"]) == found["settings"]["freeze_vision"]
    assert TrainConfig().learning_rate == 1e-5
