"""The end of a search: the best settings against the study's, on questions that no trial saw."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from training.data.prepared import Example
from training.evaluation.intervals import difference
from training.finetune.config import TrainConfig
from training.tune.config import TuneConfig
from training.tune.search import trial_settings
from training.tune.trial import TrialScorer, folder_of, train_once


@dataclass(frozen=True, slots=True)
class Final:
    """Both judged by the same questions; accuracies in percent."""

    trial: int
    settings: dict[str, Any]
    """What the search chose."""
    official: float
    reference: float
    """Of a training with the study's settings where the search chose others."""
    gain: float
    low: float
    high: float
    """Ends of the gain's 95 % interval."""
    questions: int
    command: str
    """The `vqabot train` that repeats the best."""


def compare_on_held_out(config: TuneConfig, view: Path, rows: Sequence[Example], best: FrozenTrial) -> Final:
    """Train what is not there any more, and answer the questions that no trial saw.

    Args:
        config: The settings.
        view: The data that trials saw.
        rows: The questions of the end.
        best: The best trial.
    """
    scores = [_scores(config, view, rows, chosen) for chosen in (best.params, {})]
    gains = difference(
        [score / 100 for score in scores[0]], [score / 100 for score in scores[1]], [row.image for row in rows]
    )
    value, low, high = (round(100 * part, 2) for part in (gains.value, gains.low, gains.high))
    official, reference = (round(statistics.fmean(part), 2) for part in scores)
    return Final(
        best.number, dict(best.params), official, reference, value, low, high, len(rows), command(config, best.params)
    )


def command(config: TuneConfig, chosen: dict[str, Any]) -> str:
    """The `vqabot train` that trains with these settings on all of the data."""
    settings, usual = config.settings(chosen), TrainConfig()
    flags = []
    for name, value in settings.model_dump(mode="json").items():
        if value == getattr(usual, name):
            continue
        flag = name.replace("_", "-")
        flags.append((f"--{flag}" if value else f"--no-{flag}") if isinstance(value, bool) else f"--{flag} {value}")
    return " ".join(["vqabot train", str(config.data), str(config.out / "best"), *flags])


def _scores(config: TuneConfig, view: Path, rows: Sequence[Example], chosen: dict[str, Any]) -> list[float]:
    settings = trial_settings(config, view, chosen)
    folder = folder_of(config.out, settings)
    train_once(settings, view, folder)
    return next(TrialScorer(folder / "model", view, settings.device).scores([rows]))
