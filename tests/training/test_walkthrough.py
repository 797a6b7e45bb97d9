"""`vqabot walkthrough`: the commands one after the other, what they wrote, and a page; it goes on after any end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import main
from training import walkthrough as way

SMALL = ("--train", "8", "--val", "75", "--epochs", "1")
"""75 pictures with 8 questions each are the fewest whose third can be calibrated on."""


def planned(out: Path, **changed: int) -> tuple[way.WalkthroughStep, ...]:
    return way.steps(out, "space", **{"train": 8, "val": 75, "epochs": 1, "seed": "0", **changed})  # type: ignore[arg-type]


def test_what_a_step_writes_and_takes_is_kept_over_its_runs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    step, *others = planned(out)
    way.check(out, [step, *others])
    shown = StringIO()
    with pytest.raises(KeyboardInterrupt), way.recorded(out, step, shown):
        click.echo("half of it")
        raise KeyboardInterrupt
    with way.recorded(out, step, shown):
        click.echo("all of it")
        sum(range(3_000_000))
    assert shown.getvalue() == "half of it\nall of it\n"
    record = way.read_record(out, step)
    assert record is not None and record.output == shown.getvalue()
    assert record.processor_seconds > 0 and record.seconds > 0
    way.check(out, [step, *others])


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other" / "letters").mkdir(parents=True)
    done = CliRunner().invoke(main, ["walkthrough", str(tmp_path / "other"), *SMALL])
    assert done.exit_code == 1
    assert (
        done.stderr == f"Error: {tmp_path / 'other'} is not empty and holds no walk-through: choose another folder.\n"
    )
    out = tmp_path / "out"
    with way.recorded(out, planned(out)[0], StringIO()):
        pass
    done = CliRunner().invoke(main, ["walkthrough", str(out), "--theme", "space", "--train", "9", "--val", "75"])
    assert done.exit_code == 1
    assert "holds a walk-through with other settings" in done.stderr


def test_an_evaluation_that_was_interrupted_is_not_done(tmp_path: Path) -> None:
    step = next(each for each in planned(tmp_path) if each.name == "before")
    assert not step.done
    step.product.parent.mkdir()
    step.product.write_text(json.dumps({"questions": 3, "asked": 200}))
    assert not step.done
    step.product.write_text(json.dumps({"questions": 200, "asked": 200}))
    assert step.done


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_killed_in_the_middle_it_goes_on_to_its_page(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "bot.cli", "walkthrough", str(out), "--theme", "space", *SMALL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as first:
        assert first.stdout is not None
        for line in first.stdout:
            if line.startswith("$ vqabot train "):
                first.send_signal(signal.SIGKILL)
                break
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(done already)") == 3
    page = (out / way.PAGE).read_text(encoding="utf-8")
    for name in ("scenes", "data prepare", "evaluate", "train", "calibrate"):
        assert f"$ vqabot {name}" in page
    assert len(re.findall(r"<div class=\"card shot\">", page)) == way.SAMPLES + way.PICTURES
    figures = [json.loads((out / name / "figures.json").read_text()) for name in ("before", "after")]
    for each in figures:
        assert each["questions"] >= 200 and f"{each['exact']:.1f} %" in page
    assert "http" not in re.sub(r"data:[^\"]*", "", page), "one file with everything in it"
    assert "Traceback" not in page + done.stderr
