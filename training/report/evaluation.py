"""The evaluation as a page: figures, how far the confidence is true, and the surest mistakes with their pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.evaluate import Report
from training.reliability import Bin
from training.report.figures import Drawn, Paint, Theme, draw
from training.report.pages import render, thumbnail, write_page
from training.risk import Selective
from training.vqa import VqaQuestion

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE = "report.html"
FIGURES = "figures.json"
CHARTS = ("reliability", "risk-coverage")
"""Names of the PNGs beside the page."""
MISTAKES = 24


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer for the page."""

    picture: str
    question: str
    said: str
    confidence: float
    right: str
    others: str
    """What the ten people said, with their numbers."""


def write_report(
    folder: Path, report: Report, questions: Sequence[VqaQuestion], pictures: Mapping[int, Path], model: str, data: str
) -> Path:
    """Write the page, its charts as PNGs, and all figures as JSON into a folder.

    Args:
        folder: Created when missing.
        report: What was found.
        questions: All that were asked.
        pictures: Where each picture is.
        model: Its name, for the page.
        data: What it was judged on, for the page.

    Returns:
        The page.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = (
        draw(_reliability(report.bins), "Share of right answers against confidence", 5.2, 3.9),
        draw(_risk(report.selective), "Risk against the share of questions answered", 5.2, 3.9),
    )
    charts = dict(zip(CHARTS, drawn, strict=True))
    for name, chart in charts.items():
        (folder / f"{name}.png").write_bytes(chart.light)
    figures = {"model": model, "data": data, **report.as_dict()}
    (folder / FIGURES).write_text(json.dumps(figures, indent=1), encoding="utf-8")
    page = folder / PAGE
    write_page(page, _page(report, charts, questions, pictures, model, data))
    return page


def _page(
    report: Report,
    charts: Mapping[str, Drawn],
    questions: Sequence[VqaQuestion],
    pictures: Mapping[int, Path],
    model: str,
    data: str,
) -> str:
    counts: dict[str, int] = {}
    for q in questions:
        if q.question_id in report.answers:
            for group in (f"answer {q.answer_type}", f"question {q.question_type}"):
                counts[group] = counts.get(group, 0) + 1
    return render(
        "evaluation.html.jinja",
        title=f"How well {model} answers",
        report=report,
        charts=charts,
        counts=counts,
        mistakes=surest_mistakes(report, questions, pictures),
        model=model,
        data=data,
    )


def surest_mistakes(
    report: Report, questions: Sequence[VqaQuestion], pictures: Mapping[int, Path], most: int = MISTAKES
) -> list[Mistake]:
    """The wrong answers that the model was surest of, at most one a picture; wrong is what nobody of the ten said."""
    wrong = [q for q in questions if report.official.per_question.get(q.question_id) == 0]
    wrong.sort(key=lambda q: (-report.confidences[q.question_id], q.question_id))
    found: list[Mistake] = []
    seen: set[int] = set()
    for q in wrong:
        if len(found) == most:
            break
        if q.image_id in seen or q.question_id in report.refused:
            continue
        seen.add(q.image_id)
        people = {answer: q.answers.count(answer) for answer in q.answers}
        told = ", ".join(f"{answer} ({n})" for answer, n in sorted(people.items(), key=lambda item: (-item[1], item)))
        found.append(
            Mistake(
                thumbnail(pictures[q.image_id]),
                q.question,
                report.answers[q.question_id] or "(nothing)",
                report.confidences[q.question_id],
                q.answer or "",
                told,
            )
        )
    return found


def _reliability(bins: Sequence[Bin]) -> Paint:
    def paint(axes: Axes, theme: Theme) -> None:
        axes.plot([0, 100], [0, 100], color=theme.soft, linewidth=1, linestyle="--")
        axes.text(0.97, 0.04, "dashed: exactly true", color=theme.soft, ha="right", transform=axes.transAxes)
        at = [100 * each.confidence for each in bins]
        right = [100 * each.accuracy for each in bins]
        sizes = [20 + 900 * each.share for each in bins]
        axes.vlines(at, at, right, color=theme.bad, linewidth=2)
        axes.scatter(at, right, s=sizes, color=theme.series[0], alpha=0.85, zorder=3)
        axes.set(xlim=(0, 103), ylim=(0, 103), xlabel="confidence shown, %", ylabel="of these were right, %")

    return paint


def _risk(found: Selective) -> Paint:
    def paint(axes: Axes, theme: Theme) -> None:
        covered = [100 * point.coverage for point in found.curve]
        risk = [100 * point.risk for point in found.curve]
        axes.plot(covered, risk, color=theme.series[0], linewidth=2.5)
        axes.fill_between(covered, risk, color=theme.series[0], alpha=0.12)
        for each in found.coverages:
            if each.coverage:
                axes.plot([100 * each.coverage], [100 * each.risk], "o", color=theme.series[1], markersize=7)
        axes.set(xlim=(0, 101), xlabel="of the questions answered, the surest first, %", ylabel="wrong among them, %")
        axes.set_ylim(0, max(5.0, *risk) * 1.1)

    return paint
