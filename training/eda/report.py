"""Puts what was counted into one page, with the charts as PNGs beside it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from model.atomic import write_text
from model.loading import locate
from training.config import Config
from training.console import Console
from training.data.partition import shared_pictures, shared_sentences
from training.data.sources import DataSource, SourceQuestion
from training.data.unknown_words import UnknownWords, Vocabulary
from training.data.vqa import DataError
from training.eda import charts
from training.eda.facts import SplitFacts, gather
from training.report.figures import Drawn
from training.report.pages import render, thumbnail

PAGE = "report.html"


class ReportConfig(Config):
    """How data is looked at."""

    model: str = Field(
        "builtin", description="Whose words are looked for: builtin, a folder, a ZIP or a hub id; none: nobody's."
    )
    samples: int = Field(8, ge=0, le=100, description="Pictures of each split to show with their questions.")
    processes: int = Field(0, ge=0, description="Processes that open pictures; 0: one a CPU core.")
    seed: int = Field(0, ge=0, description="Decides which pictures are shown.")


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture to show, with what is asked about it."""

    picture: str
    questions: list[SourceQuestion]


def report(config: ReportConfig, source: Path, out: Path, console: Console) -> Path:
    """Look at every split of a source and write the page.

    Args:
        config: The settings.
        source: What `training.data.sources` reads.
        out: The folder; gets report.html and a PNG a chart.
        console: Takes the progress.

    Returns:
        The page.

    Raises:
        DataError: The source is damaged, or the page cannot be written.
        ModelError: There is no such model.
    """
    vocabulary = None if config.model == "none" else Vocabulary.of(locate(config.model))
    there = DataSource(source)
    everything = {split: there.read(split) for split in there.splits()}
    splits = []
    for split, asked in everything.items():
        pictures = len({found.number for each in asked for found in each.pictures if found.picture is not None})
        with console.bar(pictures, f"Pictures of {split}") as bar:
            splits.append(gather(split, asked, config.processes, bar.update))
    drawn = _charts(splits)
    contents = {each.split: each.contents for each in splits}
    unknown = _unknown(everything, vocabulary)
    for sentence in [*shared_sentences(contents), *unknown.sentences(config.model)]:
        console.say(sentence)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, chart in drawn.items():
            (out / f"{name}.png").write_bytes(chart.light)
        samples = {each.split: _samples(each, config) for each in splits}
        text = render(
            "data.html.jinja",
            title=f"The data in {source.resolve().name}",
            splits=splits,
            charts=drawn,
            samples=samples,
            shared=shared_pictures(contents),
            unknown=unknown,
            vocabulary=config.model if vocabulary else None,
        )
        write_text(out / PAGE, text)
        config.save(out)
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror or error}.") from error
    return out / PAGE


def _unknown(everything: dict[str, list[SourceQuestion]], vocabulary: Vocabulary | None) -> UnknownWords:
    if vocabulary is None:
        return UnknownWords()
    asked = [each for questions in everything.values() for each in questions]
    return vocabulary.find_unknown(
        (each.question for each in asked), (each.answer for each in asked if each.answer is not None)
    )


def _charts(splits: Sequence[SplitFacts]) -> dict[str, Drawn]:
    drawn: dict[str, Drawn] = {}
    for place, each in enumerate(splits):
        drawn[f"questions-{each.split}"] = charts.cloud(charts.question_words(each), each.split, place, "questions")
        if each.answers:
            drawn[f"answers-{each.split}"] = charts.cloud(each.answers, each.split, place, "answers")
    answered = [each for each in splits if each.answers]
    drawn["question-lengths"] = charts.lengths(
        splits, lambda each: each.question_lengths, "words in a question", "Columns: lengths of the questions in words"
    )
    if answered:
        drawn["commonest-answers"] = charts.commonest_answers(answered)
        drawn["answer-lengths"] = charts.lengths(
            answered, lambda each: each.answer_lengths, "words in an answer", "Columns: lengths of the answers in words"
        )
    if any(each.agreement for each in answered):
        drawn["agreement"] = charts.lengths(
            answered,
            lambda each: each.agreement,
            "of ten people who gave the commonest answer",
            "Columns: how many of ten people agree",
        )
    if any(name for each in answered for name in each.answer_types):
        drawn["answer-types"] = charts.groups(
            answered, lambda each: each.answer_types, 10, "Bars: types of the answers"
        )
    if any(name for each in answered for name in each.question_types):
        drawn["question-types"] = charts.groups(
            answered, lambda each: each.question_types, 25, "Bars: the commonest types of questions"
        )
    return drawn


def _samples(facts: SplitFacts, config: ReportConfig) -> list[ShownPicture]:
    of_picture: dict[int, list[SourceQuestion]] = {}
    for each in facts.usable:
        of_picture.setdefault(each.image_id, []).append(each)
    numbers = sorted(of_picture)
    chosen = random.Random(f"samples/{config.seed}").sample(numbers, min(config.samples, len(numbers)))
    return [
        ShownPicture(thumbnail(path), of_picture[number])
        for number in chosen
        if (path := of_picture[number][0].pictures[0].picture) is not None
    ]
