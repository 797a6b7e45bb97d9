"""What a search found, as one page: the best, what mattered, which settings went together, accuracy against speed."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, TrialState

from model.atomic import write_text
from model.counting import counted
from training.report.figures import Drawn, Palette, draw
from training.report.pages import render
from training.tune.bookkeeping import FAILED, SPEED, STOPPED, finished
from training.tune.config import Range, TuneConfig
from training.tune.final import Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE = "report.html"
_ENDS = {TrialState.COMPLETE: "judged", TrialState.PRUNED: "stopped in training"}
"""Trials that somebody left behind were taken up by others and are not shown."""


def importances(study: optuna.Study) -> dict[str, float]:
    """How much each setting mattered, largest first, in sum 1; nothing where too little was tried."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Of too few trials, or of trials that are all alike: it would call all settings equal.
            warnings.simplefilter("error", UserWarning)
            return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    except (RuntimeError, ValueError, UserWarning):
        return {}


def front(trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """Those that no other beats in accuracy and in speed, the fastest first."""
    best: list[FrozenTrial] = []
    for trial in sorted(trials, key=lambda one: (-_speed(one), -_value(one))):
        if not best or _value(trial) > _value(best[-1]):
            best.append(trial)
    return best


def write(config: TuneConfig, study: optuna.Study, final: Final) -> Path:
    """Write the page into the tuning's folder."""
    done = finished(study)
    ended = [one for one in study.get_trials(deepcopy=False) if one.state in _ENDS or FAILED in one.user_attrs]
    trials = sorted(ended, key=lambda one: (-_value(one), one.number))
    charts = [_history(study), _importances(importances(study)), _parallel(config, done), _pareto(done)]
    page = config.out / PAGE
    on_front = {trial.number for trial in front(done)}
    html = render(
        "tune.html.jinja",
        title=f"Settings for {config.data.name}",
        final=final,
        names=list(config.space),
        trials=[_row(trial, on_front) for trial in trials],
        charts=[chart for chart in charts if chart is not None],
        judged=len(done),
        sampler=config.sampler,
        pruner=config.pruner,
    )
    write_text(page, html)
    return page


def _row(trial: FrozenTrial, on_front: set[int]) -> dict[str, Any]:
    attributes = trial.user_attrs
    if FAILED in attributes:
        end = attributes[FAILED]
    elif STOPPED in attributes:
        end = f"stopped after {counted(attributes[STOPPED] + 1, 'block')}"
    else:
        end = _ENDS[trial.state]
    return {
        "number": trial.number,
        "params": {name: shown(value) for name, value in trial.params.items()},
        "official": trial.value,
        "speed": attributes.get(SPEED),
        "seconds": attributes.get("seconds_per_step"),
        "memory": attributes.get("peak_memory_gb"),
        "end": end,
        "front": trial.number in on_front,
    }


def shown(value: object) -> str:
    """A value as people read it."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _value(trial: FrozenTrial) -> float:
    return -math.inf if trial.value is None else trial.value


def _speed(trial: FrozenTrial) -> float:
    return float(trial.user_attrs.get(SPEED, 0.0))


def _history(study: optuna.Study) -> Drawn:
    trials = [one for one in study.get_trials(deepcopy=False) if one.value is not None]
    whole = {trial.number for trial in finished(study)}

    def paint(axes: Axes, theme: Palette) -> None:
        best, line = -math.inf, []
        for trial in trials:
            best = max(best, _value(trial)) if trial.number in whole else best
            line.append(best)
        axes.scatter(
            [one.number for one in trials],
            [_value(one) for one in trials],
            color=[theme.series[0] if one.number in whole else theme.soft for one in trials],
        )
        axes.step([one.number for one in trials], line, where="post", color=theme.series[1], label="best so far")
        axes.set_xlabel("trial")
        axes.set_ylabel("official accuracy, percent")
        axes.legend(frameon=False)

    return draw(paint, "Accuracy of each trial, and the best so far; grey ones were stopped")


def _importances(found: dict[str, float]) -> Drawn | None:
    if not found:
        return None

    def paint(axes: Axes, theme: Palette) -> None:
        names = list(reversed(found))
        axes.barh(names, [100 * found[name] for name in names], color=theme.series[0])
        axes.set_xlabel("share of what mattered, percent")

    return draw(paint, "How much each setting mattered for being among the best")


def _parallel(config: TuneConfig, trials: Sequence[FrozenTrial]) -> Drawn | None:
    if not trials:
        return None
    names = list(config.space)
    values = [_value(trial) for trial in trials]
    low, high = min(values), max(values)

    def paint(axes: Axes, theme: Palette) -> None:
        for trial in sorted(trials, key=_value):
            share = (_value(trial) - low) / (high - low) if high > low else 1.0
            places = [*(_place(config, name, trial.params[name]) for name in names), share]
            axes.plot(places, color=theme.series[0], alpha=0.15 + 0.85 * share**2, linewidth=1 + share)
        axes.set_xticks(range(len(names) + 1), [*names, "accuracy"], rotation=20, ha="right")
        axes.set_yticks([0, 1], ["low", "high"])

    return draw(paint, "Settings of each trial and its accuracy; the better, the stronger the line", width=7.0)


def _place(config: TuneConfig, name: str, value: Any) -> float:  # noqa: ANN401 - of any setting
    """From 0 to 1 on a setting's axis."""
    domain = config.space[name]
    if not isinstance(domain, Range):
        return domain.index(value) / max(1, len(domain) - 1) if value in domain else 0.5
    low, high, at = (math.log(one) if domain.log else float(one) for one in (domain.low, domain.high, value))
    return (at - low) / (high - low) if high > low else 0.5


def _pareto(trials: Sequence[FrozenTrial]) -> Drawn | None:
    if not trials:
        return None

    def paint(axes: Axes, theme: Palette) -> None:
        best = front(trials)
        axes.scatter([_speed(one) for one in trials], [_value(one) for one in trials], color=theme.soft)
        axes.plot([_speed(one) for one in best], [_value(one) for one in best], "o-", color=theme.series[0])
        for trial in best:
            axes.annotate(f"{trial.number}", (_speed(trial), _value(trial)), color=theme.ink, fontsize=9)
        axes.set_xlabel("questions answered a second")
        axes.set_ylabel("official accuracy, percent")

    return draw(paint, "Accuracy against speed of answering; the line joins trials that no other beats in both")
