"""What cannot be trained, or cannot go on, ends with one sentence that says why."""

import errno
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from finetune_helpers import SIZE, Quiet, prepared, settings, tiny_model
from safetensors import SafetensorError

from bot.cli import main
from training.data.prepared import write_summary
from training.finetune.checkpoints import complete_checkpoints
from training.finetune.divergence import DivergenceDetector
from training.finetune.errors import TrainingError, explained
from training.finetune.features import FeatureStore, fill, fingerprint, make_room, picture_key
from training.finetune.inputs import read_inputs
from training.finetune.limits import check_memory
from training.finetune.loading import load_parts
from training.finetune.run import train


def refusal(*arguments: object) -> str:
    done = CliRunner().invoke(main, ["train", *map(str, arguments)])
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    errors = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1, done.output
    return errors[0]


def test_each_wrong_input_gives_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # where nobody answers
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    out = tmp_path / "out"
    with zipfile.ZipFile(tmp_path / "hollow.zip", "w") as archive:
        archive.write(model / "config.json", "config.json")
    flags = ("--device", "cpu", "--model")
    assert "needs remote code" in refusal(data, out, *flags, "microsoft/Florence-2-base")
    assert "cannot be fetched from the hub" in refusal(data, out, *flags, "florence-community/Florence-2-base")
    assert "holds no weights" in refusal(data, out, *flags, tmp_path / "hollow.zip")
    assert "There is no model at" in refusal(data, out, *flags, tmp_path / "none")
    assert "too large for this model" in refusal(data, out, *flags, model, "--picture-size", "512")
    assert "leave no room for a question" in refusal(data, out, *flags, model, "--picture-size", "256")
    assert "fp16 needs a GPU" in refusal(data, out, *flags, model, "--precision", "fp16")
    assert "There is no folder" in refusal(tmp_path / "nowhere", out, *flags, model)
    assert "epochs must be above 0; it is 0.0" in refusal(data, out, *flags, model, "--epochs", "0")
    other = json.loads((model / "config.json").read_text())
    for name, changed in (("gpt2", {"model_type": "gpt2"}), ("old", {"auto_map": {}})):
        folder = tmp_path / name
        folder.mkdir()
        for file in model.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / "config.json").write_text(json.dumps({**other, **changed}))
    assert "which cannot be trained; supported: blip, florence2" in refusal(data, out, *flags, tmp_path / "gpt2")
    assert "Microsoft's own format" in refusal(data, out, *flags, tmp_path / "old")


def test_data_prepared_for_another_model_are_named(tmp_path: Path) -> None:
    data, out = prepared(tmp_path / "data"), tmp_path / "out"
    write_summary(data, {"config": {"model": "builtin"}, "size": [64, 48]})
    assert refusal(data, out) == (
        f"Error: {data} was prepared for the model builtin, and without --model it is "
        "florence-community/Florence-2-base-ft that is trained: add --model builtin, or --model "
        "florence-community/Florence-2-base-ft where that is meant."
    )
    model = tiny_model(tmp_path / "model")
    remark = read_inputs(settings(model), data, out).remark
    assert remark.startswith(
        f"{data} was prepared for the model builtin: its pictures have 64 x 48 pixels, and {model}"
    )
    assert f"`vqabot data prepare --model {model}` makes them anew." in remark
    for same in ({"config": {"model": str(model)}, "size": [64, 48]}, {"config": {"model": "builtin"}, "size": SIZE}):
        write_summary(data, same)
        assert read_inputs(settings(model), data, out).remark == ""


