"""Themes: scenes of things that the built-in model has never met, so that a training on them shows what it teaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.scenes import catalogue
from training.scenes.catalogue import ALL, BRIGHT, CATALOGUE, Kind


@dataclass(frozen=True, slots=True)
class Theme:
    """What there is in a theme's scenes, and where."""

    kinds: Mapping[str, Kind]
    ground: str
    """What things stand on, as `Thing.on` has it."""
    around: str
    """What things that do not stand are in."""
    lowest: float
    """How far down those may reach, in pixels of a scene of usual height."""
    surfaces: Mapping[str, float]
    """As `catalogue.SURFACES`."""


def _kinds(*kinds: Kind) -> Mapping[str, Kind]:
    return {kind.name: kind for kind in kinds}


THEMES: Mapping[str, Theme] = {
    "underwater": Theme(
        kinds=_kinds(
            Kind("octopus", 84, BRIGHT, "animal", air=True, small=True, plural="octopuses"),
            Kind("crab", 58, BRIGHT, "animal", small=True),
            Kind("whale", 104, ("blue", "gray", "black", "white", "pink"), "animal", air=True),
            Kind("shark", 76, ("gray", "blue", "black", "orange", "purple"), "animal", air=True),
            Kind("jellyfish", 78, BRIGHT, "animal", air=True, small=True, plural="jellyfish"),
            Kind("seahorse", 84, BRIGHT, "animal", air=True, small=True),
            Kind("starfish", 58, BRIGHT, "animal", small=True, plural="starfish"),
            Kind("shell", 50, (*BRIGHT, "white", "brown"), "toy", small=True),
            Kind("coral", 92, BRIGHT, "plant", plural="corals"),
            Kind("submarine", 92, ALL, "toy", air=True),
            Kind("anchor", 80, ("gray", "black", "red", "blue", "yellow", "brown"), "toy"),
            Kind("chest", 84, ("brown", "red", "green", "blue", "purple"), "furniture"),
            Kind("wreck", 122, ("brown", "gray", "red", "blue", "black"), "furniture"),
        ),
        ground="sand",
        around="water",
        lowest=262.0,
        surfaces={"chest": 0.06, "wreck": 0.5},
    ),
    "space": Theme(
        kinds=_kinds(
            Kind("rocket", 128, ALL, "toy", air=True),
            Kind("planet", 84, BRIGHT, "toy", air=True, small=True),
            Kind("alien", 86, BRIGHT, "toy", small=True),
            Kind("comet", 58, BRIGHT, "toy", air=True, small=True),
            Kind("satellite", 72, (*BRIGHT, "white", "black"), "toy", air=True),
            Kind("astronaut", 104, (*BRIGHT, "white", "gray"), "toy"),
            Kind("rover", 82, ALL, "toy"),
            Kind("flag", 92, BRIGHT, "toy", small=True),
            Kind("ufo", 66, ALL, "toy", air=True, small=True),
            Kind("meteor", 60, ("gray", "brown", "red", "orange", "purple", "black"), "toy", air=True, small=True),
            Kind("telescope", 84, (*BRIGHT, "black", "white", "gray"), "toy"),
            Kind("crate", 78, ("brown", "red", "green", "blue", "orange", "purple"), "furniture"),
            Kind("base", 116, (*BRIGHT, "white", "black"), "furniture"),
        ),
        ground="moon",
        around="space",
        lowest=240.0,
        surfaces={"crate": 0.06, "base": 0.3},
    ),
}
EVERY_KIND: Mapping[str, Kind] = CATALOGUE | {
    name: kind for theme in THEMES.values() for name, kind in theme.kinds.items()
}
"""Every kind of thing, by its name."""
SURFACES: Mapping[str, float] = catalogue.SURFACES | {
    n: y for theme in THEMES.values() for n, y in theme.surfaces.items()
}
GROUNDS = {"grass", "sand", "snow", "road", "floor", *(theme.ground for theme in THEMES.values())}
"""What things stand on, as `Thing.on` has it."""
