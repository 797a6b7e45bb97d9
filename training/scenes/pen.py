"""A pen that draws in a thing's own unit box, so that a drawing is written once for every size and both directions."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import ImageDraw

from training.scenes.palette import RGB, darker, mix
from training.scenes.scene import Thing
from training.scenes.style import Style

Point = tuple[float, float]


class Pen:
    """Draws shapes given in shares of a box: x from 0 (left) to 1 (right), y from 0 (top) to 1 (bottom)."""

    def __init__(self, draw: ImageDraw.ImageDraw, thing: Thing, style: Style, rng: random.Random, scale: float) -> None:
        """A pen for one thing; `scale` is the number of canvas pixels to a scene pixel."""
        self.draw, self.style, self.rng, self.scale = draw, style, rng, scale
        self.x, self.y, self.w, self.h = (v * scale for v in (thing.x, thing.y, thing.w, thing.h))
        self.flip = thing.flip
        self.edge = round(style.outline * scale)

    def detailed(self, share: float = 1.0) -> bool:
        """Whether an optional detail is drawn this time."""
        return self.rng.random() < self.style.detail * share

    def at(self, x: float, y: float, extent: float = 1.0) -> Point:
        """A point of a shape on the canvas; the hand sways less in a shape of small `extent` (share of the box)."""
        if self.style.wobble:
            sway = min(0.022, 0.09 * extent) * self.style.wobble
            x, y = x + self.rng.uniform(-sway, sway), y + self.rng.uniform(-sway, sway)
        return self.x + self.w * (1 - x if self.flip else x), self.y + self.h * y

    def _outline(self, fill: RGB | None, outline: bool) -> tuple[RGB | None, int]:
        if fill is not None and self.style.contour:
            return fill, max(2, self.edge)
        if not outline or not self.edge or fill is None:
            return None, 0
        if self.style.ink is not None:
            return self.style.ink, self.edge
        return darker(fill, 1 - self.style.outline_dark * 0.9) if sum(fill) > 120 else (70, 70, 70), self.edge

    def _inside(self, fill: RGB, outline: bool) -> RGB:
        """What a shape is filled with: next to nothing where only contours are drawn, small dark parts apart."""
        return mix(fill, (255, 255, 255), 0.92) if self.style.contour and outline else fill

    def polygon(self, points: Sequence[Point], fill: RGB, outline: bool = True) -> None:
        """A filled polygon."""
        line, width = self._outline(fill, outline)
        self.draw.polygon(self._placed(points), fill=self._inside(fill, outline), outline=line, width=max(width, 1))

    def rect(
        self, x0: float, y0: float, x1: float, y1: float, fill: RGB, radius: float = 0.0, outline: bool = True
    ) -> None:
        """A filled rectangle; `radius` rounds its corners (share of the shorter side of the box)."""
        if self.style.wobble > 0.3 and not radius:
            self.polygon(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), fill, outline)
            return
        line, width = self._outline(fill, outline)
        box = self._box(x0, y0, x1, y1)
        limit = min(box[2] - box[0], box[3] - box[1]) / 2 - 1
        if radius and limit >= 2:
            fill = self._inside(fill, outline)
            self.draw.rounded_rectangle(box, min(radius * min(self.w, self.h), limit), fill, line, max(width, 1))
        else:
            self.draw.rectangle(box, self._inside(fill, outline), line, max(width, 1))

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: RGB, outline: bool = True) -> None:
        """A filled ellipse by its centre and radii."""
        line, width = self._outline(fill, outline)
        box = self._box(x - rx, y - ry, x + rx, y + ry)
        self.draw.ellipse(box, self._inside(fill, outline), line, max(width, 1))

    def disc(self, x: float, y: float, r: float, fill: RGB, outline: bool = True) -> None:
        """A round disc whose radius is a share of the box's height, whatever the width."""
        self.ellipse(x, y, r * self.h / self.w, r, fill, outline)

    def union(
        self,
        fill: RGB,
        ellipses: Sequence[tuple[float, float, float, float]] = (),
        polygons: Sequence[Sequence[Point]] = (),
    ) -> None:
        """Overlapping shapes with one outline about them all; ellipses as (x, y, rx, ry)."""
        boxes = [self._box(x - rx, y - ry, x + rx, y + ry) for x, y, rx, ry in ellipses]
        shapes = [self._placed(points) for points in polygons]
        colour, width = self._outline(fill, True)
        fill = self._inside(fill, True)
        if colour is not None:
            for left, top, right, bottom in boxes:
                self.draw.ellipse((left - width / 2, top - width / 2, right + width / 2, bottom + width / 2), colour)
            for shape in shapes:
                self.draw.line([*shape, shape[0], shape[1]], colour, 1 + width, joint="curve")
        inside = width / 2  # half of the outline lies within the shapes, as far as nothing overlaps it
        for left, top, right, bottom in boxes:
            if right - left > 2 * width and bottom - top > 2 * width:
                self.draw.ellipse((left + inside, top + inside, right - inside, bottom - inside), fill)
            else:
                self.draw.ellipse((left, top, right, bottom), fill)
        for shape in shapes:
            self.draw.polygon(shape, fill)

    def line(self, points: Sequence[Point], colour: RGB, width: float, outline: bool = False) -> None:
        """A line with round ends; its width is a share of the box's height."""
        thick = max(1, round(width * self.h))
        placed = self._placed(points)
        dark, edge = self._outline(colour, outline)
        if dark is not None:
            self._stroke(placed, dark, thick + 2 * edge)
        self._stroke(placed, colour, thick)

    def _placed(self, points: Sequence[Point]) -> list[Point]:
        xs, ys = zip(*points, strict=True)
        extent = max(max(xs) - min(xs), max(ys) - min(ys))
        return [self.at(x, y, extent) for x, y in points]

    def _stroke(self, placed: Sequence[Point], colour: RGB, thick: int) -> None:
        self.draw.line(placed, fill=colour, width=thick, joint="curve")
        if thick > 3:
            for px, py in (placed[0], placed[-1]):
                self.draw.ellipse((px - thick / 2, py - thick / 2, px + thick / 2, py + thick / 2), fill=colour)

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, colour: RGB, width: float
    ) -> None:
        """A part of an ellipse's edge, in degrees clockwise from three o'clock; mirrored with the box."""
        if self.flip:
            start, end = 180 - end, 180 - start
        self.draw.arc(self._box(x - rx, y - ry, x + rx, y + ry), start, end, colour, max(1, round(width * self.h)))

    def pie(self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: RGB) -> None:
        """A slice of an ellipse, in degrees clockwise from three o'clock; mirrored with the box."""
        if self.flip:
            start, end = 180 - end, 180 - start
        line, width = self._outline(fill, True)
        box = self._box(x - rx, y - ry, x + rx, y + ry)
        self.draw.pieslice(box, start, end, self._inside(fill, True), line, max(width, 1))

    def cap(self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: RGB) -> None:
        """What a straight cut leaves of an ellipse, in degrees clockwise from three o'clock; mirrored with the box."""
        if self.flip:
            start, end = 180 - end, 180 - start
        line, width = self._outline(fill, True)
        box = self._box(x - rx, y - ry, x + rx, y + ry)
        self.draw.chord(box, start, end, self._inside(fill, True), line, max(width, 1))

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        (ax, ay), (bx, by) = self._placed(((x0, y0), (x1, y1)))
        left, right, top, bottom = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        return left, top, max(right, left + 1), max(bottom, top + 1)
