"""The folder of a training: what it was started with, and whether it goes on. Needs no torch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.atomic import write_text
from training.config import FILE_NAME, ConfigError
from training.data.prepared import split_file
from training.finetune.checkpoints import clear_halves, complete_checkpoints, step_of
from training.finetune.config import MAY_CHANGE, TrainConfig
from training.finetune.errors import TrainingError

RESULT, DATA = "result.json", "data.json"


@dataclass(frozen=True, slots=True)
class RunStart:
    """How a training begins."""

    resume: Path | None
    """The checkpoint to go on from; None at the start."""
    config: TrainConfig
    """The settings that it was started with, which decide the schedule of the learning rate."""
    last_step: int
    """Where it ends before its schedule does; 0: with it."""

    @property
    def over(self) -> bool:
        """Whether the checkpoint lies at or behind the last step, so that nothing is left but to judge and to save."""
        return bool(self.last_step) and self.resume is not None and step_of(self.resume) >= self.last_step


def check_open(out: Path) -> None:
    """See that a training may begin or go on here.

    Raises:
        TrainingError: It is finished, or it is a file.
    """
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is a file: name a folder for the training.")
    try:
        finished = json.loads((out / RESULT).read_text(encoding="utf-8")).get("finished", True)
    except FileNotFoundError:
        return
    except (ValueError, AttributeError):
        finished = True
    if finished:
        raise TrainingError(f"{out} holds a finished training: choose another folder, or remove it.")


def open_run(out: Path, config: TrainConfig, data: Path, processes: int) -> RunStart:
    """Look at the folder, and write down what the training is started with. One process calls it.

    A smaller `max_steps` than before ends the training earlier, on the schedule that it was started with.

    Raises:
        ConfigError: It holds an interrupted training with other settings, or on other data.
        TrainingError: It holds a finished training.
    """
    check_open(out)
    checkpoints = out / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    clear_halves(checkpoints)
    found = complete_checkpoints(checkpoints)
    identity = {"data": str(data.resolve()), "train": _digest(split_file(data, "train")), "processes": processes}
    last_step = 0
    if found:
        before = TrainConfig.resolve(out / FILE_NAME, {})
        if config.max_steps and (not before.max_steps or config.max_steps < before.max_steps):
            last_step = config.max_steps
            config = config.model_copy(update={"max_steps": before.max_steps})
        _compare(out, before, config, identity)
    config.save(out)
    write_text(out / DATA, json.dumps(identity, indent=2) + "\n")
    return RunStart(found[-1] if found else None, config, last_step)


def _compare(out: Path, started: TrainConfig, config: TrainConfig, identity: dict[str, Any]) -> None:
    before, now = started.model_dump(), config.model_dump()
    changed = [name for name in now if now[name] != before[name] and name not in MAY_CHANGE]
    if changed:
        differences = ", ".join(f"{name} was {_shown(before[name])} and is {_shown(now[name])}" for name in changed)
        raise ConfigError(
            f"{out} holds an interrupted training with other settings: {differences}. "
            "Give the same to go on, or choose another folder."
        )
    kept = json.loads((out / DATA).read_text(encoding="utf-8"))
    if kept["train"] != identity["train"]:
        raise ConfigError(f"{out} holds an interrupted training on other questions ({kept['data']}).")
    if kept["processes"] != identity["processes"]:
        raise ConfigError(
            f"{out} holds an interrupted training of {kept['processes']} processes, and these are "
            f"{identity['processes']}: start as many to go on."
        )


def _shown(value: object) -> str:
    return "not set" if value is None else str(value)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
