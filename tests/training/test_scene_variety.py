"""Scenes of wide variety: all styles and shapes are drawn, the same each time; what nothing shows is not asked."""

import random
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from training.scenes import art, layout, media, questions, sprites
from training.scenes.catalogue import CATALOGUE, EVERYBODY
from training.scenes.facts import facts_of
from training.scenes.scene import Scene
from training.scenes.variety import FIRST, WIDE
from training.scenes.wording import QA


def scene_of(seed: str) -> Scene:
    return layout.compose(random.Random(seed), WIDE)


def drawn(scene: Scene, scale: float = 0.5) -> Image.Image:
    return art.render(scene, random.Random(1), scale)


@pytest.fixture(scope="module")
def many() -> list[tuple[Scene, list[QA]]]:
    found = []
    for number in range(250):
        rng = random.Random(f"variety/{number}")
        scene = layout.compose(rng, WIDE.without(["typed"]))
        art.render(scene, rng, 0.25)
        found.append((scene, questions.ask(scene, rng, 12)))
    return found


def test_a_scene_is_the_same_each_time_and_of_its_own_shape() -> None:
    shapes = set()
    for number in range(12):
        one, two = (drawn(scene_of(f"same/{number}")) for _ in range(2))
        assert one.tobytes() == two.tobytes()
        scene = scene_of(f"same/{number}")
        assert one.size == (scene.width, scene.height)
        shapes.add(one.size)
    assert len(shapes) > 3


@pytest.mark.parametrize("medium", ["", *media.MEDIA])
def test_every_medium_shows_the_same_things_otherwise(medium: str) -> None:
    scene = scene_of("media/2")
    scene.style.medium, scene.style.contour, scene.style.backdrop, scene.style.emoji_set = "", False, "gradient", ""
    plain = np.asarray(drawn(scene, 1.0), np.float32)
    scene.style.medium = medium
    other = np.asarray(drawn(scene, 1.0), np.float32)
    difference = np.abs(plain - other).mean()
    assert (difference == 0) == (medium == "")
    assert difference < 40


@pytest.mark.parametrize("backdrop", media.BACKDROPS)
def test_paper_shows_no_place_no_time_and_no_weather(backdrop: str) -> None:
    for number in range(20):
        rng = random.Random(f"{backdrop}/{number}")
        scene = layout.compose(rng, WIDE.without([*media.BACKDROPS, "typed"]))
        if scene.style.contour:  # what is only contours lies on paper, if there is any
            continue
        assert not scene.style.backdrop
    variety = WIDE.without([other for other in media.BACKDROPS if other != backdrop])
    asked: Counter[str] = Counter()
    papers = 0
    for number in range(40):
        rng = random.Random(f"paper/{number}")
        scene = layout.compose(rng, variety)
        if scene.style.backdrop:
            papers += 1
            art.render(scene, rng, 0.25)
            assert {thing.on for thing in scene.things} <= {"", "under table", *CATALOGUE}
            asked.update(qa.kind for qa in questions.ask(scene, rng, 12))
    assert papers > 3
    assert not asked.keys() & {"time", "weather", "setting"}


def test_a_change_elsewhere_leaves_a_thing_as_it_is() -> None:
    scene = scene_of("alone/4")
    scene.style.medium = ""
    last = scene.things[-1]
    whole = drawn(scene, 1.0)
    scene.things = [last]
    alone = drawn(scene, 1.0)
    box = tuple(
        round(v) for v in (last.x + 0.3 * last.w, last.y + 0.3 * last.h, last.x + 0.7 * last.w, last.y + 0.7 * last.h)
    )
    assert whole.crop(box).tobytes() == alone.crop(box).tobytes()  # type: ignore[arg-type]


@pytest.mark.parametrize("emoji_set", sprites.SETS)
def test_an_emoji_sets_pictures_have_the_colours_that_are_asked_for(emoji_set: str) -> None:
    assert len(sprites.sprites(emoji_set)) > 80
    for sprite in sprites.sprites(emoji_set):
        assert sprite.kind in CATALOGUE
        picture = sprites.picture(sprite, "blue", random.Random(1))
        assert picture.size == (sprite.width, sprite.height)
        if sprite.hue < 0 or sprite.kind in EVERYBODY:
            continue
        values = np.asarray(picture.convert("RGB"), int)[np.asarray(picture.getchannel("A")) > 128]
        bluish = (values[:, 2] > values[:, 0] + 20) & (values[:, 2] >= values[:, 1])
        assert bluish.mean() > 0.2, sprite.name


def test_what_an_emoji_leaves_open_is_not_asked(many: list[tuple[Scene, list[QA]]]) -> None:
    hidden = 0
    for scene, asked in many:
        facts = facts_of(scene)
        for qa in asked:
            assert qa.answer.strip(), qa
        if facts.people and not facts.drawn_people:
            hidden += 1
            assert not {qa.kind for qa in asked} & {"holding", "wearing", "mood", "who", "doing"} - {"doing"}
    assert hidden > 5


def test_what_is_not_there_is_asked_for_and_said(many: list[tuple[Scene, list[QA]]]) -> None:
    absent = [(scene, qa) for scene, asked in many for qa in asked if qa.kind == "absent"]
    assert 0.08 < len(absent) / sum(len(asked) for _, asked in many) < 0.3
    for scene, qa in absent:
        assert qa.answer.startswith("no ")
        colour, _, kind = qa.answer.removeprefix("no ").rpartition(" ")
        words = qa.answer.removeprefix("no ")
        things = facts_of(scene).visible
        assert not any(words in (thing.kind, f"{thing.colour} {thing.kind}") for thing in things), (colour, kind)
    near = sum(
        any(CATALOGUE[t.kind].group == CATALOGUE[qa.answer.removeprefix("no ")].group for t in facts_of(scene).visible)
        for scene, qa in absent
        if qa.answer.removeprefix("no ") in CATALOGUE
    )
    assert near > len(absent) / 4


def test_what_is_left_out_is_never_drawn() -> None:
    variety = WIDE.without(["crayon", "noto", "white", "contour", "dog", "typed"])
    for number in range(60):
        scene = layout.compose(random.Random(f"out/{number}"), variety)
        assert scene.style.medium != "crayon"
        assert scene.style.backdrop != "white"
        assert not scene.style.contour
        assert all(thing.kind != "dog" and thing.emoji_set != "noto" for thing in scene.things)
    with pytest.raises(ValueError, match="'crayons' cannot be left out"):
        WIDE.without(["crayons"])


def test_the_first_variety_stays_as_the_built_in_model_knows_it() -> None:
    for number in range(40):
        scene = layout.compose(random.Random(f"first/{number}"), FIRST)
        assert not scene.wide
        assert not scene.style.medium
        assert all(not CATALOGUE[thing.kind].late and thing.sprite < 0 for thing in scene.things)
