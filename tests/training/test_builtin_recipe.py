"""The built-in model's training: resumable after kill -9, shared by processes, and judged on the way."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from training.builtin import architecture
from training.builtin.architecture import load_tokenizer
from training.builtin.judging import accuracy_by_set
from training.builtin.recipe import Recipe, _Shares, train

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = {"dense_steps": 2, "question_steps": 2, "dense_batch": 2, "batch": 4, "per_picture": 2, "per_pair": 1}
PROGRAM = """
import json, sys
from pathlib import Path
from training.builtin.recipe import Recipe, _Shares, train
if __name__ == "__main__":
    train(Recipe(**json.loads(sys.argv[2])), Path(sys.argv[1]), print)
"""


def start(tmp_path: Path, folder: Path, **settings: float) -> "subprocess.Popen[bytes]":
    """A training in a process of its own, from a file, since its children import the main module again."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    return subprocess.Popen([sys.executable, str(program), str(folder), json.dumps({**SMALL, **settings})])


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model" / "model.safetensors")


@pytest.mark.long
def test_a_training_that_was_killed_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = start(tmp_path, killed, processes=1, checkpoint_minutes=0)
    while not (killed / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (killed / "model").exists()
    threads = torch.get_num_threads()
    for folder in (whole, killed):
        train(Recipe(processes=1, **SMALL), folder, print)  # type: ignore[arg-type]
    assert torch.get_num_threads() == threads
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(killed)[name]), name


def test_two_processes_share_a_batch_in_which_one_alone_learns_of_changes(tmp_path: Path) -> None:
    settings = {"seed": 7, "dense_steps": 0, "question_steps": 1, "batch": 4, "processes": 2}
    recipe = Recipe(**{**SMALL, **settings})  # type: ignore[arg-type]
    located = [bool((_Shares(recipe, rank)[0]["change_located"] > 0).any()) for rank in range(2)]  # type: ignore[operator]
    assert sorted(located) == [False, True], "the scenes are others now: find a seed of which this is true"
    assert start(tmp_path, tmp_path / "two", **settings).wait(600) == 0
    assert all(torch.isfinite(value).all() for value in weights(tmp_path / "two").values())
    assert json.loads((tmp_path / "two" / "recipe.json").read_text())["processes"] == 2


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    folder = tmp_path / "orphans"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a shell's background, where torch's own way fails
    try:
        process = start(tmp_path, folder, processes=2, question_steps=5000, checkpoint_minutes=0)
    finally:
        signal.signal(signal.SIGINT, before)
    while not (folder / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) >= 2
    process.kill()
    process.wait()
    ends = time.monotonic() + 120
    while running := [child for child in children if _runs(child)]:
        assert time.monotonic() < ends, running
        time.sleep(0.1)


def _runs(process: str) -> bool:
    try:
        return "(" in (stat := Path(f"/proc/{process}/stat").read_text()) and stat.rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_checkpoint_of_another_seed_and_a_batch_that_cannot_be_shared_are_refused(tmp_path: Path) -> None:
    torch.save({"seed": 5}, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="belongs to seed 5, not to seed 0"):
        train(Recipe(processes=1, **SMALL), tmp_path, print)
    torch.save({"seed": 0, "model": {}, "optimizer": {"state": {}}}, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="of an earlier version, which had another optimizer"):
        train(Recipe(processes=1, **SMALL), tmp_path, print)
    with pytest.raises(ValueError, match="cannot be shared by 5"):
        train(Recipe(processes=5), tmp_path, print)


def test_the_rates_rise_in_each_phase_and_fall_to_nothing_at_the_end() -> None:
    recipe = Recipe(dense_steps=100, question_steps=100, warmup=10, learning_rate=1.0)
    rates = [recipe.rates(step) for step in (0, 9, 99, 100, 150, 175, 199)]
    assert [adamw for adamw, _ in rates] == pytest.approx([0.1, 1, 1, 0.06, 0.6, 0.3, 0.012])
    assert [muon for _, muon in rates] == pytest.approx([0.4, 4, 4, 0.08, 0.8, 0.4, 0.016])


def test_it_is_judged_by_kind_of_question_and_by_drawings_of_other_code() -> None:
    figures = accuracy_by_set(architecture.build_model(len(load_tokenizer())), load_tokenizer(), samples=3)
    assert {"plain", "styles", "typed", "pairs plain", "other hand plain", "other hand typed"} <= set(figures)
    assert any(name.startswith("kind changed: ") for name in figures)
    assert all(0 <= value <= 1 for value in figures.values())
