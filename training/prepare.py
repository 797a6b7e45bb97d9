"""Prepares data for training: questions as the bot makes them, pictures once at the training size."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PIL import Image
from pydantic import Field

from model.errors import PictureError
from model.images import open_picture
from model.text import normalise_answer, normalise_question
from training.config import Config
from training.console import Console
from training.prepared import Example, split_file, write_examples, write_summary
from training.sources import Asked, hold_out, read_split, splits_of
from training.vqa import SPLITS, DataError

PROBLEMS = "problems.jsonl"
_ALONE = 200
"""Fewer pictures than this are not worth starting processes for."""


class PrepareConfig(Config):
    """How data is prepared."""

    task: Literal["open-ended", "multiple-choice"] = Field(
        "open-ended", description="multiple-choice keeps the 18 choices of each question."
    )
    size: str = Field(
        "224",
        examples=["224", "320x192", "original"],
        pattern=r"^(original|[1-9]\d{1,3}(x[1-9]\d{1,3})?)$",
        description="Side of the pictures in pixels, WIDTHxHEIGHT, or original.",
    )
    val_share: float = Field(
        0.0, ge=0, lt=1, description="Share of the train pictures to hold out as val, where the source has none."
    )
    limit: int | None = Field(None, ge=1, description="Only the first questions of each split.")
    processes: int = Field(0, ge=0, description="Processes that read pictures; 0: one a CPU core.")
    seed: int = Field(0, ge=0, description="Decides which pictures are held out.")

    def pixels(self) -> tuple[int, int] | None:
        """Width and height; None to keep each picture's own."""
        if self.size == "original":
            return None
        width, _, height = self.size.partition("x")
        return int(width), int(height or width)


@dataclass(slots=True)
class Counts:
    """What became of a split."""

    pictures: int = 0
    questions: int = 0
    missing: int = 0
    """Pictures that are not there."""
    broken: int = 0
    """Pictures that cannot be read."""
    without_picture: int = 0
    """Questions left out with those pictures."""
    empty: int = 0
    """Questions left out because nothing is left of their words, or of their answer."""
    problems: list[dict[str, str | int]] = field(default_factory=list)


def prepare(config: PrepareConfig, source: Path, out: Path, console: Console) -> dict[str, Counts]:
    """Prepare every split of a source; pictures that are done are not done again.

    Args:
        config: The settings.
        source: What `training.sources` reads.
        out: Gets a file a split, `images/`, `prepare.json`, `config.yaml` and `problems.jsonl`.
        console: Takes the progress.

    Returns:
        The counts of each split.

    Raises:
        DataError: The source is damaged or is `out` itself, no question is left in a split, or the disk is full.
    """
    if out.resolve() in (source.resolve(), source.resolve().parent if source.is_file() else None):
        raise DataError(f"{out} holds the data themselves, which would be overwritten: choose another folder.")
    asked = {s: read_split(source, s, multiple_choice=config.task == "multiple-choice") for s in splits_of(source)}
    if config.val_share:
        if "val" in asked:
            raise DataError(f"{source} has a val split already: leave --val-share out.")
        asked["train"], asked["val"] = hold_out(asked["train"], config.val_share, config.seed)
        if not asked["train"]:
            raise DataError(f"{source}: nothing would be left to train on with --val-share {config.val_share}.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        counts = {
            split: _prepare_split(config, split, questions[: config.limit], out, console)
            for split, questions in asked.items()
        }
        for split in set(SPLITS) - set(counts):  # of an earlier preparation: its pictures may be trained on now
            split_file(out, split).unlink(missing_ok=True)
        config.save(out)
        write_summary(
            out,
            {
                "source": str(source),
                "size": config.pixels(),
                "config": config.model_dump(mode="json"),
                "splits": {split: _without_problems(each) for split, each in counts.items()},
            },
        )
        lines = [{"split": split, **problem} for split, each in counts.items() for problem in each.problems]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / PROBLEMS).write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror or error}.") from error
    return counts


