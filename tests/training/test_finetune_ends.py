"""When a fine-tuning ends: no better any more, a number of steps, a limit of minutes; and when it does not go on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from finetune_helpers import Quiet, prepared, settings, tiny_model
from run_helpers import differing, losses

from training.finetune.checkpoints import complete_checkpoints
from training.finetune.run import train


def test_it_stops_when_it_gets_no_better(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    config = settings(model, epochs=50, learning_rate=1e-30, evaluate_every=1, early_stopping=2, log_every=9)
    result = train(config, data, out, Quiet())
    assert result.steps == 2
    assert result.seconds_per_step is not None, "known also without a line of the log"
    assert result.best_step == 0
    assert not differing(model, out / "model")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"batch_size": 2}, "batch_size was 4 and is 2"),
        ({"learning_rate": 0.5, "seed": 3}, "learning_rate was 0.001 and is 0.5, seed was 0 and is 3"),
    ],
)
def test_other_settings_do_not_go_on(tmp_path: Path, changed: dict[str, float], named: str) -> None:
    from training.config import ConfigError

    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    train(settings(model, save_every=1, eval_questions=0), data, out, Quiet())
    (out / "result.json").unlink()
    with pytest.raises(ConfigError, match=named):
        train(settings(model, save_every=1, eval_questions=0, **changed), data, out, Quiet())
    with pytest.raises(ConfigError, match="other questions"):
        train(settings(model, save_every=1, eval_questions=0), prepared(tmp_path / "more", 5), out, Quiet())
    # What changes no weight may change.
    train(settings(model, save_every=3, eval_questions=0, log_every=2), data, out, Quiet())


def test_a_smaller_number_of_steps_ends_it_there_on_its_own_schedule(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    config = {"epochs": 4, "save_every": 2, "eval_questions": 0, "keep_checkpoints": 9}
    whole, part = tmp_path / "whole", tmp_path / "part"
    train(settings(model, **config), data, whole, Quiet())  # 12 steps
    shutil.copytree(whole, part)
    (part / "result.json").unlink()
    for late in complete_checkpoints(part / "checkpoints")[1:]:
        shutil.rmtree(late)
    result = train(settings(model, **config, max_steps=6), data, part, Quiet())
    assert (result.steps, result.finished) == (6, True)
    name = Path("checkpoints") / "checkpoint-6"
    assert not differing(whole / name, part / name), "the learning rate falls as it would have"


def test_a_limit_of_minutes_ends_well_and_goes_on(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    config = settings(model, epochs=3)
    limited = train(settings(model, epochs=3, max_minutes=1e-9), data, out, Quiet())
    assert limited.steps == 1, "the time was over at once, which is seen after a step"
    assert not limited.finished
    assert limited.best_official is not None
    assert (out / "model" / "processor_config.json").exists()
    assert (out / "plots" / "training.png").exists()
    gone_on = train(config, data, out, Quiet())
    assert (gone_on.steps, gone_on.finished) == (9, True)
    whole = tmp_path / "whole"
    train(config, data, whole, Quiet())
    assert losses(out) == losses(whole)
    last = [complete_checkpoints(folder / "checkpoints")[-1] for folder in (out, whole)]
    assert not differing(*last)
