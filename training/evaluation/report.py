"""The evaluation as a page: figures with their intervals, how far the confidence is true, and single answers."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from model.atomic import write_text
from model.confidence.calibration import Calibration
from training.data.files import PictureFile
from training.data.vqa import VqaQuestion
from training.evaluation.comparison import Comparison, write_answers
from training.evaluation.evaluate import Report
from training.evaluation.examples import confusions, right_ones, surest_mistakes
from training.evaluation.intervals import Estimate, estimate, wilson
from training.evaluation.reliability import Bin
from training.evaluation.risk import Selective
from training.evaluation.trust import Set
from training.report.figures import Drawn, Paint, Palette, draw
from training.report.pages import render

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE = "report.html"
FIGURES = "figures.json"
CHARTS = ("reliability", "risk-coverage", "trust")
"""Names of the PNGs beside the page."""


def _version() -> str:
    try:
        return version("vqabot")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What an evaluation was about."""

    model: str
    """The model's name."""
    data: str
    """What it was judged on."""
    calibration: Calibration = field(default_factory=Calibration)
    """With which its confidence was shown."""
    remarks: tuple[str, ...] = ()
    """What must be known to read the figures rightly."""
    compared: Comparison | None = None
    """Against an earlier evaluation."""
    weights: str = ""
    """What the judged weights are known by (`weights_of`)."""
    date: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    version: str = field(default_factory=_version)


def weights_of(folder: Path) -> str:
    """What a model's weights are known by, whatever folder they lie in: SHA-256, hexadecimal.

    Raises:
        OSError: They cannot be read.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one kind."""

    name: str
    score: Estimate
    alone: float | None = None
    """What the words alone give, 0 to 1, where that is known by kind."""


