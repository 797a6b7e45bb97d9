"""What is in a scene, as plain data: the drawing and the questions both read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.scenes.style import HEIGHT, WIDTH, Style
from training.scenes.variety import Variety


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
    emoji_set: str = ""
    """Whose picture stands for it: one of `sprites.SETS`; empty where it is drawn."""
    sprite: int = -1
    """Which picture of that set; -1 is drawn."""
    seed: int = 0
    """Chooses its shades and variants, whatever else is drawn; 0 takes them from the drawing's generator."""


@dataclass(slots=True)
class Scene:
    """A whole scene; things are in the order in which they are drawn, the farthest first."""

    indoors: bool
    night: bool
    weather: str
    """sunny, cloudy, rainy or snowy outdoors; empty indoors, at night when the sky is clear, and where none is seen."""
    ground: str
    """grass, sand, snow, road outdoors; floor indoors; a theme's own; empty on paper."""
    things: list[Thing] = field(default_factory=list)
    style: Style = field(default_factory=Style)
    seed: int = 0
    width: int = WIDTH
    """Pixels."""
    height: int = HEIGHT
    """Pixels."""
    variety: Variety | None = None
    """The range that it was drawn from; None is what the first built-in model learnt."""

    @property
    def theme(self) -> str:
        """Which of `themes.THEMES` it is of; empty where it is of none."""
        return self.variety.theme if self.variety else ""

    @property
    def wide(self) -> bool:
        """Whether it is of wide variety or a theme: each thing has a seed of its own; a change elsewhere leaves it."""
        return self.variety is not None
