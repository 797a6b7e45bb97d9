"""A training from start to end as a page: the data, each command with its output, the curve, before and after."""

from __future__ import annotations

import json
import random
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from model.atomic import write_text
from training.config import ConfigError
from training.data.splits import Split, load_split
from training.data.vqa import VqaQuestion
from training.evaluation.comparison import Earlier, read_answers
from training.finetune.folder import RESULT
from training.finetune.validation import evaluations
from training.report.figures import Paint, Palette, draw
from training.report.pages import render, thumbnail

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE = "walkthrough.html"
SAMPLES, PICTURES, QUESTIONS = 6, 6, 4
"""Pictures of the data, pictures with answers, and how many of the questions about each are shown."""


@dataclass(frozen=True, slots=True)
class WalkthroughStep:
    """One command of the way."""

    name: str
    words: tuple[str, ...]
    """What stands behind `vqabot`."""
    product: Path
    """A file or folder that is there when it is done."""
    about: str
    """What it is for, in a sentence."""

    @property
    def done(self) -> bool:
        """Whether it need not run again; an evaluation that was interrupted judged a part of the questions only."""
        if self.product.name == "figures.json" and self.product.is_file():
            figures = json.loads(self.product.read_text(encoding="utf-8"))
            return bool(figures["questions"] == figures["asked"])
        return self.product.exists()


@dataclass(slots=True)
class Record:
    """What a step wrote and took, all its runs together."""

    words: list[str]
    output: str = ""
    seconds: float = 0.0
    processor_seconds: float = 0.0
    """Of all its threads and processes."""


def steps(out: Path, theme: str, train: int, val: int, epochs: float, seed: str) -> tuple[WalkthroughStep, ...]:
    """The commands in their order.

    Args:
        out: Everything is written here.
        theme: One of `training.scenes.themes.THEMES`.
        train: Pictures to train on, with 8 questions each.
        val: Pictures to choose, to calibrate and to judge by, a third each.
        epochs: Passes over the training questions.
        seed: Names the scenes.
    """
    scenes, prepared, training = out / "scenes", out / "prepared", out / "training"
    before, after, model = out / "before", out / "after", training / "model"

    def step(name: str, product: Path, about: str, *words: object) -> WalkthroughStep:
        return WalkthroughStep(name, tuple(str(word) for word in words), product, about)

    numbers = ("--train", train, "--val", val, "--test", 0, "--seed", seed, "--questions-per-picture", 8)
    settings = ("--epochs", f"{epochs:g}", "--batch-size", 32, "--learning-rate", "5e-4", "--warmup-steps", 50)
    watched = ("--evaluate-every", 100, "--eval-questions", 400, "--save-every", 100)
    judged = ("--split", "judging", "--by-kind", "--report")
    return (
        step(
            "scenes",
            scenes,
            "Draw scenes of things that the model has never met.",
            "scenes",
            scenes,
            "--theme",
            theme,
            *numbers,
        ),
        step(
            "prepare",
            prepared / "judging.jsonl",
            "Make pictures and questions as the model takes them; divide val: to choose by, to calibrate, to judge.",
            *("data", "prepare", scenes, prepared, "--model", "builtin", "--divide-val"),
        ),
        step(
            "before",
            before / "figures.json",
            "Ask the model as it is about scenes that nothing below learns from.",
            *("evaluate", prepared, "--model", "builtin", *judged, before),
        ),
        step(
            "train",
            training / RESULT,
            "Fine-tune it.",
            "train",
            prepared,
            training,
            "--model",
            "builtin",
            *settings,
            *watched,
        ),
        step(
            "calibrate",
            model / "calibration.json",
            "Make its confidence true: other weights have other probabilities.",
            *("calibrate", prepared, "--model", model, "--split", "calibration"),
        ),
        step(
            "after",
            after / "figures.json",
            "Ask it again what it was asked before.",
            *("evaluate", prepared, "--model", model, *judged, after, "--compare", before),
        ),
    )


def check(out: Path, planned: Sequence[WalkthroughStep]) -> None:
    """See that what lies in `out` is of the same walk-through.

    Raises:
        ConfigError: It is of one with other settings, or of something else.
    """
    begun = [(step, read_record(out, step)) for step in planned]
    if any(record is not None and tuple(record.words) != step.words for step, record in begun):
        raise ConfigError(f"{out} holds a walk-through with other settings: give the same to go on, or another folder.")
    if begun[0][1] is None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} is not empty and holds no walk-through: choose another folder.")


