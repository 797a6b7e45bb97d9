"""Prepared data of project scenes, to measure trainings with. Needs no torch."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

from training.data.prepared import Example, write_examples
from training.scenes import art, layout, questions


def write_synthetic_data(
    folder: Path, pictures: int, per_picture: int, size: tuple[int, int], *, copies: int = 1
) -> Path:
    """Write a train split: so many pictures of this width and height, each with its questions.

    Args:
        folder: Where.
        pictures: How many are drawn.
        per_picture: Questions about each.
        size: Width and height in pixels.
        copies: Names under which each picture stands there, as if it were as many pictures.
    """
    (folder / "images").mkdir(parents=True)
    rows: list[Example] = []
    for number in range(pictures):
        rng = random.Random(f"throughput/{number}")
        scene = layout.compose(rng)
        picture = art.render(scene, rng, 1.0).resize(size, Image.Resampling.BICUBIC)
        asked = list(questions.ask(scene, rng, per_picture))
        for copy in range(copies):
            place = number * copies + copy
            file = folder / "images" / f"{place}.png"
            if copy:
                file.hardlink_to(folder / "images" / f"{number * copies}.png")
            else:
                picture.save(file)
            rows += [
                Example(f"images/{place}.png", one.question, per_picture * place + turn, place, one.answer)
                for turn, one in enumerate(asked)
            ]
    write_examples(folder, "train", rows)
    return folder
