"""Prepares data for training: questions as the bot makes them, pictures once as the model sees them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from model.atomic import write_text
from model.counting import counted
from model.loading import locate
from model.processor import Resize, read_image_settings
from model.text import normalise_question, target_answer
from training.console import Console
from training.data.counts import Counts
from training.data.partition import PARTS, PreparedQuestion, divide, pooled, shared_pictures, shared_sentences, without
from training.data.pictures import PictureJob, PictureResult, folder_of, is_prepared, prepare_picture, sweep
from training.data.pool import parallel_map
from training.data.prepare_config import PrepareConfig
from training.data.prepared import (
    PREPARED_SPLITS,
    SUMMARY,
    Example,
    split_file,
    write_examples,
    write_summary,
)
from training.data.sources import DataSource, SourceQuestion
from training.data.unknown_words import UnknownWords, Vocabulary
from training.data.vqa import DataError

PROBLEMS = "problems.jsonl"
FEEDBACK = "feedback"
"""What people said about answers of the bot: it becomes part of train."""
_HELD_OUT = 0.1
"""Share of the pictures that val gets where neither the source nor a person says."""


def prepare(config: PrepareConfig, source: Path, out: Path, console: Console) -> dict[str, Counts]:
    """Prepare every split of a source; pictures that are done are not done again.

    Nothing that an earlier preparation left is touched before all is ready; then what no longer belongs is removed.

    Args:
        config: The settings.
        source: What `training.data.sources` reads.
        out: Gets a file a split, `images/`, `prepare.json`, `config.yaml` and `problems.jsonl`.
        console: Takes the progress.

    Returns:
        The counts of each split.

    Raises:
        DataError: The source is damaged or is `out` itself, no question is left in a split, or the disk is full.
        ModelError: There is no such model.
    """
    if out.resolve() in (source.resolve(), source.resolve().parent if source.is_file() else None):
        raise DataError(f"{out} holds the data themselves, which would be overwritten: choose another folder.")
    _check_free(out)
    there = DataSource(source)
    splits = there.splits()
    if config.val_share and "val" in splits and config.split_by == "source":
        raise DataError(
            f"{source} has a val split already: leave --val-share out, or divide train and val anew with "
            "--split-by picture."
        )
    folder = locate(config.model)
    own = Resize.read(read_image_settings(folder))
    resize, vocabulary = config.pixels(own), Vocabulary.of(folder)
    _say_size(config, own, resize, console)
    asked = {}
    for split in splits:
        console.say(f"{split} is read from {there.file(split)}")
        asked[split] = there.read(split, multiple_choice=config.task == "multiple-choice")[: config.limit]
    if config.feedback is not None:
        said = DataSource(Path(config.feedback))
        console.say(f"{FEEDBACK} is read from {said.file('train')}")
        asked[FEEDBACK] = said.read("train")[: config.limit]
    for name in there.not_read():
        console.say(f"{name} is not read: splits are called train, val (or valid, validation, dev) and test.")
    try:
        (out / folder_of(resize)).mkdir(parents=True, exist_ok=True)
        counts = {split: Counts() for split in asked}
        usable = {
            split: _usable(split, questions, out, resize, config, console, counts[split])
            for split, questions in asked.items()
        }
        placed = _divided(config, _with_feedback(usable, console), console)
        unknown = _words(placed, vocabulary)
        pictures = {split: _images(questions) for split, questions in placed.items()}
        _write(config, there, out, placed, counts, resize, unknown, pictures)
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror or error}.") from error
    for split, each in counts.items():
        lost = each.lost()
        console.say(
            f"{split}: {counted(each.questions, 'question')} about {counted(each.pictures, 'picture')}"
            f"{f' ({lost}; see {PROBLEMS})' if lost else ''}"
        )
    for sentence in shared_sentences(pictures):
        console.say(f"{sentence} --split-by picture divides train and val so that no picture is in two splits.")
    for sentence in unknown.sentences(config.model):
        console.say(f"{sentence} `vqabot train --new-words auto` adds them.")
    return counts


def _check_free(out: Path) -> None:
    """See that nothing but an earlier preparation, or what an interrupted one left, would be overwritten or removed.

    Raises:
        DataError: Something else is there.
    """
    if out.exists() and not (out / SUMMARY).is_file():
        ours = (path.name == f"{SUMMARY}.partial" or is_prepared(path) for path in out.rglob("*") if not path.is_dir())
        if not out.is_dir() or not all(ours):
            raise DataError(f"{out} is not empty. Choose another folder, or remove it first.")


def _say_size(config: PrepareConfig, own: Resize, resize: Resize | None, console: Console) -> None:
    if resize is not None and resize != own:
        console.say(
            f"The pictures become {resize}, but {config.model} sees {own}: it has to learn to see anew, and its first "
            "answers will mostly be wrong. Leave --size out for its own size."
        )


def _usable(
    split: str,
    asked: list[SourceQuestion],
    out: Path,
    resize: Resize | None,
    config: PrepareConfig,
    console: Console,
    counts: Counts,
) -> list[PreparedQuestion]:
    """The questions of a split that can be trained on, with their pictures prepared."""
    of_picture = Counter(found.number for each in asked for found in each.pictures)
    sources = {found.number: found for each in asked for found in each.pictures}
    jobs: dict[int, PictureJob] = {}
    for number, found in sources.items():
        if found.picture is None:
            counts.missing += 1
            counts.note(found, found.problem, of_picture[number])
        else:
            jobs[number] = PictureJob(found.picture, out, resize)
    done: dict[int, PictureResult] = {}
    with (
        console.bar(len(jobs), f"Pictures of {split}") as bar,
        closing(parallel_map(prepare_picture, list(jobs.values()), config.processes)) as results,
    ):
        for number, result in zip(jobs, results, strict=True):
            bar.update(1)
            done[number] = result
            if result.problem:
                counts.broken += 1
                counts.note(sources[number], result.problem, of_picture[number])
    questions = []
    for each in asked:
        images = [done.get(found.number) for found in each.pictures]
        if any(image is None or image.problem for image in images):
            counts.without_picture += 1
        elif not normalise_question(each.question) or (each.answer is not None and not target_answer(each.answer)):
            counts.empty += 1
            counts.problems.append(
                {"question_id": each.question_id, "problem": "nothing is left of the question or answer"}
            )
        else:
            questions.append(PreparedQuestion(each, tuple(image.name for image in images if image is not None)))
    if not questions:
        why = next((f" The first: {p['picture']}: {p['problem']}" for p in counts.problems if "picture" in p), "")
        raise DataError(f"No question is left in {split}: {counts.lost()}.{why}".removesuffix(".") + ".")
    return questions


def _with_feedback(usable: dict[str, list[PreparedQuestion]], console: Console) -> dict[str, list[PreparedQuestion]]:
    """What people said about answers joins train, but for pictures by which a model is judged."""
    splits = dict(usable)
    said = splits.pop(FEEDBACK, [])
    judged_by = [each for split in ("val", "test") for each in splits.get(split, ())]
    new = without(said, judged_by)
    if left := len(said) - len(new):
        console.say(f"Left out of {FEEDBACK} are {counted(left, 'question')} about pictures of val or test.")
    return splits | {"train": pooled([splits.get("train", []), new])} if new else splits


def _divided(
    config: PrepareConfig, usable: dict[str, list[PreparedQuestion]], console: Console
) -> dict[str, list[PreparedQuestion]]:
    """The splits as they shall be: as the source has them, or divided anew by pictures."""
    placed = dict(usable)
    if config.split_by == "picture" or config.val_share:
        train, val = (placed.get(split, []) for split in ("train", "val"))
        pictures = [_images(side) for side in (train, val)]
        share = config.val_share or (len(pictures[1]) / len(pictures[0] | pictures[1]) if val else _HELD_OUT)
        everything = pooled([train, val]) if val else train
        together = without(everything, placed.get("test", ())) if config.split_by == "picture" else everything
        if left := len(everything) - len(together):
            console.say(f"Left out of train and val are {counted(left, 'question')} about pictures of test.")
        if not together:
            raise DataError("Every picture of train and val is in test as well: nothing would be left to train on.")
        placed["train"], placed["val"] = divide(together, (1 - share, share), config.seed)
    if config.divide_val:
        if "val" not in placed:
            raise DataError("There is no val to divide: hold one out with --val-share.")
        sides = divide(placed["val"], (1 / 3,) * 3, config.seed)
        placed.update(zip(("val", *PARTS), sides, strict=True))
    return {split: placed[split] for split in PREPARED_SPLITS if split in placed}


def _words(placed: dict[str, list[PreparedQuestion]], vocabulary: Vocabulary) -> UnknownWords:
    asked = [each.source for questions in placed.values() for each in questions]
    return vocabulary.find_unknown(
        (each.question for each in asked), (each.answer for each in asked if each.answer is not None)
    )


def _write(
    config: PrepareConfig,
    source: DataSource,
    out: Path,
    placed: dict[str, list[PreparedQuestion]],
    counts: dict[str, Counts],
    resize: Resize | None,
    unknown: UnknownWords,
    pictures: dict[str, set[str]],
) -> None:
    """Put everything in place; adds the counts of what was written."""
    earlier = (out / SUMMARY).is_file()
    for split, questions in placed.items():
        each = counts.setdefault(split, Counts())
        numbers = {found.number for q in questions for found in q.source.pictures}
        each.questions, each.pictures = len(questions), len(numbers)
    write_summary(  # first: from here on the folder is known for a prepared one
        out,
        {
            "source": str(source.path),
            "files": {split: str(source.file(split)) for split in source.splits()},
            "size": resize.size if resize else None,
            "resample": resize.resample.name.lower() if resize else None,
            "config": config.model_dump(mode="json"),
            "splits": {split: each.as_dict() for split, each in counts.items()},
            "shared_pictures": shared_pictures(pictures),
            "unknown_words": unknown.as_dict(),
        },
    )
    for split, questions in placed.items():
        write_examples(out, split, map(_example, questions))
    for split in set(PREPARED_SPLITS) - set(placed):  # of an earlier preparation: its pictures may be trained on now
        split_file(out, split).unlink(missing_ok=True)
    config.save(out)
    lines = [{"split": split, **problem} for split, each in counts.items() for problem in each.problems]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_text(out / PROBLEMS, text)
    sweep(out, set().union(*pictures.values()), earlier=earlier)


def _example(placed: PreparedQuestion) -> Example:
    asked = placed.source
    return Example(
        image=placed.images[0],
        question=normalise_question(asked.question),
        question_id=asked.question_id,
        image_id=asked.image_id,
        answer=None if asked.answer is None else target_answer(asked.answer),
        answers=tuple(target_answer(text) for text in asked.answers),
        question_type=asked.question_type,
        answer_type=asked.answer_type,
        choices=tuple(target_answer(text) for text in asked.choices),
        own_id=asked.own_id,
        other_images=placed.images[1:],
    )


def _images(questions: Iterable[PreparedQuestion]) -> set[str]:
    return {image for each in questions for image in each.images}
