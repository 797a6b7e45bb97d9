"""What a study's trials came to: which count, which were left behind and by whom."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Any

import optuna
import psutil
from optuna.trial import FrozenTrial, TrialState

OWNER, FAILED, STOPPED, SPEED = "owner", "failed", "stopped_at_block", "answers_per_second"
"""Names of what is kept beside a trial."""


def take_over(study: optuna.Study) -> None:
    """Queue again what processes of this machine left behind; another machine's are known by their silence."""
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if _gone(trial.user_attrs.get(OWNER)):
            study.tell(trial.number, state=TrialState.FAIL)
            study.enqueue_trial(trial.params)


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that were judged to the end."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return [trial for trial in done if STOPPED not in trial.user_attrs]


def number_of_trials(study: optuna.Study) -> int:
    """Trials that count, also those under way: all but those that somebody left behind, and those that wait."""
    trials = study.get_trials(deepcopy=False)
    left = [trial for trial in trials if trial.state == TrialState.FAIL and FAILED not in trial.user_attrs]
    waiting = [trial for trial in trials if trial.state == TrialState.WAITING]
    return len(trials) - len(left) - len(waiting)


def over(study: optuna.Study) -> int:
    """Trials that count and are not under way."""
    return number_of_trials(study) - len(study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)))


def ended(trial: FrozenTrial) -> str:
    """What a trial came to, in a line."""
    chosen = ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in trial.params.items()
    )
    if FAILED in trial.user_attrs:
        result = f"failed. {trial.user_attrs[FAILED]}"
    elif trial.state == TrialState.COMPLETE:
        result = f"{trial.value:.2f} %" + (
            ", no match for the best: not judged further" if STOPPED in trial.user_attrs else ""
        )
    else:
        result = "its training ended early: others do better"
    return f"trial {trial.number} ({chosen}): {result}"


def _gone(owner: Sequence[Any] | None) -> bool:
    """Whether a trial's process was one of this machine and is no more."""
    if owner is None or owner[0] != platform.node():
        return False
    _, number, began = owner
    try:
        process = psutil.Process(number)
        # A container without an init process keeps the names of the dead.
        return process.create_time() != began or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
