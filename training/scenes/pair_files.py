"""Pairs of scenes in files of one's own: a line of JSON a question, with both pictures' files."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model.atomic import replacing
from training.scenes import annotators, art
from training.scenes.pair_questions import ask_pair
from training.scenes.pairs import compose_pair
from training.scenes.variety import Variety

Record = dict[str, Any]
"""A line: question_id, images, question, answer, question_type (what changed, or what is asked) and answer_type."""


def folder_of(split: str) -> str:
    """Where a split's pictures lie."""
    return f"images/{split}"


def draw_pair(
    out: Path, split: str, number: int, rng: random.Random, variety: Variety, *, questions: int, scale: float
) -> list[Record]:
    """Draw a pair into `out` and ask about it.

    Args:
        out: The folder of the split's file; the folder of its pictures is there.
        split: train, val or test, which goes without answers.
        number: The pair's number, which no other pair of any split has.
        rng: Decides everything.
        variety: What the scenes may be like.
        questions: How many questions.
        scale: Canvas pixels to a picture's pixel while drawing.
    """
    pair = compose_pair(rng, variety)
    names = [f"{folder_of(split)}/{number:06d}-{place}.png" for place in (1, 2)]
    seed = rng.getrandbits(32)  # the same pens for both: what did not change looks the same
    for scene, name in zip((pair.first, pair.second), names, strict=True):
        art.render(scene, random.Random(seed), scale).save(out / name, compress_level=4)
    records = []
    for place, qa in enumerate(ask_pair(pair, rng, questions, typing=variety.wordings)):
        record = {"question_id": 10 * number + place, "images": names, "question": qa.question}
        if split != "test":
            record |= {"answer": qa.answer}
        records.append({**record, "question_type": qa.kind, "answer_type": annotators.answer_type(qa.answer)})
    return records


def write_lines(out: Path, split: str, records: Iterable[Record]) -> None:
    """Write a split's file."""
    with replacing(out / f"{split}.jsonl") as partial, partial.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
