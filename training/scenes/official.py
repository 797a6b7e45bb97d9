"""Writes scenes as the official VQA v1 files: pictures, questions, multiple-choice questions, annotations.

Scene number i of a split comes from its own seed, so the same seed gives the same bytes whatever the order of drawing.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from training.scenes import art, layout, questions
from training.scenes.scene import HEIGHT, WIDTH
from training.scenes.wording import FITTING, QA
from training.vqa import (
    PEOPLE,
    SPLITS,
    DataError,
    annotation_file,
    picture_file,
    picture_folder,
    question_file,
    write_json,
)

CHOICES = 18
"""Choices of a multiple-choice question, as in VQA v1: the right one, plausible, popular and random ones."""
POPULAR = ("yes", "no", "1", "2", "3", "4", "white", "red", "blue", "green")
PREFIXES = (
    "how many",
    "what is the",
    "what color is the",
    "what color",
    "what colour",
    "is there a",
    "is there",
    "are there any",
    "are there more",
    "are there",
    "is the",
    "is it",
    "is this",
    "is",
    "where is the",
    "where",
    "who is",
    "who has",
    "who",
    "which is",
    "which",
    "how does",
    "how is",
    "do you see",
    "can you see",
    "what does",
    "what animal",
    "what",
    "how",
)
LIVELY = 0.35
"""Share of questions on which people disagree."""
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """One scene as it goes into the files."""

    image_id: int
    asked: list[QA]
    people: list[list[str]]
    """Ten answers to each question."""
    choices: list[list[str]]


def write_scenes(
    out: Path, counts: dict[str, int], seed: str, per_picture: int, progress: Callable[[int], None], workers: int = 2
) -> None:
    """Write the files of all splits.

    Args:
        out: A folder that is empty or not there yet.
        counts: How many pictures each split gets.
        seed: Names the scenes; the same seed gives the same bytes.
        per_picture: Questions a picture.
        progress: Called with the number of pictures drawn since the last call.
        workers: Processes that draw.

    Raises:
        DataError: `out` holds something else, or cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} is not empty. Choose another folder, or remove it first.")
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        first = 0
        for split in SPLITS:
            if counts[split]:
                _write_split(partial, split, first, counts[split], seed, per_picture, progress, workers)
            first += counts[split]
        if out.exists():
            out.rmdir()
        partial.replace(out)
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_split(
    out: Path,
    split: str,
    first: int,
    count: int,
    seed: str,
    per_picture: int,
    progress: Callable[[int], None],
    workers: int,
) -> None:
    (out / picture_folder(split)).mkdir()
    starts = range(0, count, _CHUNK)
    jobs = [(str(out), split, seed, first, start, min(start + _CHUNK, count), per_picture) for start in starts]
    drawn: list[Drawn] = []
    for chunk in _spread(jobs, workers):
        drawn += chunk
        progress(len(chunk))
    open_ended, multiple, notes = [], [], []
    for scene in drawn:
        for i, qa in enumerate(scene.asked):
            number = scene.image_id * 10 + i
            record = {"image_id": scene.image_id, "question": qa.question, "question_id": number}
            open_ended.append(record)
            multiple.append({**record, "multiple_choices": scene.choices[i]})
            notes.append(_annotation(scene, i, number))
    for task, records in (("OpenEnded", open_ended), ("MultipleChoice", multiple)):
        kind = {"task_type": "Open-Ended" if task == "OpenEnded" else "Multiple-Choice", **_header(split)}
        write_json(out / question_file(split, task), {**kind, "questions": records})
    if split != "test":
        write_json(out / annotation_file(split), {**_header(split), "annotations": notes})


