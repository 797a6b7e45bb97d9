"""Where commands write: nobody else's files are overwritten, two never write the same, what cannot be written is said
before the work, and options that would do nothing are refused."""

from __future__ import annotations

import errno
import json
import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from finetune_helpers import prepared
from PIL import Image

from bot.cli import main
from bot.errors import AddressError
from model.loading import builtin_path
from training.builtin.recipe import Recipe
from training.errors import DataError
from training.locks import only_writer


def said(*words: object) -> tuple[int, str]:
    """Exit code and output of a command."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Data of a person's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    Image.new("RGB", (40, 30), "red").save(folder / "a.png")
    (folder / "train.jsonl").write_text(json.dumps({"image": "a.png", "question": "what is it", "answer": "red"}))
    return folder


@pytest.mark.parametrize("name", ["test.jsonl", "problems.jsonl", "images/mine.png", "config.yaml"])
def test_data_are_not_prepared_over_other_files(own: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    file = out / name
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    code, output = said("data", "prepare", own, out)
    assert (code, output.splitlines()[-1]) == (
        1,
        f"Error: {out} is not empty. Choose another folder, or remove it first.",
    )
    assert [each for each in out.rglob("*") if each.is_file()] == [file]
    assert file.read_text() == "mine"


def test_data_are_prepared_where_they_were_before(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "lost+found").mkdir(parents=True)
    assert said("data", "prepare", own, out)[0] == 0
    (out / "notes.txt").write_text("mine")
    assert said("data", "prepare", own, out)[0] == 0
    assert (out / "notes.txt").is_file()


COMPARISON = "data: {data}\nmodels:\n  ours:\n    model: builtin\n"


@pytest.mark.parametrize("name", ["train", "predict", "builtin", "compare", "data prepare"])
def test_two_commands_do_not_write_the_same(own: Path, tmp_path: Path, name: str) -> None:
    data, out = prepared(tmp_path / "data"), tmp_path / "out"
    (tmp_path / "compare.yaml").write_text(COMPARISON.format(data=data))
    words: dict[str, tuple[object, ...]] = {
        "train": (data, out, "--model", "builtin"),
        "predict": (data, out, "--split", "val"),
        "builtin": (out,),
        "compare": (tmp_path / "compare.yaml", out),
        "data prepare": (own, out),
    }
    with FileLock(tmp_path / "out.lock"):
        code, output = said(*name.split(), *words[name])
    assert code == 1
    assert output.splitlines()[-1] == f"Error: Another process is writing {out}."
    assert not out.exists()


def test_two_commands_do_not_calibrate_the_same_model(tmp_path: Path) -> None:
    data, model = prepared(tmp_path / "data"), shutil.copytree(builtin_path(), tmp_path / "model")
    before = {file: file.read_bytes() for file in model.iterdir()}
    with FileLock(tmp_path / "model.lock"):
        code, output = said("calibrate", data, "--model", model)
        assert (code, output.splitlines()[-1]) == (1, f"Error: Another process is writing {model}.")
        _, elsewhere = said("calibrate", data, "--model", model, "--no-store")
    assert "Another process" not in elsewhere, "what is not stored is in nobody's way"
    assert {file: file.read_bytes() for file in model.iterdir()} == before


def test_a_lock_is_gone_after_the_work_and_after_an_error(tmp_path: Path) -> None:
    twice = (only_writer(tmp_path / "out"), pytest.raises(DataError, match="Another process is writing"))
    with twice[0], twice[1], only_writer(tmp_path / "out"):
        raise AssertionError
    with pytest.raises(ValueError, match="broken"), only_writer(tmp_path / "out"):
        raise ValueError("broken")
    assert not list(tmp_path.iterdir())


def test_a_report_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    data = prepared(tmp_path / "data")
    (tmp_path / "file").write_text("in the way")
    code, output = said("evaluate", data, "--report", tmp_path / "file" / "report")
    assert code == 1
    assert output == f"Error: {tmp_path / 'file' / 'report'} cannot be used: Not a directory.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("package builtin x.zip --public", "--public does nothing without --push."),
        ("train data out --lora-alpha 7", "--lora-alpha does nothing without --lora-rank."),
        ("train data out --lora-dropout 0.1", "--lora-dropout does nothing without --lora-rank."),
        ("train data out --feature-cache x", "--feature-cache does nothing without --freeze-vision or --lora-rank."),
        (
            "scenes out --judging --train 5",
            "--judging goes with --val and --seed alone: other code draws its pictures.",
        ),
        ("scenes out --judging --wide", "--judging goes with --val and --seed alone: other code draws its pictures."),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    words: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output = said(*words.split())
    assert code != 0
    assert output.splitlines()[-1] == f"Error: {sentence}"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("rate", ["-1", "0", "nan"])
def test_a_learning_rate_that_teaches_nothing_is_refused_at_once(tmp_path: Path, rate: str) -> None:
    code, output = said("builtin", tmp_path / "out", "--learning-rate", rate)
    assert (code, output.splitlines()[-1]) == (1, f"Error: learning_rate must be above 0; it is {float(rate)}")
    with pytest.raises(ValueError, match="question_rate must be above 0"):
        Recipe(question_rate=-0.2)
    with pytest.raises(ValueError, match="muon_rate must be above 0; it is -4"):
        Recipe(muon_rate=-4)


def test_exit_codes_tell_a_wrong_setting_from_what_may_pass() -> None:
    code, output = said("worker", "--broker", "foo")
    assert (code, output) == (2, "Error: --broker has no scheme://. Give an address such as redis://host:6379.\n")
    code, output = said("demo", "--once", "--port", "0", "--data-dir", "/proc/x")
    assert (code, output.splitlines()[-1][:42]) == (2, "Error: The data folder /proc/x cannot be u")
    taken = AddressError.of("No", OSError(errno.EADDRINUSE, "taken"))
    unknown = AddressError.of("No", socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    assert not isinstance(taken, AddressError)
    assert isinstance(unknown, AddressError)
    assert str(unknown) == "No: Name or service not known."
