"""Questions by the names of groups have the answer that anybody would give, and leave out what people would dispute."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from test_scene_questions import answers, garden, thing

from training.builtin.data import SceneDataset
from training.builtin.recipe import Recipe, _Shares
from training.scenes import art, groups, layout, questions
from training.scenes.catalogue import CATALOGUE
from training.scenes.scene import Scene
from training.scenes.style import Style
from training.scenes.themes import EVERY_KIND
from training.scenes.variety import FIRST, WIDE, Variety


def person(kind: str, x: float) -> groups.Thing:
    return thing(kind, "red", x, pose="running", mood="happy", wearing="hat", wearing_colour="blue")


def test_members_of_groups_are_kinds_of_the_catalogue() -> None:
    for group in groups.GROUPS:
        assert group.members and group.members <= set(EVERY_KIND), group
        assert group.perhaps <= set(EVERY_KIND), group


def test_any_food_any_kids() -> None:
    found = answers(groups.group, garden(thing("apple", "red", 50), person("boy", 200), person("man", 400)))
    assert found["is there any food?"] == found["is there any fruit?"] == {"yes"}
    assert found["are there any kids?"] == found["is there an adult?"] == found["is there anybody?"] == {"yes"}
    assert found["are there any animals?"] == found["is there a vehicle?"] == {"no"}
    assert found["how many children are there?"] == {"1"}
    assert found["how many people are there?"] == {"2"}


def test_the_only_child_is_asked_about_by_that_name() -> None:
    found = answers(groups.group, garden(person("girl", 200), person("woman", 400), thing("dog", "brown", 500)))
    assert found["what is the kid doing?"] == {"running"}
    assert found["what is the child wearing?"] == {"hat"}
    assert found["what color is the kid's shirt?"] == {"red"}
    assert found["what color is the animal?"] == {"brown"}
    assert not [question for question in found if "the person" in question], "there are two of them"


def test_who_is_not_there_is_said_not_to_be() -> None:
    found = answers(groups.group, garden(thing("dog", "brown", 500)), 200)
    assert found["where is the kid?"] == found["what is the child doing?"] == {"no child"}
    assert found["where is the person?"] == {"no person"}


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("teddy bear", "animal"),
        ("snowman", "people"),
        ("cup", "food"),
        ("rabbit", "pets"),
        ("bicycle", "vehicle"),
        ("tent", "building"),
    ],
)
def test_what_people_would_dispute_is_not_asked(there: str, asked: str) -> None:
    assert not [question for question in answers(groups.group, garden(thing(there, "", 200))) if asked in question]


def test_sky_and_ground_have_the_colours_that_are_drawn() -> None:
    fine = Style(detail=1.0)
    sunny = answers(groups.sky_and_ground, garden(style=fine))
    assert (sunny["what color is the sky?"], sunny["what color is the grass?"]) == ({"blue"}, {"green"})
    assert answers(groups.sky_and_ground, garden(weather="rainy", style=fine))["what color is the sky?"] == {"gray"}
    for scene in (
        garden(night=True, weather=""),
        garden(style=Style(detail=1.0, medium="pencil")),
        garden(indoors=True, ground="floor", weather=""),
    ):
        colours = [
            found for question, found in answers(groups.sky_and_ground, scene).items() if "color is the" in question
        ]
        assert all(answer.startswith("no ") for found in colours for answer in found)
    rng = random.Random(1)
    scene = Scene(indoors=False, night=False, weather="sunny", ground="grass", style=fine, things=[])
    picture = art.render(scene, rng, 0.5)
    sky, grass = picture.getpixel((5, 5)), picture.getpixel((5, picture.height - 5))
    assert isinstance(sky, tuple) and max(sky) == sky[2] and isinstance(grass, tuple) and max(grass) == grass[1]


def test_a_sky_or_a_ground_that_is_not_there_is_said_not_to_be() -> None:
    room = answers(groups.sky_and_ground, garden(indoors=True, ground="floor", weather=""), 200)
    assert (room["what color is the sky?"], room["what color is the grass?"]) == ({"no sky"}, {"no grass"})
    assert room["is there any sand?"] == room["can you see the road?"] == {"no"}
    beach = answers(groups.sky_and_ground, garden(ground="sand", style=Style(detail=1.0)), 200)
    assert beach["what color is the grass?"] == {"no grass"}
    assert beach["is there any sand?"] == beach["is there a sky?"] == {"yes"}


@pytest.mark.parametrize(
    ("scene", "asked"),
    [
        (garden(weather="snowy"), "snow"),
        (garden(thing("sandbox", "red", 200)), "sand"),
        (garden(thing("window", "", 200), indoors=True, ground="floor", weather=""), "sky"),
        (garden(ground="", weather="", style=Style(backdrop="plain")), "grass"),
        (garden(ground="", weather="", style=Style(backdrop="gradient")), "sky"),
        (garden(style=Style(detail=0.0)), "sky"),
    ],
)
def test_a_sky_or_a_ground_that_somebody_might_see_is_not_asked_for(scene: Scene, asked: str) -> None:
    found = answers(groups.sky_and_ground, scene, 200)
    assert not [question for question in found if question.strip("?").endswith(f" {asked}")]


def test_wide_scenes_ask_so_and_the_first_ones_do_not() -> None:
    asked: dict[bool, set[str]] = defaultdict(set)
    for seed in range(600):
        for variety in (FIRST, WIDE.without(["typed"])):
            rng = random.Random(f"groups/{seed}")
            scene = layout.compose(rng, variety)
            art.render(scene, rng, 0.25)
            asked[variety.wide] |= {
                word for qa in questions.ask(scene, rng, 16) for word in qa.question.lower().strip("?").split()
            }
    assert {"child", "kids", "food", "person", "anybody"} <= asked[True]
    assert not asked[False] & {"child", "kids", "anybody"}


def test_a_share_of_the_training_is_drawn_as_the_demo_draws() -> None:
    late = {kind.name for kind in CATALOGUE.values() if kind.late}

    def answered(share: float) -> set[str]:
        data = SceneDataset("first", 4, 2, first=share)
        return {one.answer for number in range(40) for one in data[number].asked}

    assert answered(0.0) & late
    assert not answered(1.0) & late


@pytest.mark.parametrize("left_out", [("dog",), ("crayon",), ()])
def test_what_is_left_out_is_in_no_share_of_the_training(left_out: tuple[str, ...]) -> None:
    small = {"dense_steps": 0, "question_steps": 8, "batch": 4, "per_picture": 3, "per_pair": 1, "processes": 1}
    kinds: set[str] = set()

    def composed(rng: random.Random, variety: Variety) -> Scene:
        kinds.update(variety.kinds)
        firsts.append(variety is FIRST)
        return compose(rng, variety)

    firsts: list[bool] = []
    compose = layout.compose
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "compose", composed)
        shares = _Shares(Recipe(first=0.5, leave_out=left_out, **small), 0)  # type: ignore[arg-type]
        for step in range(4):
            assert shares[step]
    assert kinds.isdisjoint({"dog"} & set(left_out))
    assert any(firsts) == ("dog" not in left_out)
