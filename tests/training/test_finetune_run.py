"""`vqabot train` from start to end: what it leaves behind, going on after kill -9, adapters, stopping early."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from finetune_helpers import Quiet, prepared, settings, tiny_model
from PIL import Image
from run_helpers import differing, losses, weights

from bot.cli import main
from model.answerer import Answerer
from model.confidence.calibration import Calibration
from model.profile import Profile
from model.types import Request
from training.finetune.checkpoints import complete_checkpoints
from training.finetune.run import train

PROGRAM = """
import json, sys
from pathlib import Path
from finetune_helpers import Quiet
from training.finetune.config import TrainConfig
from training.finetune.run import train
if __name__ == "__main__":
    train(TrainConfig(**json.loads(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]), Quiet())
"""
HELPERS = os.pathsep.join(str(folder) for folder in (Path(__file__).parent, Path(__file__).parents[1]))
"""For that program: where `finetune_helpers` and what it imports lie."""


def test_the_command_leaves_a_model_that_answers_and_a_record(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    flags = f"--model {model} --batch-size 4 --epochs 2 --learning-rate 0.001 --precision fp32 --log-every 1".split()
    done = CliRunner().invoke(main, ["train", str(data), str(out), *flags])
    assert done.exit_code == 0, done.output
    assert "12 questions about 4 pictures of 96x64" in done.output
    assert "before training: loss on val" in done.output
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "eval_official" in line] == [0, 3, 6]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert len(losses) == 6
    assert losses[-1] < losses[0]
    with Image.open(out / "plots" / "training.png") as plot:
        assert plot.width > 500
    assert list((out / "tensorboard").glob("events.*"))
    result = json.loads((out / "result.json").read_text())
    scores = {line["step"]: line["eval_official"] for line in lines if "eval_official" in line}
    assert result["best_official"] == pytest.approx(max(scores.values()), abs=0.01)
    assert result["reference_official"] == pytest.approx(scores[0], abs=0.01)
    assert result["steps"] == 6
    # The weights are those of the best evaluation.
    assert not differing(out / "model", out / "checkpoints" / "best")
    answerer = Answerer.load(str(out / "model"))
    picture = (data / "images" / "0.png").read_bytes()
    assert answerer.answer([Request("1", picture, "is there a dog")])[0].error is None
    again = CliRunner().invoke(main, ["train", str(data), str(out), *flags])
    assert again.exit_code == 1
    assert "holds a finished training" in again.output


def test_a_training_killed_in_its_second_epoch_ends_with_the_same_weights(tmp_path: Path) -> None:
    """Dropout and drop-path are on: random numbers, the order of the data, AdamW and the schedule go on as well."""
    model = tiny_model(tmp_path / "model", dropout=0.2, drop_path=0.2)
    data = prepared(tmp_path / "data", pictures=7)
    config = settings(model, epochs=3, accumulate=2, save_every=1, reference=False, evaluate_every=2)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train(config, data, whole, Quiet())  # 21 questions in batches of 4, two a step: 3 steps an epoch
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    process = subprocess.Popen(
        [sys.executable, str(program), config.model_dump_json(), str(data), str(killed)],
        env={**os.environ, "PYTHONPATH": HELPERS},
    )
    while not (killed / "checkpoints" / "checkpoint-5" / "complete").exists():
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (killed / "result.json").exists()
    half = killed / "checkpoints" / "checkpoint-99"  # as a kill in the middle of saving leaves it
    half.mkdir()
    console = Quiet()
    train(config, data, killed, console)
    assert any("Going on from" in line for line in console.said)
    assert not half.exists()
    last = [complete_checkpoints(folder / "checkpoints")[-1] for folder in (whole, killed)]
    assert last[0].name == last[1].name == "checkpoint-9"
    assert not differing(*last)
    assert not differing(whole / "model", killed / "model")

    def steps(folder: Path) -> list[dict[str, float]]:
        lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        return [{key: line.get(key) for key in ("step", "loss", "eval_official", "eval_loss")} for line in lines]

    assert steps(whole) == steps(killed)


def test_with_a_frozen_tower_only_the_rest_changes_whether_features_are_kept_or_not(tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "model", dropout=0.1, drop_path=0.3)
    data = prepared(tmp_path / "data")
    frozen = {"freeze_vision": True, "epochs": 2, "eval_questions": 0}
    kept, looked, part = (tmp_path / name for name in ("kept", "looked", "part"))
    train(settings(model, **frozen), data, kept, Quiet())
    train(settings(model, **frozen, feature_cache_gb=0), data, looked, Quiet())
    console = Quiet()
    one_picture = 32 * 2 * 3 * 4 * 1.5 / 2**30
    train(settings(model, **frozen, feature_cache_gb=one_picture), data, part, console)
    assert any("hold the features of 1 of 4 pictures" in line for line in console.said)
    for folder, files in ((kept, 4), (looked, 0), (part, 1)):
        assert sum(path.is_file() for path in (folder / "features").rglob("*")) == files
        changed = differing(model, folder / "model")
        assert not any("vision_tower" in name for name in changed)
        assert any("multi_modal_projector" in name for name in changed)
        assert any("language_model.encoder" in name for name in changed)
    assert losses(kept) == pytest.approx(losses(looked), abs=1e-4)
    assert losses(kept) == pytest.approx(losses(part), abs=1e-4)
    assert len(losses(kept)) == 6
    free = tmp_path / "free"
    train(settings(model, eval_questions=0), data, free, Quiet())
    assert any("vision_tower" in name for name in differing(model, free / "model"))


def test_judging_changes_nothing_of_the_training(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model", dropout=0.1, drop_path=0.1), prepared(tmp_path / "data")
    train(settings(model, precision="bf16", eval_questions=0), data, tmp_path / "alone", Quiet())
    train(settings(model, precision="bf16", evaluate_every=1), data, tmp_path / "judged", Quiet())
    assert losses(tmp_path / "alone") == losses(tmp_path / "judged")


def test_adapters_are_merged_into_the_text_side(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    train(settings(model, lora_rank=4, epochs=2, save_every=2, eval_questions=0), data, out, Quiet())
    changed = differing(model, out / "model")
    parts = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
    assert changed
    assert all("language_model" in name and any(f".{part}." in name for part in parts) for name in changed)
    checkpoint = complete_checkpoints(out / "checkpoints")[-1]
    assert (checkpoint / "adapter_model.safetensors").exists()
    assert not (checkpoint / "model.safetensors").exists()
    picture = (data / "images" / "0.png").read_bytes()
    answer = Answerer.load(str(out / "model")).answer([Request("1", picture, "is there a dog")])[0]
    assert answer.error is None


def test_two_processes_make_the_steps_of_one_with_batches_twice_as_large(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    config = {"evaluate_every": 1, "freeze_vision": True, "learning_rate": 1e-4}
    train(settings(model, batch_size=4, **config), data, tmp_path / "one", Quiet())
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "0"]
    two = settings(model, batch_size=2, **config).model_dump_json()
    done = subprocess.run(
        [*launch, "--standalone", str(program), two, str(data), str(tmp_path / "two")],
        env={**os.environ, "PYTHONPATH": HELPERS, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    one, other = (
        weights(tmp_path / "one" / "checkpoints" / "checkpoint-3"),
        weights(tmp_path / "two" / "checkpoints" / "checkpoint-3"),
    )
    before = weights(model)
    for name, value in one.items():
        if name.endswith("k_proj.bias"):  # no softmax depends on it: its gradient is noise, which AdamW makes large
            continue
        moved = (value - before[name]).abs().max()
        assert torch.allclose(value, other[name], atol=max(1e-6, 0.05 * float(moved))), name
    assert losses(tmp_path / "one") == pytest.approx(losses(tmp_path / "two"), abs=1e-4)
    scores = [
        [json.loads(line).get("eval_official") for line in (tmp_path / name / "log.jsonl").read_text().splitlines()]
        for name in ("one", "two")
    ]
    assert scores[0] == scores[1]


def test_what_is_called_best_is_a_model_everywhere_at_any_moment(tmp_path: Path) -> None:
    """Killed by a time limit of the machine, a training leaves the best model so far, ready to be used."""
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data", pictures=7), tmp_path / "out"
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    config = settings(model, epochs=200, lora_rank=2, save_every=5, evaluate_every=5).model_dump_json()
    process = subprocess.Popen(
        [sys.executable, str(program), config, str(data), str(out)],
        env={**os.environ, "PYTHONPATH": HELPERS},
    )
    while not (out / "checkpoints" / "checkpoint-10" / "complete").exists():
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    best = out / "checkpoints" / "best"
    picture = data / "images" / "0.png"
    asked = CliRunner().invoke(main, ["ask", str(picture), "is there a dog", "--model", str(best)])
    assert asked.exit_code == 0, asked.output
    packed = CliRunner().invoke(main, ["package", str(best), str(tmp_path / "best.zip"), "--training", str(out)])
    assert packed.exit_code == 0, packed.output
    # The same command with a smaller --max-steps ends it here: judged, with its model and its record.
    smaller = settings(model, epochs=200, lora_rank=2, save_every=5, evaluate_every=5, max_steps=3)
    result = train(smaller, data, out, Quiet())
    assert result.steps >= 10
    assert result.finished
    assert result.best_official is not None
    assert Answerer.load(str(out / "model")).answer([Request("1", picture.read_bytes(), "is there a dog")])[0].text


def test_another_picture_size_is_said_with_what_it_costs(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    console = Quiet()
    train(settings(model, max_steps=1), data, tmp_path / "own", console)
    assert not any("size" in line for line in console.said)
    (data / "prepare.json").write_text('{"size": [64, 64]}')
    train(settings(model, max_steps=1), data, tmp_path / "prepared", console)
    assert any("of 96x64, " in line for line in console.said), "the model's own size is the default"
    assert any("prepared pictures have 64x64 and the model looks at 96x64" in line for line in console.said)
    other = Quiet()
    train(settings(model, max_steps=1, picture_size="64"), data, tmp_path / "other", other)
    told = " ".join(other.said)
    assert "64x64 is not the model's own picture size, 96x64: a picture takes 5 places instead of 7" in told
    assert "Before the first step it answers" in told
    assert "at its own size" in told
    first = next(place for place, line in enumerate(other.said) if "before training" in line)
    assert next(place for place, line in enumerate(other.said) if "is not the model's own" in line) < first


def test_long_answers_are_waited_for(tmp_path: Path) -> None:
    from training.data.prepared import Example
    from training.finetune.data import Collator
    from training.finetune.loading import load_parts
    from training.finetune.validation import Validator

    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    parts = load_parts(settings(model), torch.device("cpu"))
    collator = Collator(data, parts.model)
    said = " ".join(["red"] * 30)
    rows = [Example("images/0.png", "what is it", 1, 0, said, (said,) * 10)]
    assert Validator(rows, collator, 1).new_tokens == 32, "thirty words with start and end"
    assert Validator([Example("images/0.png", "what is it", 1, 0, "red")], collator, 1).new_tokens == 20


def test_what_was_found_out_about_other_weights_is_left_out(tmp_path: Path) -> None:
    from training.finetune.loading import load_parts

    model = tiny_model(tmp_path / "model")
    before = Profile.read(model)
    replace(before, calibration=Calibration(2.0, 2.0, 1.0), int8_loss=0.1, untaught=("name",)).write(model)
    assert load_parts(settings(model), torch.device("cpu")).model.profile == before
