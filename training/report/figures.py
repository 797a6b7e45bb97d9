"""Charts in the page's colours, each drawn for a light page and for a dark one."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 160
"""Twice what a page shows, for sharp letters on phones."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a page."""

    paper: str
    ink: str
    soft: str
    line: str
    series: tuple[str, ...]
    """The splits' colours, in their order."""
    good: str
    bad: str


LIGHT = Palette("#ffffff", "#1b1f24", "#5f6b7a", "#e3e6ea", ("#2f6fde", "#e07b2a", "#7a5cc9"), "#1c8a4c", "#b3402e")
DARK = Palette("#1c2128", "#e8ebef", "#98a3b1", "#2c333c", ("#6ea0ff", "#f0a05a", "#b09cf0"), "#57c98a", "#f08b78")

Paint = Callable[["Axes", Palette], None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture for a page: PNG bytes for a light one and a dark one."""

    light: bytes
    dark: bytes
    alt: str
    """What it shows, in words."""

    @property
    def light_uri(self) -> str:
        """To stand in the page itself."""
        return data_uri(self.light)

    @property
    def dark_uri(self) -> str:
        """To stand in the page itself."""
        return data_uri(self.dark)


def draw(paint: Paint, alt: str, width: float = 5.2, height: float = 3.2) -> Drawn:
    """Draw a chart of so many inches, once for each theme."""
    return Drawn(_draw(paint, LIGHT, width, height), _draw(paint, DARK, width, height), alt)


def data_uri(data: bytes, media_type: str = "image/png") -> str:
    """A file's bytes as the text that stands in a page for them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def _draw(paint: Paint, theme: Palette, width: float, height: float) -> bytes:
    # The plain classes instead of pyplot, which keeps every figure and asks for a screen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor=theme.paper)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    prepare(axes, theme)
    paint(axes, theme)
    finish(axes, theme)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI)
    return file.getvalue()


def prepare(axes: Axes, theme: Palette) -> None:
    """Give an empty chart the page's look."""
    axes.set_facecolor(theme.paper)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(theme.line)
    axes.tick_params(colors=theme.soft, labelsize=10, length=0)
    axes.grid(color=theme.line, linewidth=0.8)
    axes.set_axisbelow(True)


def finish(axes: Axes, theme: Palette) -> None:
    """Give what was written on a chart the page's look."""
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(theme.soft)
        label.set_fontsize(10)
    legend = axes.get_legend()
    if legend is not None:
        legend.get_frame().set_alpha(0.0)
        for text in legend.get_texts():
            text.set_color(theme.ink)
