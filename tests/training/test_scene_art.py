"""What is drawn: every kind in its box, in its colour, the same each time."""

import itertools
import math
import random
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageDraw

from training.scenes import art, people, sprites
from training.scenes.backdrop import draw_backdrop
from training.scenes.catalogue import ACCESSORIES, CATALOGUE, HOLDABLE, LATE_POSES, MOODS, PET_POSES, POSES
from training.scenes.palette import COLOURS, shade
from training.scenes.scene import Scene, Thing
from training.scenes.style import HEIGHT, WIDTH, Style
from training.scenes.themes import EVERY_KIND, THEMES

PLAIN = {
    "red": ((255, 0, 0), (200, 30, 30)),
    "orange": ((255, 140, 0), (255, 165, 0)),
    "yellow": ((255, 230, 0), (250, 225, 80)),
    "green": ((0, 128, 0), (0, 255, 0), (60, 190, 90), (110, 170, 70), (50, 120, 80)),
    "blue": ((0, 0, 255), (0, 90, 220), (80, 150, 220), (40, 60, 150)),
    "purple": ((128, 0, 128), (120, 60, 170), (70, 20, 120)),
    "pink": ((255, 192, 203), (255, 105, 180)),
    "brown": ((139, 69, 19), (110, 70, 40)),
    "black": ((0, 0, 0), (40, 40, 40)),
    "white": ((255, 255, 255),),
    "gray": ((128, 128, 128), (165, 165, 165)),
}
"""Colours that anybody names so: those of the web's standards, and some of paint boxes."""
POSED = [
    *((kind, pose) for kind in people.BUILDS for pose in (*POSES, *LATE_POSES)),
    *((kind, pose) for kind in ("dog", "cat") for pose in PET_POSES),
    *((kind, "") for kind in art.DRAWINGS if kind not in ("dog", "cat")),
]
STYLES = {"fine": Style(), "crude": Style(outline=0.0, detail=0.0, shading=False), "unsteady": Style(wobble=1.0)}
BACKGROUND = (1, 254, 127)
SLACK = 0.1
"""Share of a thing's longer side by which outlines and whiskers may leave its box."""


def nearest(colour: tuple[int, int, int]) -> str:
    """The name of the plain colour that is nearest."""
    return min(PLAIN, key=lambda name: min(math.dist(plain, colour) for plain in PLAIN[name]))


def draw(thing: Thing, style: Style, seed: int = 1, *, indoors: bool = True, night: bool = False) -> Image.Image:
    """One thing on an otherwise empty canvas of a colour that nothing has."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
    scene = Scene(indoors=indoors, night=night, weather="", ground="floor", style=style)
    art.draw_thing(canvas, scene, thing, random.Random(seed), 1.0)
    return canvas


def changed(canvas: Image.Image) -> Image.Image:
    """A mask of the pixels that something was drawn on."""
    return (
        ImageChops.difference(canvas, Image.new("RGB", canvas.size, BACKGROUND)).convert("L").point(lambda v: v and 255)
    )


def placed(kind: str, pose: str = "", colour: str = "", height: float = 160) -> Thing:
    """A thing in the middle of the canvas, as large as `height` or as fits."""
    width = height * art.aspect(kind, pose)
    if width > 500:
        width, height = 500, height * 500 / width
    colour = colour or EVERY_KIND[kind].colours[0]
    return Thing(kind, colour, 100, 120, width, height, pose=pose, trousers="blue", mood="happy")


def test_catalogue_is_drawn() -> None:
    """By this project, or, in scenes of wide variety alone, by the emoji sets that it brings."""
    lent = {sprite.kind for emoji_set in sprites.SETS for sprite in sprites.sprites(emoji_set)}
    assert set(art.KINDS) - set(CATALOGUE) == {kind for theme in THEMES.values() for kind in theme.kinds}
    assert set(CATALOGUE) - set(art.KINDS) == {kind for kind in lent if CATALOGUE[kind].late} - set(art.KINDS)
    assert lent <= set(CATALOGUE)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("kind", "pose"), POSED)
def test_thing_fills_its_box_and_stays_in_it(kind: str, pose: str, style: str) -> None:
    thing = placed(kind, pose)
    mask = changed(draw(thing, STYLES[style]))
    box = mask.getbbox()
    assert box is not None
    slack = SLACK * max(thing.w, thing.h)
    assert box[0] >= thing.x - slack and box[1] >= thing.y - slack
    assert box[2] <= thing.x + thing.w + slack and box[3] <= thing.y + thing.h + slack
    assert box[2] - box[0] >= 0.55 * thing.w and box[3] - box[1] >= 0.7 * thing.h
    assert mask.histogram()[255] >= 0.1 * thing.w * thing.h


@pytest.mark.parametrize("kind", sorted(set(art.KINDS) - {"pizza", "sandwich", "watermelon"}))
def test_main_colour_is_there(kind: str) -> None:
    """People can see the colour that is asked about: a tenth of the thing's pixels, a thirtieth of a thin one's."""
    for colour in EVERY_KIND[kind].colours:
        pose = "standing" if EVERY_KIND[kind].group == "people" else ""
        thing = placed(kind, pose, colour)
        if pose:
            thing.trousers = "black" if colour != "black" else "white"
        canvas = draw(thing, Style())
        total = changed(canvas).histogram()[255]
        matching = sum(
            count for count, rgb in canvas.getcolors(1 << 20) or () if rgb != BACKGROUND and nearest(rgb) == colour
        )
        assert matching >= total / 30, colour


@pytest.mark.parametrize("kind", sorted(set(art.DRAWINGS)))
def test_flip_mirrors(kind: str) -> None:
    """A flipped drawing is the mirror image of the unflipped one, up to the rounding of edges."""
    thing = placed(kind)
    plain = changed(draw(thing, Style()))
    thing.x, thing.flip = WIDTH - thing.x - thing.w, True
    mirrored = changed(draw(thing, Style())).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    differing = ImageChops.difference(plain, mirrored).histogram()[255]
    assert differing <= 0.12 * plain.histogram()[255]


@pytest.mark.parametrize("kind", people.BUILDS)
def test_moods_and_accessories_are_seen(kind: str) -> None:
    seen = set()
    for mood in MOODS:
        thing = placed(kind, "standing")
        thing.mood = mood
        seen.add(draw(thing, Style()).tobytes())
    for wearing in ACCESSORIES:
        thing = placed(kind, "standing")
        thing.wearing, thing.wearing_colour = wearing, "purple"
        canvas = draw(thing, Style())
        seen.add(canvas.tobytes())
        assert any(
            nearest(rgb) == "purple" for n, rgb in canvas.getcolors(1 << 20) or () if n > 20 and rgb != BACKGROUND
        )
    assert len(seen) == len(MOODS) + len(ACCESSORIES)


@pytest.mark.parametrize("pose", [pose for pose in POSES if pose != "sleeping"])
@pytest.mark.parametrize("kind", HOLDABLE)
def test_held_thing_gets_a_box_at_the_person(kind: str, pose: str) -> None:
    held = Thing(kind, CATALOGUE[kind].colours[0], 0, 0, 0, 0)
    person = placed("girl", pose)
    empty = draw(person, Style())
    person.holding = held
    full = draw(person, Style())
    assert 0.15 * person.h < held.h < 0.8 * person.h
    assert held.w / held.h == pytest.approx(art.aspect(kind, ""))
    assert held.x < person.x + person.w and held.x + held.w > person.x
    assert held.y < person.y + person.h and held.y + held.h > person.y - 1
    box = tuple(round(v) for v in (held.x, held.y, held.x + held.w, held.y + held.h))
    assert ImageChops.difference(empty, full).crop(box).getbbox() is not None


def test_umbrella_does_not_hide_the_face() -> None:
    person = placed("girl", "standing")
    person.holding = Thing("umbrella", "red", 0, 0, 0, 0)
    angry = replace(person, mood="angry")
    face = (round(person.x), round(person.y), round(person.x + person.w), round(person.y + person.h * 0.45))
    difference = ImageChops.difference(draw(person, Style()), draw(angry, Style())).crop(face)
    bare = placed("girl", "standing")
    without = ImageChops.difference(draw(bare, Style()), draw(replace(bare, mood="angry"), Style())).crop(face)
    count, expected = (sum(image.convert("L").histogram()[1:]) for image in (difference, without))
    assert count >= 0.9 * expected > 0


@pytest.mark.parametrize("name", COLOURS)
def test_shades_are_nameable(name: str) -> None:
    """Every shade is nearer to a plain colour of its own name than to any other's; hardly one lies between two."""
    rng = random.Random(name)
    own = sum(nearest(shade(name, rng)) == name for _ in range(400))
    assert own >= 392


