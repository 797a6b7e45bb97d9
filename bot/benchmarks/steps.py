"""Commands as steps of a longer measurement: each in a process of its own, timed, limited, reported alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

_LAST_WORDS = 2_000
"""Characters of a failed step's standard error that are kept."""


@dataclass(frozen=True, slots=True)
class Step:
    """A Python program whose last line of standard output is a JSON object, or that prints nothing of interest."""

    name: str
    words: tuple[str, ...]
    """After `python -m`."""
    limit: float
    """Seconds after which it is killed."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step."""

    name: str
    result: str
    """`ok`, `failed`, `too slow` (killed) or `left out` (no time was left)."""
    seconds: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)
    """What it printed; also what a failed one printed before."""
    said: str = ""
    """The end of a failed one's standard error."""


def run(groups: Sequence[Sequence[Step]], seconds: float, report: Callable[[StepResult], None]) -> list[StepResult]:
    """Run groups of steps one after the other, the steps of a group side by side. It stops at nothing.

    Args:
        groups: The steps.
        seconds: For all of them. A step gets at most what is left, and none begins when nothing is.
        report: Told of each outcome, one at a time, in the order of the steps. What it raises ends all of it.
    """
    until = time.monotonic() + seconds
    outcomes: list[StepResult] = []
    for group in groups:
        running: list[subprocess.Popen[bytes]] = []
        run_one = partial(_run_within, until=until, running=running)
        with ThreadPoolExecutor(len(group)) as threads:
            try:
                for outcome in threads.map(run_one, group):
                    outcomes.append(outcome)
                    report(outcome)
            except BaseException:  # told to end, or by `report`: else the threads would wait for their steps
                for process in running:
                    kill_all(process)
                raise
    return outcomes


def _run_within(step: Step, until: float, running: list[subprocess.Popen[bytes]]) -> StepResult:
    """Run one step within its limit and until a time, and note its process."""
    if (left := until - time.monotonic()) <= 0:
        return StepResult(step.name, "left out")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="vqabot-step-") as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        # Into files and not pipes: grandchildren that outlive a killed step would keep pipes open.
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", *step.words], stdout=to_out, stderr=to_err, start_new_session=True
            )
            running.append(process)
            try:
                code: int | None = process.wait(min(step.limit, left))
            except subprocess.TimeoutExpired:
                code = None
            finally:
                kill_all(process)  # what a step started ends with it
        seconds, figures = round(time.monotonic() - began, 1), _figures(out.read_text(errors="replace"))
        said = err.read_text(errors="replace").strip()[-_LAST_WORDS:]
    if code == 0:
        return StepResult(step.name, "ok", seconds, figures)
    return StepResult(step.name, "too slow" if code is None else "failed", seconds, figures, said)


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a session, with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_line(log: Path) -> str:
    """What a process said last."""
    return (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]


def _figures(out: str) -> dict[str, Any]:
    """The JSON object in the last line that is one."""
    for line in reversed(out.splitlines()):
        if line.startswith("{"):
            with suppress(ValueError):
                found: dict[str, Any] = json.loads(line)
                return found
    return {}
