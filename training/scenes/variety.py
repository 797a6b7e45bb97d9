"""How wide the range is from which scenes are drawn: styles, emoji sets, kinds of things, shapes of pictures."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from training.scenes.catalogue import CATALOGUE
from training.scenes.media import BACKDROPS, MEDIA
from training.scenes.sprites import SETS
from training.scenes.style import HEIGHT, WIDTH, Style
from training.scenes.themes import THEMES

SHAPES = ((WIDTH, HEIGHT), (640, 480), (560, 420), (500, 500), (420, 560), (380, 640), (860, 400))
"""Width and height of pictures, in pixels; the first half as often as all others."""
CONTOUR = "contour"


@dataclass(frozen=True, slots=True)
class Variety:
    """What scenes may be like."""

    wide: bool = False
    """False draws what the first built-in model learnt: one style, one shape, the first kinds of things."""
    media: tuple[str, ...] = ()
    """What scenes may look drawn with, besides plain vectors."""
    backdrops: tuple[str, ...] = ()
    emoji_sets: tuple[str, ...] = ()
    contour: bool = False
    kinds: frozenset[str] = frozenset(kind.name for kind in CATALOGUE.values() if not kind.late)
    wordings: bool = False
    """Whether questions are worded as people type them."""
    absent: bool = False
    """Whether things are asked for that are not there."""
    wider: bool = False
    """Whether more is asked: by the names of groups, yes or no about one thing, trousers and hair, sky and ground,
    the whole picture."""
    theme: str = ""
    """Which of `themes.THEMES` they are of, with its own kinds of things; empty is none."""

    def without(self, names: Iterable[str]) -> Variety:
        """The same without some media, backdrops, emoji sets, kinds of things, "contour" or "typed" wordings.

        Raises:
            ValueError: A name is none of these.
        """
        left = set(names)
        known = {*MEDIA, *BACKDROPS, *SETS, *CATALOGUE, CONTOUR, "typed"}
        if unknown := sorted(left - known):
            raise ValueError(f"{unknown[0]!r} cannot be left out; what can be: {', '.join(sorted(known))}.")
        return replace(
            self,
            media=tuple(name for name in self.media if name not in left),
            backdrops=tuple(name for name in self.backdrops if name not in left),
            emoji_sets=tuple(name for name in self.emoji_sets if name not in left),
            contour=self.contour and CONTOUR not in left,
            kinds=self.kinds - left,
            wordings=self.wordings and "typed" not in left,
        )

    def shape(self, rng: random.Random) -> tuple[int, int]:
        """Width and height of the next picture."""
        return rng.choice(SHAPES) if self.wide and rng.random() < 0.6 else (WIDTH, HEIGHT)

    def style(self, rng: random.Random) -> Style:
        """A style for the next scene of wide variety."""
        ink = rng.choice((None, None, None, (20, 20, 24), (20, 20, 24), (70, 50, 40), (40, 50, 110), (110, 110, 110)))
        contour = self.contour and rng.random() < 0.08
        return Style(
            outline=rng.choice((2.5, 4.0, 6.0))
            if contour
            else rng.choice((0.0, 0.0, 1.0, 1.5, 2.0, 2.5, 3.5, 5.0, 7.0)),
            outline_dark=rng.choice((0.0, 0.2, 0.35, 0.5)),
            wobble=rng.choice((0.0, 0.0, 0.2, 0.5, 1.0, 1.4)),
            detail=rng.choice((0.0, 0.3, 0.6, 1.0, 1.0)),
            shading=rng.random() < 0.5,
            medium=rng.choice(self.media) if self.media and not contour and rng.random() < 0.5 else "",
            contour=contour,
            ink=ink,
            backdrop=rng.choice(self.backdrops) if self.backdrops and (contour or rng.random() < 0.4) else "",
            face=rng.choice(("", "", "dots", "round")),
            head=rng.choice((1.0, 1.0, rng.uniform(0.8, 1.35))),
            limb=rng.choice((1.0, 1.0, rng.uniform(0.6, 1.5))),
            emoji_set=rng.choice(self.emoji_sets) if self.emoji_sets and not contour and rng.random() < 0.42 else "",
        )


FIRST = Variety()
"""What the first built-in model learnt."""
THEMED = {name: Variety(theme=name, kinds=frozenset(theme.kinds)) for name, theme in THEMES.items()}
WIDE = Variety(
    wide=True,
    media=MEDIA,
    backdrops=BACKDROPS,
    emoji_sets=SETS,
    contour=True,
    kinds=frozenset(CATALOGUE),
    wordings=True,
    absent=True,
    wider=True,
)
"""Everything that there is."""