@contextmanager
def recorded(out: Path, step: WalkthroughStep, terminal: TextIO) -> Iterator[None]:
    """Keep what a step writes to stdout within, and what it takes; it is written to the terminal as well."""
    record = read_record(out, step) or Record(list(step.words))
    _write(out, step, record)  # whose folder this is stands in it from the beginning
    kept, began, worked = _Both(terminal), time.monotonic(), _processor_seconds()
    try:
        with redirect_stdout(kept):
            yield
    finally:
        record.output += kept.getvalue()
        record.seconds += time.monotonic() - began
        record.processor_seconds += _processor_seconds() - worked
        _write(out, step, record)


class _Both(StringIO):
    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    def write(self, text: str) -> int:
        number = super().write(text)
        self._terminal.write(text)
        self._terminal.flush()
        return number


def _processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _file(out: Path, step: WalkthroughStep) -> Path:
    return out / "steps" / f"{step.name}.json"


def read_record(out: Path, step: WalkthroughStep) -> Record | None:
    """What is kept of a step; None where it has not begun."""
    try:
        return Record(**json.loads(_file(out, step).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(out: Path, step: WalkthroughStep, record: Record) -> None:
    _file(out, step).parent.mkdir(parents=True, exist_ok=True)
    write_text(_file(out, step), json.dumps(asdict(record), indent=1) + "\n")


@dataclass(frozen=True, slots=True)
class AskedExample:
    """A picture with questions about it."""

    picture: str
    lines: list[tuple[VqaQuestion, str, str]]
    """Each question with the answers before and after; both empty where none are shown."""


def write_page(out: Path, planned: Sequence[WalkthroughStep], theme: str) -> Path:
    """Write the page from what the steps left.

    Raises:
        DataError: The data or an answer cannot be read.
        OSError: The page cannot be written.
    """
    scenes, val = load_split(out / "scenes", "train"), load_split(out / "scenes", "val")
    before, after = read_answers(out / "before"), read_answers(out / "after")
    figures = [json.loads((out / name / "figures.json").read_text(encoding="utf-8")) for name in ("before", "after")]
    log = [json.loads(line) for line in (out / "training" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = Split([each for each in val.questions if each.question_id in before.answers], val.pictures, val.drawn_here)
    text = render(
        "walkthrough.html.jinja",
        title=f"Teaching the model a theme: {theme}",
        theme=theme,
        steps=[(step, read_record(out, step) or Record(list(step.words))) for step in planned],
        before=figures[0],
        after=figures[1],
        result=json.loads((out / "training" / RESULT).read_text(encoding="utf-8")),
        samples=_shown(scenes, SAMPLES, None, None),
        answered=_shown(judged, PICTURES, before, after),
        accuracy=draw(_accuracy(log), "Exactly right answers on val while it learns, %"),
        loss=draw(_loss(log), "Loss while it learns, nats a token"),
    )
    write_text(out / PAGE, text)
    return out / PAGE


def _shown(split: Split, most: int, before: Earlier | None, after: Earlier | None) -> list[AskedExample]:
    """Pictures at random, the same each time, whatever the answers are."""
    asked: dict[int, list[VqaQuestion]] = {}
    for question in split.questions:
        asked.setdefault(question.image_id, []).append(question)
    chosen = random.Random("walkthrough").sample(sorted(asked), min(most, len(asked)))

    def said(given: Earlier | None, question: VqaQuestion) -> str:
        return "" if given is None else given.answers.get(question.question_id) or "(nothing)"

    return [
        AskedExample(thumbnail(split.pictures[n]), [(q, said(before, q), said(after, q)) for q in asked[n][:QUESTIONS]])
        for n in chosen
    ]


def _accuracy(log: Sequence[dict[str, Any]]) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        found = evaluations(log)
        axes.plot([e["step"] for e in found], [e["eval_exact"] for e in found], "o-", color=theme.series[0])
        axes.set(xlabel="step", ylim=(0, 102))

    return paint


def _loss(log: Sequence[dict[str, Any]]) -> Paint:
    def paint(axes: Axes, theme: Palette) -> None:
        learnt = [(entry["step"], entry["loss"]) for entry in log if "loss" in entry]
        found = evaluations(log)
        axes.plot(*zip(*learnt, strict=True), color=theme.soft, label="train")
        axes.plot([e["step"] for e in found], [e["eval_loss"] for e in found], "o-", color=theme.series[0], label="val")
        axes.set(xlabel="step")
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False)

    return paint
