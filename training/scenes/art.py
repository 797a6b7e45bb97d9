"""Renders scenes: the backdrop, every thing in its order, the weather in front."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

from training.scenes import animals, food, furniture, nature, people, toys, vehicles
from training.scenes.backdrop import draw_backdrop, draw_weather
from training.scenes.palette import RGB, shade
from training.scenes.pen import Pen
from training.scenes.scene import HEIGHT, WIDTH, Scene, Thing

Drawing = Callable[[Pen, Thing, RGB], None]

_ROOMS = (animals, food, furniture, nature, toys, vehicles)
DRAWINGS: Mapping[str, Drawing] = {kind: drawing for room in _ROOMS for kind, drawing in room.DRAWINGS.items()}
_ASPECTS: Mapping[str, float] = {kind: aspect for room in _ROOMS for kind, aspect in room.ASPECTS.items()}
KINDS = (*people.BUILDS, *DRAWINGS)
"""Every kind that can be drawn."""


def aspect(kind: str, pose: str) -> float:
    """Width divided by height of a kind in a pose (an empty pose where it has none)."""
    if kind in people.BUILDS:
        return people.ASPECTS[pose]
    return animals.POSED.get((kind, pose)) or _ASPECTS[kind]


def render(scene: Scene, rng: random.Random, scale: float = 1.0) -> Image.Image:
    """Draw a scene.

    Args:
        scene: What to draw; the boxes of held things are set here.
        rng: Chooses shades and variants; the same state gives the same pixels.
        scale: Canvas pixels to a scene pixel while drawing; above 1 the result is smoothed down.

    Returns:
        An RGB image of `WIDTH` x `HEIGHT` pixels.
    """
    canvas = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)))
    draw = ImageDraw.Draw(canvas)
    draw_backdrop(draw, scene, rng, scale)
    for thing in scene.things:
        draw_thing(draw, scene, thing, rng, scale)
    draw_weather(draw, scene, rng, scale)
    return canvas if scale == 1 else canvas.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def draw_thing(draw: ImageDraw.ImageDraw, scene: Scene, thing: Thing, rng: random.Random, scale: float) -> None:
    """Draw one thing into its box; what a person holds is drawn with the person."""
    pen = Pen(draw, thing, scene.style, rng, scale)
    if thing.kind in people.BUILDS:
        held_aspect = aspect(thing.holding.kind, "") if thing.holding else 1.0
        people.draw_person(pen, thing, held_aspect, lambda held: draw_thing(draw, scene, held, rng, scale))
        return
    colour = shade(thing.colour, rng)
    if thing.kind == "window":
        furniture.window(pen, thing, colour, night=scene.night)
    else:
        DRAWINGS[thing.kind](pen, thing, colour)
