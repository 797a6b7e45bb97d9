"""Where a scene and its things lie on the model's input and on its grid of cells."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from training.builtin.architecture import COLUMNS, ROWS
from training.scenes.scene import Scene, Thing

CELLS = ROWS * COLUMNS
Transform = NDArray[np.float64]
"""Where a scene lies on the model's input: a homography [3, 3] from scene pixels to shares of the input."""


def whole_canvas(scene: Scene) -> Transform:
    """The placing of a scene that fills the input."""
    return np.diag([1 / scene.width, 1 / scene.height, 1.0])


def extent(thing: Thing, transform: Transform) -> tuple[float, float, float, float]:
    """The box of a thing on the input, in shares of it: left, top, right, bottom."""
    corners = np.array([(x, y, 1.0) for x in (thing.x, thing.x + thing.w) for y in (thing.y, thing.y + thing.h)])
    placed = corners @ transform.T
    points = placed[:, :2] / placed[:, 2:]
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return float(left), float(top), float(right), float(bottom)


def covered(things: Iterable[Thing], transform: Transform) -> NDArray[np.float32]:
    """The cells that things cover: [CELLS] of 0 and 1."""
    marks = np.zeros((ROWS, COLUMNS), np.float32)
    for thing in things:
        left, top, right, bottom = extent(thing, transform)
        marks[span(top * ROWS, bottom * ROWS), span(left * COLUMNS, right * COLUMNS)] = 1
    return marks.reshape(-1)


def corresponding_cells(here: Transform, there: Transform) -> NDArray[np.int64]:
    """For each cell of one picture, the cell of another that shows the same place of the scene.

    Args:
        here: Where the scene lies on the one.
        there: Where it lies on the other.

    Returns:
        Numbers of cells, [CELLS]; -1 where that place is not on the other picture.
    """
    rows, columns = np.divmod(np.arange(CELLS), COLUMNS)
    middles = np.stack([(columns + 0.5) / COLUMNS, (rows + 0.5) / ROWS, np.ones(CELLS)])  # [3, CELLS]
    x, y, scale = there @ np.linalg.inv(here) @ middles
    column, row = np.floor(x / scale * COLUMNS).astype(np.int64), np.floor(y / scale * ROWS).astype(np.int64)
    inside = (column >= 0) & (column < COLUMNS) & (row >= 0) & (row < ROWS)
    return np.where(inside, row * COLUMNS + column, -1)


def span(low: float, high: float) -> slice:
    """The rows or columns that reach from `low` to `high`: at least one."""
    return slice(max(0, round(low)), max(round(high), round(low) + 1))
