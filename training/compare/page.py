"""The comparison as a page: a table to decide by, curves, and which differences are real."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from model.atomic import write_text
from model.counting import counted
from training.compare.config import CompareConfig
from training.compare.figures import Figures
from training.report.figures import Paint, Palette, draw
from training.report.pages import render

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE, FIGURES = "comparison.html", "figures.json"
Curve = list[tuple[int, float]]
"""Steps with their losses."""


def write_page(
    out: Path, config: CompareConfig, figures: Figures, curves: Mapping[str, Sequence[Curve]], asked: int
) -> Path:
    """Write the page and all figures as JSON beside it.

    Args:
        out: The comparison's folder.
        config: Its settings.
        figures: What it found.
        curves: The losses of each model's seeds.
        asked: How many questions it was judged by.

    Returns:
        The page.

    Raises:
        OSError: It cannot be written.
    """
    write_text(out / FIGURES, json.dumps(figures.as_dict(), indent=1) + "\n")
    page = out / PAGE
    write_text(
        page,
        render(
            "comparison.html.jinja",
            title=f"{', '.join(config.models)} on {config.data.name}",
            figures=figures,
            config=config,
            budget=budget_of(config.questions, config.minutes),
            asked=asked,
            accuracy=draw(_accuracy(figures), "Official accuracy of each model with its 95 % interval", 5.2, 3.4),
            losses=draw(_losses(curves), "Training loss of each model, with its spread over the seeds", 5.2, 3.4),
        ),
    )
    return page


def budget_of(questions: int, minutes: float) -> str:
    """What each training had: so many questions, or else minutes."""
    return counted(questions, "question") if questions else f"{minutes:g} minute{'' if minutes == 1 else 's'}"


def _accuracy(figures: Figures) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        rows = [row for row in figures.rows if row.official is not None]
        for place, row in enumerate(reversed(rows)):
            assert row.official is not None
            low, middle, high = (100 * value for value in (row.official.low, row.official.value, row.official.high))
            axes.barh(place, middle, color=theme.series[0], height=0.55)
            axes.hlines(place, low, high, color=theme.ink, linewidth=2)
        axes.set_yticks(range(len(rows)), [row.name for row in reversed(rows)])
        axes.set(xlabel="official accuracy, %    (line: 95 % interval)", xlim=(0, 100))

    return paint


def _losses(curves: Mapping[str, Sequence[Curve]]) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        for place, (name, own) in enumerate(curves.items()):
            colour = theme.series[place % len(theme.series)]
            steps = sorted(set.intersection(*({step for step, _ in curve} for curve in own)))
            values = [[dict(curve)[step] for curve in own] for step in steps]
            if not steps:
                continue
            middle = [statistics.fmean(each) for each in values]
            axes.plot(steps, middle, color=colour, linewidth=2, label=name, linestyle=_LINES[place // 3 % len(_LINES)])
            axes.fill_between(
                steps, [min(each) for each in values], [max(each) for each in values], color=colour, alpha=0.18
            )
        axes.set(xlabel="step    (band: from the lowest to the highest seed)", ylabel="training loss")
        if curves:
            axes.legend(fontsize=9)

    return paint


_LINES = ("-", "--", ":")
