"""Renders scenes: the backdrop, every thing in its order, the weather in front."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw

from training.scenes import (
    animals,
    food,
    furniture,
    media,
    nature,
    outings,
    people,
    space,
    sprites,
    toys,
    underwater,
    vehicles,
    wildlife,
)
from training.scenes.backdrop import draw_backdrop, draw_weather
from training.scenes.palette import RGB, shade
from training.scenes.pen import Pen
from training.scenes.scene import Scene, Thing

Drawing = Callable[[Pen, Thing, RGB], None]

_THEMES = {"underwater": underwater, "space": space}
_ROOMS = (animals, food, furniture, nature, outings, toys, vehicles, wildlife, *_THEMES.values())
DRAWINGS: Mapping[str, Drawing] = {kind: drawing for room in _ROOMS for kind, drawing in room.DRAWINGS.items()}
_ASPECTS: Mapping[str, float] = {kind: aspect for room in _ROOMS for kind, aspect in room.ASPECTS.items()}
KINDS = (*people.BUILDS, *DRAWINGS)
"""Every kind that can be drawn."""


def aspect(kind: str, pose: str) -> float:
    """Width divided by height of a kind in a pose (an empty pose where it has none)."""
    if kind in people.BUILDS:
        return people.ASPECTS[pose]
    return animals.POSED.get((kind, pose)) or _ASPECTS[kind]


def render(scene: Scene, rng: random.Random, scale: float = 1.0, *, resize: bool = True) -> Image.Image:
    """Draw a scene.

    Args:
        scene: What to draw; the boxes of held things are set here.
        rng: Chooses shades and variants; the same state gives the same pixels.
        scale: Canvas pixels to a scene pixel while drawing; above 1 the result is smoothed down.
        resize: Whether the result is brought to the scene's size; else it stays as large as it was drawn.

    Returns:
        An RGB image of the scene's size, or of that times `scale`.
    """
    size = (round(scene.width * scale), round(scene.height * scale))
    behind = random.Random(scene.seed) if scene.wide else rng
    canvas = media.paper(scene.style.backdrop, size, behind) if scene.style.backdrop else Image.new("RGB", size)
    if scene.theme:
        _THEMES[scene.theme].backdrop(ImageDraw.Draw(canvas, "RGBA"), scene, behind, scale)
    elif not scene.style.backdrop:
        draw_backdrop(ImageDraw.Draw(canvas), scene, behind, scale)
    if scene.style.medium and scene.style.medium != "pixel":
        layer = Image.new("RGBA", size)
        for thing in scene.things:
            draw_thing(layer, scene, thing, rng, scale)
        media.laid_on(canvas, layer, scene.style.medium, behind, scale)
    else:
        for thing in scene.things:
            draw_thing(canvas, scene, thing, rng, scale)
    draw_weather(ImageDraw.Draw(canvas), scene, behind, scale)
    if scene.style.medium == "pixel":
        canvas = media.coarse(canvas, behind)
    return canvas if scale == 1 or not resize else canvas.resize((scene.width, scene.height), Image.Resampling.BOX)


def draw_thing(canvas: Image.Image, scene: Scene, thing: Thing, rng: random.Random, scale: float) -> None:
    """Draw one thing into its box; what a person holds is drawn with the person."""
    if thing.seed:
        rng = random.Random(thing.seed)
    if thing.sprite >= 0:
        cut = sprites.picture(sprites.sprites(thing.emoji_set)[thing.sprite], thing.colour, rng)
        cut = cut.resize((max(1, round(thing.w * scale)), max(1, round(thing.h * scale))), Image.Resampling.BILINEAR)
        if thing.flip:
            cut = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        place = (round(thing.x * scale), round(thing.y * scale))
        if canvas.mode == "RGBA":
            canvas.alpha_composite(cut, (max(0, place[0]), max(0, place[1])))
        else:
            canvas.paste(cut, place, cut)
        return
    pen = Pen(ImageDraw.Draw(canvas), thing, scene.style, rng, scale)
    if thing.kind in people.BUILDS:
        held_aspect = aspect(thing.holding.kind, "") if thing.holding else 1.0
        people.draw_person(pen, thing, held_aspect, lambda held: draw_thing(canvas, scene, held, rng, scale))
        return
    colour = shade(thing.colour, rng)
    if thing.kind == "window":
        furniture.window(pen, thing, colour, night=scene.night)
    else:
        DRAWINGS[thing.kind](pen, thing, colour)