def _spread(jobs: list[tuple[str, str, str, int, int, int, int]], workers: int) -> Iterator[list[Drawn]]:
    if workers <= 1 or len(jobs) <= 1:
        yield from map(_draw_chunk, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(_draw_chunk, jobs)


def _draw_chunk(job: tuple[str, str, str, int, int, int, int]) -> list[Drawn]:
    out, split, seed, first, start, end, per_picture = job
    drawn = []
    for index in range(start, end):
        rng = random.Random(f"{seed}/{split}/{index}")
        scene = layout.compose(rng)
        picture = art.render(scene, rng, 2.0)
        asked = questions.ask(scene, rng, per_picture)
        image_id = first + index
        path = Path(out) / picture_folder(split) / picture_file(split, image_id)
        translucent(picture, rng).save(path, compress_level=4)
        people = [human_answers(qa, rng) for qa in asked]
        drawn.append(Drawn(image_id, asked, people, [multiple_choices(qa, rng) for qa in asked]))
    return drawn


def translucent(picture: Image.Image, rng: random.Random) -> Image.Image:
    """RGBA as the released pictures are: opaque but for some places, where alpha goes down to 200.

    Over white (the project's one rule for transparency) these come out a little lighter, and nothing else changes.
    """
    alpha = Image.new("L", picture.size, 255)
    draw = ImageDraw.Draw(alpha)
    for _ in range(rng.randrange(2, 6)):
        x, y, w = rng.uniform(0, WIDTH), rng.uniform(0.6 * HEIGHT, HEIGHT), rng.uniform(40, 120)
        draw.ellipse((x, y, x + w, y + w * 0.12), fill=rng.randrange(200, 250))
    result = picture.convert("RGBA")
    result.putalpha(alpha)
    return result


def human_answers(qa: QA, rng: random.Random) -> list[str]:
    """What ten people would say: mostly the same, now and then some see it otherwise; the truth has the majority."""
    dissenters = rng.choices((0, 1, 2, 3, 4), (0, 5, 3, 2, 1))[0] if rng.random() < LIVELY else 0
    answers = [qa.answer] * (PEOPLE - dissenters)
    pool = list(qa.plausible) or ["unknown"]
    while len(answers) < PEOPLE:
        other = rng.choice(pool)
        answers.append(other if answers.count(other) < PEOPLE - dissenters - 1 else "unknown")
    rng.shuffle(answers)
    return answers


def multiple_choices(qa: QA, rng: random.Random) -> list[str]:
    """18 different choices in random order, the right one among them."""
    choices = [qa.answer]
    plausible = list(qa.plausible)
    rng.shuffle(plausible)
    everything = sorted({word for words in FITTING.values() for word in words})
    for word in (*plausible[:7], *POPULAR, *rng.sample(everything, len(everything))):
        if word not in choices and len(choices) < CHOICES:
            choices.append(word)
    rng.shuffle(choices)
    return choices


def _annotation(scene: Drawn, place: int, number: int) -> dict[str, Any]:
    qa, people = scene.asked[place], scene.people[place]
    votes = Counter(people)
    sure = {answer: "yes" if count >= 3 else "maybe" for answer, count in votes.items()}
    return {
        "question_id": number,
        "image_id": scene.image_id,
        "question_type": question_type(qa.question),
        "answer_type": answer_type(qa.answer),
        "multiple_choice_answer": qa.answer,
        "answers": [
            {"answer": answer, "answer_confidence": sure[answer], "answer_id": i} for i, answer in enumerate(people, 1)
        ],
    }


def question_type(question: str) -> str:
    """The words that a question begins with, as the official files group them."""
    text = question.lower()
    return next((prefix for prefix in PREFIXES if text.startswith(prefix + " ")), "none of the above")


def answer_type(answer: str) -> str:
    """yes/no, number or other."""
    if answer in ("yes", "no"):
        return "yes/no"
    return "number" if answer.isdecimal() else "other"


def _header(split: str) -> dict[str, Any]:
    return {
        "info": {
            "description": "Cartoon scenes drawn by vqabot, in the files of VQA abstract scenes v1.",
            "url": "",
            "version": "1.0",
            "year": 2015,
            "contributor": "vqabot",
            "date_created": "2015-10-02 00:00:00",
        },
        "license": {"name": "MIT", "url": ""},
        "data_type": "abstract_v002",
        "data_subtype": f"{split}2015",
    }
