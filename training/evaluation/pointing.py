"""Whether a model shows the right place: questions about one thing in a scene, whose box is known.

The pointing game asks whether the hottest cell lies on the thing; the mass in the box is the share of all heat there.
Only questions count that were answered rightly and that cannot be answered without the picture: those where the model
says the same about a grey picture prove nothing.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image

from model.answerer import Answerer
from model.families.base import ShowsWhere
from model.images import encoded
from model.types import Request
from training.evaluation.intervals import Estimate, estimate
from training.scenes import art, layout
from training.scenes.catalogue import COLOURLESS
from training.scenes.facts import SceneFacts, facts_of, place_of
from training.scenes.scene import Scene, Thing
from training.scenes.variety import FIRST, Variety

Grid = Sequence[Sequence[float]]
PER_SCENE = 4
MIDDLE, RANDOM = "the picture's middle", "anywhere"
"""What the ways are held against."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """A question about one thing of a scene."""

    question: str
    answer: str
    box: tuple[float, float, float, float]
    """Left, top, right and bottom of the thing, as shares of the picture's sides."""


@dataclass(slots=True)
class Pointing:
    """How a way to tell where an answer came from did."""

    hits: list[float] = field(default_factory=list)
    mass: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    scenes: list[int] = field(default_factory=list)

    def add(self, grid: Grid, box: tuple[float, float, float, float], scene: int, seconds: float) -> None:
        """Judge one heat map."""
        x, y = hottest(grid)
        self.hits.append(float(box[0] <= x <= box[2] and box[1] <= y <= box[3]))
        self.mass.append(mass_in(grid, box))
        self.seconds.append(seconds)
        self.scenes.append(scene)

    @property
    def hit(self) -> Estimate:
        """How often the hottest place lay on the thing."""
        return estimate(self.hits, self.scenes)

    @property
    def share(self) -> Estimate:
        """The mean share of the heat that lay on the thing."""
        return estimate(self.mass, self.scenes)


def pointing_game(
    answerer: Answerer, scenes: int, seed: str, progress: Callable[[int], None], variety: Variety = FIRST
) -> tuple[dict[str, Pointing], int]:
    """Let a model show where its answers came from, on scenes that no training sees.

    Args:
        answerer: A model whose family `ShowsWhere`.
        scenes: How many scenes.
        seed: Names them.
        progress: Called with 1 after each scene.
        variety: What the scenes may be like.

    Returns:
        The figures by way, the picture's middle and a random place among them; and how many questions were asked of
        which those that count are a part.
    """
    family = answerer.family
    assert isinstance(family, ShowsWhere)
    found: dict[str, Pointing] = defaultdict(Pointing)
    asked = 0
    grey = encoded(Image.new("RGB", (700, 400), (128, 128, 128)), compress_level=1)
    for number in range(scenes):
        rng = random.Random(f"where/{seed}/{number}")
        scene = layout.compose(rng, variety)
        picture = encoded(art.render(scene, rng, 2.0), compress_level=1)
        questions = list(about_things(scene))
        for one in rng.sample(questions, min(PER_SCENE, len(questions))):
            asked += 1
            request = Request("", picture, one.question)
            seen, blind = answerer.answer([request, Request("", grey, one.question)])
            if seen.text != one.answer or blind.text == one.answer:
                continue
            rows = columns = 1
            for way in family.ways:
                began = time.perf_counter()
                grids = answerer.where(request, seen.text, way)
                assert grids
                grid = grids[0]
                rows, columns = len(grid), len(grid[0])
                found[way].add(grid, one.box, number, time.perf_counter() - began)
            found[MIDDLE].add([[0.0] * 3, [0.0, 1.0, 0.0], [0.0] * 3], one.box, number, 0.0)
            found[RANDOM].add([[rng.random() for _ in range(columns)] for _ in range(rows)], one.box, number, 0.0)
        progress(1)
    return dict(found), asked


def about_things(scene: Scene) -> Iterator[Pointed]:
    """Questions about the things that are the only ones of their kind in a rendered scene."""
    facts = facts_of(scene)
    for thing in facts.singles():
        for question, answer, meant in _asked(facts, thing):
            yield Pointed(question, answer, _box(scene, meant))


def _asked(facts: SceneFacts, thing: Thing) -> Iterator[tuple[str, str, Thing]]:
    name = thing.kind
    if thing in facts.drawn_people:
        yield f"What color is the {name}'s shirt?", thing.colour, thing
        if thing.pose:
            yield f"What is the {name} doing?", thing.pose, thing
        if thing.holding is not None:
            yield f"What is the {name} holding?", thing.holding.kind, thing.holding
    elif thing not in facts.people:
        if thing.colour and name not in COLOURLESS:
            yield f"What color is the {name}?", thing.colour, thing
        if place_of(thing):
            yield f"Where is the {name}?", place_of(thing), thing


def _box(scene: Scene, thing: Thing) -> tuple[float, float, float, float]:
    left, top = thing.x / scene.width, thing.y / scene.height
    right, bottom = (thing.x + thing.w) / scene.width, (thing.y + thing.h) / scene.height
    return max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)


def hottest(grid: Grid) -> tuple[float, float]:
    """Where a heat map points, as shares of the picture's sides: the centre of the heat around the hottest cell."""
    rows, columns = len(grid), len(grid[0])
    _, row, column = max((value, -r, -c) for r, line in enumerate(grid) for c, value in enumerate(line))
    near = [
        (grid[r][c], r + 0.5, c + 0.5)
        for r in range(max(0, -row - 1), min(rows, -row + 2))
        for c in range(max(0, -column - 1), min(columns, -column + 2))
    ]
    heat = sum(value for value, _, _ in near) or 1.0
    return (
        sum(value * x for value, _, x in near) / heat / columns,
        sum(value * y for value, y, _ in near) / heat / rows,
    )


def mass_in(grid: Grid, box: tuple[float, float, float, float]) -> float:
    """The share of a heat map's heat that lies in a box; cells count by how much of them does."""
    rows, columns = len(grid), len(grid[0])
    left, top, right, bottom = box
    inside = sum(
        value
        * max(0.0, min(c + 1, right * columns) - max(c, left * columns))
        * max(0.0, min(r + 1, bottom * rows) - max(r, top * rows))
        for r, line in enumerate(grid)
        for c, value in enumerate(line)
    )
    return inside / (sum(map(sum, grid)) or 1.0)