def _prepare_split(config: PrepareConfig, split: str, asked: list[Asked], out: Path, console: Console) -> Counts:
    counts = Counts()
    of_picture = Counter(each.image_id for each in asked)
    sources = {each.image_id: each for each in asked}
    jobs: list[Job] = []
    folder = Path("images") / config.size / split
    for number, each in sources.items():
        if each.picture is None:
            counts.missing += 1
            counts.problems.append(_problem(each, "the picture is missing", of_picture))
        else:
            jobs.append(Job(number, each.picture, out / folder / f"{number:012d}.png", config.pixels()))
    (out / folder).mkdir(parents=True, exist_ok=True)
    usable: set[int] = set()
    with console.bar(len(jobs), f"Pictures of {split}") as bar:
        for job, refusal in _work(jobs, config.processes or os.cpu_count() or 1):
            bar.update(1)
            if refusal is None:
                usable.add(job.image_id)
            else:
                counts.broken += 1
                counts.problems.append(_problem(sources[job.image_id], refusal, of_picture))
    examples = []
    for each in asked:
        question = normalise_question(each.question)
        answer = None if each.answer is None else normalise_answer(each.answer)
        if each.image_id not in usable:
            counts.without_picture += 1
        elif not question or answer == "":
            counts.empty += 1
            counts.problems.append(
                {"question_id": each.question_id, "problem": "nothing is left of the question or answer"}
            )
        else:
            examples.append(
                Example(
                    image=str(folder / f"{each.image_id:012d}.png"),
                    question=question,
                    question_id=each.question_id,
                    image_id=each.image_id,
                    answer=answer,
                    answers=tuple(normalise_answer(text) for text in each.answers),
                    question_type=each.question_type,
                    answer_type=each.answer_type,
                    choices=tuple(normalise_answer(text) for text in each.choices),
                )
            )
    if not examples:
        raise DataError(f"No question is left in {split}: {_told(counts)}.")
    write_examples(out, split, examples)
    counts.questions, counts.pictures = len(examples), len({example.image_id for example in examples})
    console.say(f"{split}: {counts.questions} questions about {counts.pictures} pictures{_losses(counts)}")
    return counts


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to prepare."""

    image_id: int
    source: Path
    target: Path
    size: tuple[int, int] | None


def prepare_picture(job: Job) -> str | None:
    """Write one picture at the training size, unless that is done already.

    Transparency is laid on white and the picture turned upright by `model.images`, as the bot's worker does it.

    Returns:
        None, or a sentence that says why the picture cannot be used.
    """
    try:
        if job.target.stat().st_mtime >= job.source.stat().st_mtime:
            return None
    except FileNotFoundError:
        pass
    try:
        picture = open_picture(job.source.read_bytes())
    except PictureError as error:
        return str(error)
    if job.size is not None:
        picture = picture.resize(job.size, Image.Resampling.BICUBIC)
    partial = job.target.with_suffix(".partial")
    picture.save(partial, "PNG", compress_level=1)
    partial.replace(job.target)
    return None


def _work(jobs: list[Job], processes: int) -> Iterator[tuple[Job, str | None]]:
    if processes == 1 or len(jobs) < _ALONE:
        for job in jobs:
            yield job, prepare_picture(job)
        return
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from zip(jobs, pool.map(prepare_picture, jobs, chunksize=16), strict=True)


def _problem(asked: Asked, problem: str, of_picture: Counter[int]) -> dict[str, str | int]:
    return {"picture": asked.name, "problem": problem, "questions": of_picture[asked.image_id]}


def _losses(counts: Counts) -> str:
    told = _told(counts)
    return f" ({told}; see {PROBLEMS})" if told else ""


def _told(counts: Counts) -> str:
    parts = (
        (counts.missing, "missing picture", ""),
        (counts.broken, "broken picture", ""),
        (counts.without_picture, "question", " without a picture"),
        (counts.empty, "question", " without words"),
    )
    return ", ".join(f"{number} {what}{'s' * (number != 1)}{rest}" for number, what, rest in parts if number)


def _without_problems(counts: Counts) -> dict[str, int]:
    return {f.name: getattr(counts, f.name) for f in dataclasses.fields(counts) if f.name != "problems"}
