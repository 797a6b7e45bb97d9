"""A picture with what counted for an answer: a heat map over it, and boxes around what was hottest."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps

Grid = Sequence[Sequence[float]]
"""Rows from top to bottom of values from 0 to 1, left to right."""
Box = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of the picture's sides."""

HOT = 0.5
"""Cells of at least so much of the largest value belong to a box."""
MOST_BOXES = 3
_DIMMED = 0.45
_MOST_UNLIKE = 19
"""How many times as long as the other one side may be; Telegram takes 20."""
_ACROSS, _CELL, _GAP = 2, 800, 8
"""Of several pictures in one: how many stand in a row, and pixels of each and between them, at most."""
_COLOURS = ((0, (40, 20, 110)), (110, (190, 30, 90)), (190, (250, 130, 20)), (255, (255, 235, 110)))


def draw_heat_map(picture: Image.Image, grid: Grid) -> Image.Image:
    """Lay a heat map over a picture: what did not count is dimmed, what counted most is framed.

    Args:
        picture: RGB.
        grid: What counted; a grid of zeros leaves the picture as it is.
    """
    result = picture.convert("RGB")
    if not any(map(any, grid)):
        return result
    rows, columns = len(grid), len(grid[0])
    cells = Image.new("L", (columns, rows))
    cells.putdata([round(255 * min(1.0, max(0.0, value))) for line in grid for value in line])
    heat = cells.resize(result.size, Image.Resampling.BICUBIC)
    result = Image.composite(result, Image.blend(result, Image.new("RGB", result.size), _DIMMED), heat)
    colours = Image.merge("RGB", [heat.point([_colour(value)[band] for value in range(256)]) for band in range(3)])
    result = Image.composite(colours, result, heat.point([round(value * 0.55) for value in range(256)]))
    pen = ImageDraw.Draw(result)
    width = max(2, round(max(result.size) / 200))
    for left, top, right, bottom in hot_boxes(grid):
        left, top = int(left * result.width), int(top * result.height)
        corners = (left, top, max(left, right * result.width - 1), max(top, bottom * result.height - 1))
        pen.rectangle(corners, outline=(0, 0, 0), width=width + 2)
        pen.rectangle(corners, outline=(255, 255, 255), width=width)
    return result


def hot_boxes(grid: Grid) -> list[Box]:
    """Boxes around the cells that counted most, each around cells that touch; the hottest first, few at most."""
    rows, columns = len(grid), len(grid[0])
    hot = {(r, c) for r, line in enumerate(grid) for c, value in enumerate(line) if value >= HOT}
    found: list[tuple[float, Box]] = []
    while hot:
        group, edge = set(), [hot.pop()]
        while edge:
            row, column = edge.pop()
            group.add((row, column))
            near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & hot
            hot -= near
            edge += near
        heat = sum(grid[r][c] for r, c in group)
        across, down = [c for _, c in group], [r for r, _ in group]
        box = (min(across) / columns, min(down) / rows, (max(across) + 1) / columns, (max(down) + 1) / rows)
        found.append((heat, box))
    return [box for _, box in sorted(found, reverse=True)[:MOST_BOXES]]


def _colour(value: int) -> tuple[int, int, int]:
    """From dark over red to light yellow."""
    for (low, before), (high, after) in itertools.pairwise(_COLOURS):
        if value <= high:
            share = (value - low) / (high - low)
            red, green, blue = (round(a + (b - a) * share) for a, b in zip(before, after, strict=True))
            return red, green, blue
    return _COLOURS[-1][1]


def side_by_side(pictures: Sequence[Image.Image], numbers: Sequence[int] = ()) -> Image.Image:
    """Several pictures as one, each with its number, in rows of two; one picture stays as it is.

    The result's sides are never so unlike that Telegram would not take it as a photo. Without `numbers` they are
    counted from 1.
    """
    if len(pictures) == 1:
        width, height = pictures[0].size
        least = -(-max(width, height) // _MOST_UNLIKE)
        return ImageOps.pad(pictures[0], (max(width, least), max(height, least)), color="white")
    width, height = (min(_CELL, max(sides)) for sides in zip(*(one.size for one in pictures), strict=True))
    rows = -(-len(pictures) // _ACROSS)
    result = Image.new("RGB", (_ACROSS * (width + _GAP) - _GAP, rows * (height + _GAP) - _GAP), "white")
    pen = ImageDraw.Draw(result)
    for place, (number, one) in enumerate(zip(numbers or range(1, len(pictures) + 1), pictures, strict=True)):
        small = one.copy()
        small.thumbnail((width, height))
        left, top = place % _ACROSS * (width + _GAP), place // _ACROSS * (height + _GAP)
        result.paste(small, (left + (width - small.width) // 2, top + (height - small.height) // 2))
        size = max(12, height // 10)
        pen.rectangle((left, top, left + 1.4 * size, top + 1.4 * size), fill=(0, 0, 0))
        pen.text((left + 0.7 * size, top + 0.7 * size), str(number), fill="white", font_size=size, anchor="mm")
    return result
