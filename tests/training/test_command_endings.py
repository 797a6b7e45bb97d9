"""How commands begin and end: checked first, said what is done, and in words also when they are interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from finetune_helpers import prepared

from bot.cli import COMMANDS, main
from bot.commands.errors import Interrupted, Unexpected, in_words, needs
from bot.commands.terminal import Pace, Terminal
from training.scenes.official import Plan, write_scenes

WITHOUT_TORCH = """
import json, sys
sys.modules["torch"] = sys.modules["transformers"] = None
from click.testing import CliRunner
from bot.cli import main
done = [CliRunner().invoke(main, words) for words in json.load(sys.stdin)]
json.dump([(one.exit_code, one.stderr) for one in done], sys.stdout)
"""


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("endings") / "scenes"
    write_scenes(folder, Plan("endings", {"train": 2, "val": 60, "test": 2}), lambda _: None, workers=1)
    return folder


def ended(*commands: tuple[object, ...]) -> list[tuple[int, str]]:
    """Exit code and stderr of commands on a machine without torch, one after the other in one process."""
    words = json.dumps([[str(word) for word in command] for command in commands])
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH], input=words, capture_output=True, text=True, check=True
    )
    found = [(int(code), str(errors)) for code, errors in json.loads(done.stdout)]
    assert not any("Traceback" in errors for _, errors in found)
    return found


def test_what_is_wrong_is_said_before_a_model_is_loaded(scenes: Path, tmp_path: Path) -> None:
    run, own, ready = tmp_path / "run", tmp_path / "own", prepared(tmp_path / "prepared")
    (run / "model").mkdir(parents=True)
    (run / "model" / "config.json").write_text("{}")
    own.mkdir()
    (own / "train.jsonl").write_text('{"image": "a.png", "question": "why", "answer": "so"}\n')
    wrong = (
        (("calibrate", scenes), "180 questions are too few: 100 are needed to fit on, and as many to judge by."),
        (("calibrate", scenes, "--model", tmp_path / "none"), "180 questions are too few"),
        (("calibrate", scenes, "--limit", "1"), "1 question is too few: 100 are needed"),
        (("evaluate", scenes, "--model", tmp_path / "none"), "There is no model at"),
        (("evaluate", scenes, "--split", "test"), "has no answers to judge by"),
        (("evaluate", scenes, "--compare", tmp_path), "name a folder that `vqabot evaluate --report` wrote"),
        (("predict", scenes, tmp_path / "x.json", "--model", tmp_path / "none"), "There is no model at"),
        (("package", tmp_path / "none", tmp_path / "x.zip"), "There is no model at"),
        (("predict", scenes, tmp_path / "no" / "x.json"), f"there is no folder {tmp_path / 'no'}."),
        (("package", "builtin", tmp_path / "no" / "x.zip"), f"there is no folder {tmp_path / 'no'}."),
        (("package", run, tmp_path / "x.zip"), f"config.json is missing. Is {run / 'model'} meant?"),
        (("evaluate", tmp_path / "none"), "There is no file or folder"),
        (("evaluate", tmp_path), ": none of train, val, test has an official file such as"),
        (("evaluate", scenes, "--split", "judging"), "`vqabot data prepare --divide-val` makes one of its val"),
        (("evaluate", own), "own has no val split: there is neither OpenEnded_abstract_v002_val2015_questions.json"),
        (("evaluate", own), "It has train."),
        (("calibrate", ready, "--split", "calibration"), "With --divide-val it makes one of val."),
        (("scenes", "/proc/none"), "/proc/none cannot be written"),
    )
    for (_, sentence), (code, errors) in zip(wrong, ended(*(command for command, _ in wrong)), strict=True):
        assert code == 1, errors
        [line] = [line for line in errors.splitlines() if line != "Drawing"]
        assert line.startswith("Error: ")
        assert sentence in line


def test_what_goes_on_a_card_is_looked_at_before_the_model_answers(tmp_path: Path) -> None:
    flags = ("--report", "--training")
    for code, errors in ended(*(("package", "builtin", tmp_path / "x.zip", flag, tmp_path) for flag in flags)):
        assert code == 1
        assert "cannot be read: " in errors


def test_where_a_package_is_missing_it_is_named(scenes: Path) -> None:
    [(code, errors)] = ended(("evaluate", scenes))
    assert code == 1
    assert errors.splitlines()[0] == "Loading the model builtin ..."
    assert "the package torch, which is not installed: in the project's folder run pip install '.[inference]'" in errors


@pytest.mark.parametrize("name", ["evaluate", "ask"])
def test_an_interrupt_while_a_model_is_loaded_is_no_error(scenes: Path, name: str) -> None:
    """Also there Ctrl-C has its own word and its own exit code, not a bare "Aborted!"."""
    picture = next(scenes.rglob("*.png"))
    arguments = [str(scenes)] if name == "evaluate" else [str(picture), "what is this"]
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", name, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "Loading the model builtin ...\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert errors.strip().splitlines()[-1].startswith("Interrupted.")
    assert "Error" not in errors
    assert "Aborted" not in errors
    assert "Traceback" not in errors


def test_an_interrupt_inside_code_run_from_a_string_ends_with_the_same_code(tmp_path: Path) -> None:
    """`python -m` would end by the signal itself then: seen while torch was imported."""
    program = """