def write_report(
    folder: Path,
    report: Report,
    questions: Sequence[VqaQuestion],
    pictures: Mapping[int, PictureFile],
    about: ReportContext,
) -> Path:
    """Write the page, its charts as PNGs, all figures as JSON, and every answer for a later comparison.

    Args:
        folder: Created when missing.
        report: What was found.
        questions: All that were asked.
        pictures: Where each picture is.
        about: Model, data, and what to know about them.

    Returns:
        The page.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    title, height = "Share of right answers and confidence, by set", 1.5 + 0.55 * len(report.trust)
    drawn = (
        draw(_reliability(report.bins, report.questions), "Share of right answers against confidence", 5.2, 3.9),
        draw(_risk(report.selective), "Risk against the share of questions answered", 5.2, 3.9),
        draw(_trust(report.trust), title, 5.2, height),
    )
    charts = dict(zip(CHARTS, drawn, strict=True))
    for name, chart in charts.items():
        (folder / f"{name}.png").write_bytes(chart.light)
    figures = {
        "model": about.model,
        "weights": about.weights,
        "data": about.data,
        "date": about.date,
        "version": about.version,
        "calibration": asdict(about.calibration),
        "remarks": list(about.remarks),
        **report.as_dict(),
    }
    if about.compared is not None:
        figures["compared"] = about.compared.as_dict()
    write_text(folder / FIGURES, json.dumps(figures, indent=1))
    write_answers(folder, about.model, report)
    page = folder / PAGE
    write_text(page, _page(report, charts, questions, pictures, about))
    return page


def _page(
    report: Report,
    charts: Mapping[str, Drawn],
    questions: Sequence[VqaQuestion],
    pictures: Mapping[int, PictureFile],
    about: ReportContext,
) -> str:
    judged = [q for q in questions if q.question_id in report.answers]
    official = {number: share / 100 for number, share in report.official.per_question.items()}
    exact = {number: share / 100 for number, share in report.exact.per_question.items()}
    kinds = groups(judged, exact, {q.question_id: report.kind_of.get(q.question_id, "") for q in judged})
    return render(
        "evaluation.html.jinja",
        title=f"How well {about.model} answers",
        report=report,
        charts=charts,
        answer_types=groups(judged, official, {q.question_id: q.answer_type for q in judged}),
        question_types=groups(judged, official, {q.question_id: q.question_type for q in judged}),
        kinds=[Group(each.name, each.score, report.words_alone_by_kind[each.name] / 100) for each in kinds]
        if report.by_kind
        else [],
        official=report.intervals["official"],
        exact=report.intervals["exact"],
        bins=[(each, wilson(each.accuracy, each.share * report.questions)) for each in report.bins],
        confusions=confusions(report, judged),
        mistakes=surest_mistakes(report, judged, pictures),
        right=right_ones(report, judged, pictures),
        about=about,
    )


def groups(questions: Sequence[VqaQuestion], scores: Mapping[int, float], names: Mapping[int, str]) -> list[Group]:
    """The scores by group, the hardest first.

    Args:
        questions: Those that were judged.
        scores: 0 to 1, by question number.
        names: Of each question's group, by question number.
    """
    members: dict[str, list[VqaQuestion]] = defaultdict(list)
    for q in questions:
        members[names[q.question_id]].append(q)
    found = [
        Group(name, estimate([scores[q.question_id] for q in some], [q.image_id for q in some]))
        for name, some in members.items()
    ]
    return sorted(found, key=lambda group: (group.score.value, group.name))


def _reliability(bins: Sequence[Bin], questions: int) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        axes.plot([0, 100], [0, 100], color=theme.soft, linewidth=1, linestyle="--")
        at = [100 * each.confidence for each in bins]
        right = [100 * each.accuracy for each in bins]
        ends = [wilson(each.accuracy, each.share * questions) for each in bins]
        lows, highs = ([100 * end[side] for end in ends] for side in (0, 1))
        axes.vlines(at, lows, highs, color=theme.series[0], linewidth=6, alpha=0.25)
        axes.vlines(at, at, right, color=theme.bad, linewidth=2)
        sizes = [20 + 600 * each.share for each in bins]
        axes.scatter(at, right, s=sizes, color=theme.series[0], alpha=0.85, zorder=3, clip_on=False)
        _percent(axes.set_xlim, axes.set_xticks)
        _percent(axes.set_ylim, axes.set_yticks)
        axes.set(xlabel="confidence shown, %    (dashed: exactly true)", ylabel="of these were right, %")

    return paint


def _trust(sets: Sequence[Set]) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        for place, name in enumerate(("right", "confidence")):
            found = [100 * each.figures[name].value for each in sets]
            at = [row + 0.36 * place - 0.18 for row in range(len(sets))]
            axes.barh(at, found, 0.32, color=theme.series[place], label=("right", "confidence shown")[place])
            for row, each in zip(at, (each.figures[name] for each in sets), strict=True):
                if each.low is not None and each.high is not None:
                    axes.hlines(row, 100 * each.low, 100 * each.high, color=theme.soft, linewidth=1.5)
        axes.set_yticks(range(len(sets)), [each.name for each in sets])
        axes.invert_yaxis()
        axes.set_xlim(0, 104)
        axes.set(xlabel="%    (thin lines: 95 % intervals)")
        # Over the bars: wherever it stood among them, a long one would lie under it.
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, labelcolor=theme.soft)

    return paint


def _percent(limits: Callable[..., object], ticks: Callable[..., object]) -> None:
    """An axis of 0 to 100 %, with room for whole dots at both ends and without figures beyond them."""
    limits(-6, 106)
    ticks(range(0, 101, 20))


def _risk(found: Selective) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        covered = [100 * point.coverage for point in found.curve]
        risk = [100 * point.risk for point in found.curve]
        # With few different confidences the curve is a few points, which a line alone would not show.
        mark = "o" if len(covered) < 10 else ""
        axes.plot(covered, risk, color=theme.series[0], linewidth=2.5, marker=mark, markersize=5, clip_on=False)
        axes.fill_between(covered, risk, color=theme.series[0], alpha=0.12)
        for each in found.coverages:
            if each.coverage:
                axes.plot([100 * each.coverage], [100 * each.risk], "o", color=theme.series[1], markersize=7)
        _percent(axes.set_xlim, axes.set_xticks)
        axes.set(xlabel="of the questions answered, the surest first, %", ylabel="wrong among them, %")
        top = max(5.0, *risk) * 1.1
        axes.set_ylim(-0.03 * top, top)  # a model without a mistake has its curve on the ground

    return paint
