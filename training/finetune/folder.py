"""The folder of a training: what it was started with, and whether it goes on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from training.config import FILE_NAME, ConfigError
from training.finetune.config import MAY_CHANGE, TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.trainer import clear_halves, complete_checkpoints
from training.prepared import split_file

RESULT, DATA = "result.json", "data.json"


def enter(out: Path, config: TrainConfig, data: Path, processes: int) -> Path | None:
    """Look at the folder, and write down what the training is started with. One process calls it.

    Returns:
        The checkpoint to go on from; None at the start.

    Raises:
        ConfigError: It holds an interrupted training with other settings, or on other data.
        TrainingError: It holds a finished training.
    """
    if (out / RESULT).exists():
        raise TrainingError(f"{out} holds a finished training: choose another folder, or remove it.")
    checkpoints = out / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    clear_halves(checkpoints)
    found = complete_checkpoints(checkpoints)
    identity = {"data": str(data.resolve()), "train": _digest(split_file(data, "train")), "processes": processes}
    if found:
        _compare(out, config, identity)
    config.save(out)
    (out / DATA).write_text(json.dumps(identity, indent=2) + "\n", encoding="utf-8")
    return found[-1] if found else None


def _compare(out: Path, config: TrainConfig, identity: dict[str, Any]) -> None:
    before, now = TrainConfig.resolve(out / FILE_NAME, {}).model_dump(), config.model_dump()
    changed = [name for name in now if now[name] != before[name] and name not in MAY_CHANGE]
    if changed:
        differences = ", ".join(f"{name} was {before[name]} and is {now[name]}" for name in changed)
        raise ConfigError(
            f"{out} holds an interrupted training with other settings: {differences}. "
            "Give the same to go on, or choose another folder."
        )
    started = json.loads((out / DATA).read_text(encoding="utf-8"))
    if started["train"] != identity["train"]:
        raise ConfigError(f"{out} holds an interrupted training on other questions ({started['data']}).")
    if started["processes"] != identity["processes"]:
        raise ConfigError(
            f"{out} holds an interrupted training of {started['processes']} processes, and these are "
            f"{identity['processes']}: start as many to go on."
        )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