import click, bot.cli
command = click.Command("busy", callback=lambda: exec("raise KeyboardInterrupt"))
type(bot.cli.main).get_command = lambda *_: command
bot.cli.main(["busy"])
"""
    (tmp_path / "busy.py").write_text(program)
    done = subprocess.run([sys.executable, "-m", "busy"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_a_command_that_says_nothing_of_interrupts_ends_in_words_too(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def busy() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        signal.pause()

    monkeypatch.setattr(type(main), "get_command", lambda *_: busy)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    try:
        done = CliRunner().invoke(main, ["busy"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert (done.exit_code, done.output) == (130, "Interrupted.\n")


def test_what_a_lazy_library_hides_behind_a_missing_module_is_said() -> None:
    def hidden(behind: BaseException) -> ModuleNotFoundError:
        error = ModuleNotFoundError("Could not import module 'Florence2'. Are its requirements defined correctly?")
        error.__cause__ = RuntimeError("in between")
        error.__cause__.__context__ = behind
        return error

    assert isinstance(needs("training", hidden(KeyboardInterrupt())), Interrupted)
    assert isinstance(needs("training", hidden(ImportError("no shared object"))), Unexpected)
    named = needs("training", hidden(ModuleNotFoundError("none", name="peft")))
    assert "the package peft, which is not installed" in named.message


def test_a_mistake_of_the_program_is_written_down_and_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

    @click.command()
    def broken() -> None:
        raise ValueError(f"https://api/bot{token}/getMe")

    monkeypatch.setattr(type(main), "get_command", lambda *_: broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = CliRunner().invoke(main, ["broken"])
    [details] = tmp_path.iterdir()
    assert done.exit_code == 1
    [line] = done.output.splitlines()
    assert line.startswith("Error: This should not have happened: it is a mistake in vqabot.")
    assert f"The details are in {details}. Please report it" in line
    written = details.read_text()
    assert "Traceback" in written
    assert "ValueError: https://api/bot<token>/getMe" in written
    assert details.stat().st_mode & 0o077 == 0, "what it holds is nobody else's business"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert "could not be written to any file" in CliRunner().invoke(main, ["broken"]).output


def test_files_that_cannot_be_used_are_named_in_words(tmp_path: Path) -> None:
    data, blocked = prepared(tmp_path / "data"), tmp_path / "file"
    blocked.write_text("in the way")
    done = CliRunner().invoke(main, ["train", str(data), str(blocked / "out"), "--model", "builtin"])
    assert done.exit_code == 1
    assert f"Error: {blocked / 'out'} cannot be written: no file can be made in {blocked}." in done.output
    with pytest.raises(click.ClickException, match=r"a\.txt cannot be used: No such file"), in_words():
        Path("/nowhere/a.txt").read_text()
    with pytest.raises(ZeroDivisionError), in_words():
        _ = 1 / 0  # a mistake of the program is no message for people


def test_no_example_breaks_when_it_is_copied() -> None:
    found = 0
    for name in COMMANDS:
        group = main.get_command(click.Context(main), name)
        assert group is not None
        for words in [[name], *([name, each] for each in getattr(group, "commands", {}))]:
            done = CliRunner().invoke(main, [*words, "--help"], terminal_width=60)
            examples = [line.strip() for line in done.output.splitlines() if "Example:" in line]
            for example in examples:
                found += 1
                assert f"{main.name or 'vqabot'}".replace("main", "vqabot") in example
            command = group if len(words) == 1 else group.commands[words[1]]  # type: ignore[attr-defined]
            assert "...\n" not in done.output.partition("\nCommands:")[2], "no sentence is cut"
            for line in (command.epilog or "").replace("\b\n", "").splitlines():
                assert line in done.output, "not wrapped, whatever the width"
    assert found > 15


def test_the_time_left_does_not_follow_the_first_step() -> None:
    now = [0.0]
    pace = Pace(100, lambda: now[0])
    assert pace.left() is None
    now[0] = 40.0  # loading and warming up
    pace.update(1)
    assert str(pace) == "", "one step says nothing yet"
    for step in range(2, 12):
        now[0] = 40.0 + step - 1
        pace.update(1)
    assert pace.left() == pytest.approx(89), "a second a step, not five"
    assert str(pace) == "1:29 left"
    for _ in range(40):  # slower from now on
        now[0] += 4
        pace.update(1)
    assert pace.left() == pytest.approx(49 * 4, rel=0.05)


def test_what_was_done_before_is_no_pace() -> None:
    now = [0.0]
    pace = Pace(10_000, lambda: now[0])
    pace.update(9000)  # of an interrupted run
    now[0] = 10.0
    pace.update(10)
    assert pace.left() == pytest.approx(990)
    assert str(Pace(3, lambda: 0.0)) == ""


def test_a_bar_can_be_named_anew_and_takes_steps(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal().bar(3, "Looking") as bar:
        assert bar.label == "Looking"
        bar.label = "Step 1"
        bar.update(2)
        bar.update(1)
    assert "Looking" in capsys.readouterr().err


def test_wrong_settings_are_told_in_this_projects_words(tmp_path: Path) -> None:
    data = prepared(tmp_path / "data")
    for flags, sentence in (
        (["--picture-size", "big"], "picture_size must be auto, a side such as 224, or WIDTHxHEIGHT such as 320x192"),
        (["--epochs", "0"], "epochs must be above 0; it is 0.0"),
        (["--lora-dropout", "1"], "lora_dropout must be below 1; it is 1.0"),
    ):
        done = CliRunner().invoke(main, ["train", str(data), str(tmp_path / "out"), *flags])
        assert done.exit_code == 1
        assert sentence in done.output
    assert not (tmp_path / "out").exists()


def test_ask_says_the_percent_of_the_chat(tmp_path: Path) -> None:
    from bot.texts.sureness import sureness

    picture = Path(__file__).parents[2] / "bot" / "example.png"
    question = "What color is the ball?"
    told = CliRunner().invoke(main, ["ask", str(picture), question]).stdout
    exact = json.loads(CliRunner().invoke(main, ["ask", str(picture), question, "--json"]).stdout)
    assert f"({sureness(exact['confidence'], familiar=exact['known_picture'] and exact['known_words'])}," in told
    assert "100" not in told
