"""Dense targets: for each cell of the picture, which things have their centre there and what they are like.

With the question loss alone a small model answers without looking for thousands of steps; told what is in each cell,
its vision side learns within hundreds of steps, and the answers follow.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from training.builtin.architecture import COLUMNS, ROWS
from training.builtin.cells import Transform, extent, span
from training.scenes.catalogue import (
    ACCESSORIES,
    ALL,
    CATALOGUE,
    COLOURLESS,
    FLAT,
    HOLDABLE,
    LATE_POSES,
    MOODS,
    POSES,
)
from training.scenes.facts import place_of
from training.scenes.people import HAIR_COLOURS, hair_colour
from training.scenes.scene import Scene
from training.scenes.wording import PLACES, WEATHER

GROUPS: dict[str, tuple[str, ...]] = {
    "centre": tuple(CATALOGUE),
    "cover": tuple(CATALOGUE),
    "colour": ALL,
    "pose": (*POSES, *LATE_POSES),
    "mood": MOODS,
    "wearing": ACCESSORIES,
    "holding": HOLDABLE,
    "wearing_colour": ALL,
    "place": PLACES,
    "trousers": ALL,
    "hair": tuple(sorted({*HAIR_COLOURS} - {""})),
}
INDEX: dict[tuple[str, str], int] = {
    (group, word): index
    for index, (group, word) in enumerate((group, word) for group, words in GROUPS.items() for word in words)
}
_WHOLE = (*WEATHER, "night", "indoors", "grass", "sand", "snow", "road")
LABELS, WHOLE = len(INDEX), len(_WHOLE)
MEASURES = 4
"""Offset of the centre within its cell (x, y) and the logarithms of width and height in cells."""


def targets(scene: Scene, transform: Transform) -> dict[str, NDArray[np.float32]]:
    """Targets of one picture.

    Args:
        scene: A rendered scene.
        placing: Where the scene lies on the input.

    Returns:
        For the grid of picture tokens and, with "fine_" before the name, for the tower's grid of twice the fineness:
        labels [cells, LABELS] of 0 and 1, measures [cells, MEASURES], has [cells] (1 where a centre lies and the
        measures count); whole [WHOLE], and whole_shown [1], 0 where nothing shows it.
    """
    truths = (
        *(scene.weather == w for w in WEATHER),
        scene.night,
        scene.indoors,
        *(scene.ground == g for g in _WHOLE[-4:]),
    )
    return {
        **_grid(scene, transform, ROWS, COLUMNS),
        **{f"fine_{name}": value for name, value in _grid(scene, transform, 2 * ROWS, 2 * COLUMNS).items()},
        "whole": np.asarray(truths, np.float32),
        "whole_shown": np.asarray([not scene.style.backdrop], np.float32),
    }


def _grid(scene: Scene, transform: Transform, rows: int, columns: int) -> dict[str, NDArray[np.float32]]:
    labels = np.zeros((rows, columns, LABELS), np.float32)
    measures = np.zeros((rows, columns, MEASURES), np.float32)
    has = np.zeros((rows, columns), np.float32)

    def cell(x: float, y: float) -> tuple[int, int]:
        return min(max(int(y), 0), rows - 1), min(max(int(x), 0), columns - 1)

    for thing in [each for one in scene.things for each in (one, one.holding) if each is not None]:
        left, top, right, bottom = extent(thing, transform)
        left, right, top, bottom = left * columns, right * columns, top * rows, bottom * rows
        labels[span(top, bottom), span(left, right), INDEX["cover", thing.kind]] = 1
        x, y = (left + right) / 2, (top + bottom) / 2
        centre = cell(x, y)
        labels[(*centre, INDEX["centre", thing.kind])] = 1
        spots = {centre}
        if thing.face is not None:  # a person's face tells as much as the middle
            point = transform @ np.array([*thing.face, 1.0])
            spots.add(cell(point[0] / point[2] * columns, point[1] / point[2] * rows))
        for group, word in (
            ("colour", thing.colour if thing.kind not in COLOURLESS else ""),
            ("pose", thing.pose),
            ("mood", thing.mood if thing.pose not in FLAT else ""),
            ("wearing", thing.wearing),
            ("wearing_colour", thing.wearing_colour if thing.wearing else ""),
            ("holding", thing.holding.kind if thing.holding else ""),
            ("place", place_of(thing)),
            ("trousers", thing.trousers),
            ("hair", hair_colour(thing) if thing.trousers else ""),
        ):
            if (index := INDEX.get((group, word))) is not None:
                for row, column in spots:
                    labels[row, column, index] = 1
        measures[centre] = (
            x - centre[1] - 0.5,
            y - centre[0] - 0.5,
            math.log(max(right - left, 0.05)),
            math.log(max(bottom - top, 0.05)),
        )
        has[centre] = 1
    return {
        "labels": labels.reshape(-1, LABELS),
        "measures": measures.reshape(-1, MEASURES),
        "has": has.reshape(-1),
    }
