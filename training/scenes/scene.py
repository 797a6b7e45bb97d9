"""What is in a scene, as plain data: the drawing and the questions both read it."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH, HEIGHT = 700, 400
"""Size of a scene in pixels, as in VQA abstract scenes v1."""


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


@dataclass(slots=True)
class Thing:
    """One thing in a scene. Its box is in pixels of the scene: left, top, width, height."""

    kind: str
    colour: str
    x: float
    y: float
    w: float
    h: float
    flip: bool = False
    """True when it faces left; drawings face right by default."""
    pose: str = ""
    """People: standing, sitting, running, jumping, waving, sleeping. Dogs and cats: standing, sitting, sleeping."""
    mood: str = ""
    """People: happy, sad, angry, surprised."""
    wearing: str = ""
    """People: hat, crown, glasses, scarf or nothing."""
    wearing_colour: str = ""
    trousers: str = ""
    """People: the colour of trousers or skirt; `colour` is the shirt's."""
    skin: int = 0
    """Index of the skin colour, 0 to 5."""
    hair: int = 0
    """Index of the hair colour, 0 to 5."""
    face: tuple[float, float] | None = None
    """People: the middle of the face in scene pixels; set by the drawing."""
    holding: Thing | None = None
    """What a person has in the hand; its box is set by the drawing."""
    on: str = ""
    """What it stands on or is in, as an answer to "where": "grass", "sofa", "sky", ..."""
    support: Thing | None = None
    """The thing that `on` means, if it is one."""


@dataclass(slots=True)
class Scene:
    """A whole scene; things are in the order in which they are drawn, the farthest first."""

    indoors: bool
    night: bool
    weather: str
    """sunny, cloudy, rainy or snowy outdoors; empty indoors and at night when the sky is clear."""
    ground: str
    """grass, sand, snow, road outdoors; floor indoors."""
    things: list[Thing] = field(default_factory=list)
    style: Style = field(default_factory=Style)
    seed: int = 0
