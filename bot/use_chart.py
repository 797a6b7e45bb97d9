"""A small bar chart of how much is asked each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from model.images import encoded

WIDTH, HEIGHT = 900, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 40, 60
_PAPER, _INK, _LINE, _BAR, _TODAY = "#ffffff", "#30363d", "#d8dee4", "#2f81f7", "#8ab8fb"
_TEXT = 20
"""Pixels."""


def draw_chart(days: Sequence[tuple[date, int]]) -> bytes:
    """A bar for each day as a PNG, today's (which is not over) in a lighter colour. It takes some milliseconds."""
    chart = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen, font = ImageDraw.Draw(chart), ImageFont.load_default(_TEXT)
    top = _round_above(max(number for _, number in days))
    plot = HEIGHT - _TOP - _BOTTOM
    for part in range(5):
        y = _TOP + plot * part / 4
        pen.line((_LEFT, y, WIDTH - _RIGHT, y), fill=_LINE, width=1)
        pen.text((_LEFT - 10, y), f"{top * (4 - part) / 4:g}", fill=_INK, font=font, anchor="rm")
    step = (WIDTH - _LEFT - _RIGHT) / len(days)
    for place, (day, number) in enumerate(days):
        left = _LEFT + place * step
        height = plot * number / top
        if number:
            box = (left + step * 0.15, _TOP + plot - max(2.0, height), left + step * 0.85, _TOP + plot)
            pen.rectangle(box, fill=_TODAY if place == len(days) - 1 else _BAR)
        if place % 7 == (len(days) - 1) % 7:  # today, and each week before
            pen.text((left + step / 2, HEIGHT - _BOTTOM + 12), f"{day:%d.%m.}", fill=_INK, font=font, anchor="ma")
    return encoded(chart, optimize=True)


def _round_above(number: int) -> int:
    """The end of the scale: 4, 8, 20, 40, 80, 200, ...; the first that is not less."""
    power = 1
    while True:
        for factor in (4, 8, 20):
            if number <= factor * power:
                return factor * power
        power *= 10
