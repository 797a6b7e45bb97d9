"""How a scene is drawn, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 700, 400
"""Usual size of a scene in pixels, as in VQA abstract scenes v1."""


@dataclass(slots=True)
class Style:
    """How a scene is drawn: one hand draws all of it."""

    outline: float = 2.0
    """Width of the outlines in pixels; 0 draws none."""
    outline_dark: float = 0.45
    """Outlines are the fill colour times this (0 is black)."""
    wobble: float = 0.0
    """0 is a clean vector drawing, 1 an unsteady hand (corners move by some 3 % of the thing)."""
    detail: float = 1.0
    """Share of the optional details that are drawn; 0 is crude: bare shapes."""
    shading: bool = True
    """Whether larger shapes carry a lighter or darker patch."""
    medium: str = ""
    """What it looks drawn with, one of `media.MEDIA`; empty is a plain vector drawing."""
    contour: bool = False
    """Whether shapes are bare outlines in their colour, as with a felt pen."""
    ink: tuple[int, int, int] | None = None
    """The colour of every outline; None takes each shape's own, darker."""
    backdrop: str = ""
    """What lies behind: empty is sky and ground or wall and floor, else one of `media.BACKDROPS`."""
    face: str = ""
    """How faces are drawn: empty, "dots" or "round"."""
    head: float = 1.0
    """Size of people's heads by the usual one."""
    limb: float = 1.0
    """Width of arms and legs by the usual one."""
    emoji_set: str = ""
    """Whose pictures stand for things where there are some: one of `sprites.SETS`; empty draws everything itself."""