def test_no_two_names_share_a_shade() -> None:
    rng = random.Random(1)
    shades = {name: [shade(name, rng) for _ in range(150)] for name in COLOURS}
    for one, two in itertools.combinations(COLOURS, 2):
        assert min(math.dist(a, b) for a in shades[one] for b in shades[two]) > 15, (one, two)


def everything() -> Scene:
    """A scene with one thing of each kind."""
    scene = Scene(indoors=False, night=False, weather="rainy", ground="grass", seed=3)
    for i, kind in enumerate(sorted(art.KINDS)):
        pose = "standing" if EVERY_KIND[kind].group == "people" or kind in ("dog", "cat") else ""
        thing = placed(kind, pose, height=60)
        thing.x, thing.y = 10 + 60 * (i % 11), 10 + 60 * (i // 11)
        scene.things.append(thing)
    scene.things[-1].holding = Thing("kite", "red", 0, 0, 0, 0)
    return scene


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_same_seed_same_bytes(scale: float) -> None:
    one, two, other = (art.render(everything(), random.Random(seed), scale).tobytes() for seed in (5, 5, 6))
    assert one == two != other
    assert len(one) == WIDTH * HEIGHT * 3


@pytest.mark.parametrize("ground", ["grass", "sand", "snow", "road"])
@pytest.mark.parametrize("weather", ["", "sunny", "cloudy", "rainy", "snowy"])
def test_outdoors_covers_the_canvas(ground: str, weather: str) -> None:
    """Sky above, ground below, by day and by night, and no pixel left out."""
    for style in STYLES.values():
        for night in (False, True):
            canvas = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
            scene = Scene(indoors=False, night=night, weather=weather, ground=ground, style=style)
            draw_backdrop(ImageDraw.Draw(canvas), scene, random.Random(ground + weather), 1.0)
            assert changed(canvas).histogram()[255] == WIDTH * HEIGHT
            assert canvas.getpixel((5, 5)) != canvas.getpixel((5, HEIGHT - 5))


def test_night_shows_in_the_window() -> None:
    thing = placed("window")
    day, night = (draw(thing, Style(), night=dark).crop((110, 130, 250, 250)).convert("L") for dark in (False, True))
    brightness = [sum(i * n for i, n in enumerate(image.histogram())) / (140 * 120) for image in (day, night)]
    assert brightness[0] > brightness[1] + 40