def test_wrong_data_gives_one_sentence(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    flags = ("--device", "cpu", "--precision", "fp32", "--model", model, "--no-reference", "--save-every", "0")
    (data / "images" / "2.png").write_bytes(b"no picture")
    assert "2.png cannot be used: " in refusal(data, tmp_path / "a", *flags)
    (data / "images" / "2.png").unlink()
    assert "the picture images/2.png of question 6 is missing" in refusal(data, tmp_path / "b", *flags)
    line = json.loads((data / "train.jsonl").read_text().splitlines()[0])
    (data / "train.jsonl").write_text(json.dumps(line) + "\n" + json.dumps({**line, "question": "who is it"}))
    assert f"train.jsonl: question {line['question_id']} is there twice" in refusal(data, tmp_path / "c", *flags)
    (data / "train.jsonl").write_text(json.dumps({**line, "answers": line["answers"][1:]}))
    assert f"question {line['question_id']} has 9 answers instead of 10" in refusal(data, tmp_path / "c", *flags)
    (data / "train.jsonl").write_text(json.dumps({**line, "answer": None}))
    assert f"question {line['question_id']} has no answer" in refusal(data, tmp_path / "c", *flags)
    (data / "train.jsonl").write_text("")
    assert "train.jsonl holds no question" in refusal(data, tmp_path / "d", *flags)
    unjudged = prepared(tmp_path / "unjudged")
    (unjudged / "val.jsonl").unlink()
    assert "has no val.jsonl to judge by" in refusal(unjudged, tmp_path / "e", *flags)


def test_a_loss_that_is_no_number_ends_the_training_and_keeps_the_last_checkpoint(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data", 8), tmp_path / "out"
    config = settings(model, epochs=4, learning_rate=1e36, warmup_steps=4, save_every=1, eval_questions=0)
    with pytest.raises(
        TrainingError, match=r"no number.*Lower --learning-rate.*The last good checkpoint is"
    ) as stopped:
        train(config, data, out, Quiet())
    kept = complete_checkpoints(out / "checkpoints")
    assert str(kept[-1]) in str(stopped.value)
    from safetensors.torch import load_file

    assert all(value.isfinite().all() for value in load_file(kept[-1] / "model.safetensors").values())
    assert not (out / "model").exists()


def test_a_growing_loss_diverges_and_a_shaking_one_does_not() -> None:
    steady = DivergenceDetector(1e-6)
    for step in range(40):
        steady.check(2.0 + (step % 3) * 0.9, step)
    small = DivergenceDetector(1e-6)
    for step in range(40):
        small.check(0.01 * (step + 1), step)  # forty times the start, but still a small loss
    growing = DivergenceDetector(1e-3)
    with pytest.raises(TrainingError, match=r"diverges: 1.60 at the start, .* around step") as stopped:
        for step in range(40):
            growing.check(1.0 + 0.3 * step, step)
    assert "it is 0.001" in str(stopped.value)


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    out.mkdir()
    (out / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(TrainingError, match=r"The disk is full: .*out could not be written.*goes on"):
        train(settings(model), data, out, Quiet())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_known_from_what_safetensors_says(tmp_path: Path, number: int) -> None:
    with pytest.raises(TrainingError, match="The disk is full"), explained(settings(tmp_path), tmp_path):
        raise SafetensorError(f"Error while serializing: I/O error: {os.strerror(number)} (os error {number})")
    with pytest.raises(SafetensorError), explained(settings(tmp_path), tmp_path):
        raise SafetensorError("Error while serializing: I/O error: Input/output error (os error 5)")


def test_too_little_memory_says_what_to_change(tmp_path: Path) -> None:
    config = settings(tmp_path, batch_size=8, accumulate=2)
    sentence = r"--batch-size 4 --accumulate 4.*--precision bf16.*--freeze-vision"
    with pytest.raises(TrainingError, match=sentence), explained(config, tmp_path):
        torch.empty(2**50)
    frugal = settings(tmp_path, batch_size=1, gradient_checkpointing=True, precision="bf16", lora_rank=4)
    with pytest.raises(TrainingError) as stopped, explained(frugal, tmp_path):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    assert str(stopped.value).endswith("one after the other: a smaller --picture-size.")
    with pytest.raises(ZeroDivisionError), explained(config, tmp_path):
        _ = 1 / 0  # what is no lack of anything stays what it is
    parts = load_parts(settings(tiny_model(tmp_path / "model")), torch.device("cpu"))
    check_memory(parts, config, torch.device("cpu"))
    parts.model.giant = torch.nn.Parameter(torch.empty(2**40, device="meta"))
    with pytest.raises(TrainingError, match=r"need 12288.0 GB, and \d+\.\d GB are free"):
        check_memory(parts, config, torch.device("cpu"))


class Looks:
    """A tower that counts its pictures."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        self.seen += len(pixels)
        return pixels.float().mean((1, 2), keepdim=True)


def test_kept_features_survive_are_whole_and_bounded(tmp_path: Path) -> None:
    import numpy as np

    def picture(name: str) -> Any:
        return np.full((2, 2, 3), int(name), np.uint8)

    def store(bound: float = 1e9, tower: str = "a") -> FeatureStore:
        return FeatureStore(tmp_path, tower, (1, 1, 3), torch.float32, bound)

    look, keys = Looks(), {str(number): f"key{number}" for number in range(5)}
    fill(store(), {**keys, "6": "key3"}, picture, look, batch_size=2)  # the last has the content of another
    assert look.seen == 5
    assert store().get("key3").flatten().tolist() == [6.0] * 3
    fill(store(), keys, picture, look, batch_size=2)
    assert look.seen == 5
    store().path("key1").write_bytes(b"half")
    assert "key1" not in store()
    done: list[int] = []
    fill(store(), keys, picture, look, batch_size=2, progress=done.append)
    assert (look.seen, sum(done)) == (6, 5)
    assert store().get("key1").flatten().tolist() == [1.0] * 3
    # 3 floats a picture: 30 bytes hold two pictures of another tower, and its coming pushes the others out.
    other = store(30, "b")
    make_room(tmp_path, other, keys.values(), 30)
    fill(other, keys, picture, look, batch_size=8)
    assert [key in other for key in keys.values()] == [True, True, False, False, False]
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 30


def test_a_fingerprint_knows_weights_and_settings(tmp_path: Path) -> None:
    tower = torch.nn.Linear(2, 2)
    first = fingerprint(tower, (224, 224))
    assert fingerprint(tower, (224, 224)) == first
    assert fingerprint(tower, (384, 384)) != first
    with torch.no_grad():
        tower.weight[0, 0] += 1e-6
    assert fingerprint(tower, (224, 224)) != first
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"1")
    assert picture_key(tmp_path / "a") == picture_key(tmp_path / "b")


def test_what_is_wrong_is_said_before_anything_is_loaded(tmp_path: Path) -> None:
    """Data, model and folder are looked at first: not even torch is imported for that."""
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    raw, done = tmp_path / "raw", tmp_path / "done"
    raw.mkdir()
    (raw / "train.jsonl").write_text('{"image": "a.png", "question": "What?", "answer": "this"}\n')
    done.mkdir()
    (done / "result.json").write_text("{}")
    official = tmp_path / "official"
    official.mkdir()
    (official / "OpenEnded_abstract_v002_train2015_questions.json").write_text("{}")
    code = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None; "
        "from bot.cli import main; main(sys.argv[1:])"
    )
    for folder, out, name, sentence in (
        (tmp_path / "nowhere", tmp_path / "x", model, "There is no folder"),
        (raw, tmp_path / "x", model, "are not prepared yet: run `vqabot data prepare"),
        (official, tmp_path / "x", model, "are not prepared yet: run `vqabot data prepare"),
        (tmp_path, tmp_path / "x", model, "name a folder that `vqabot data prepare` wrote"),
        (data, done, model, "holds a finished training"),
        (data, raw / "train.jsonl", model, "is a file: name a folder for the training."),
        (data, tmp_path / "x", tmp_path / "none", "There is no model at"),
    ):
        command = [sys.executable, "-c", code, "train", str(folder), str(out), "--model", str(name)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.returncode == 1, ended.stderr
        [line] = ended.stderr.splitlines()
        assert line.startswith("Error: ")
        assert sentence in line
