"""Yes-or-no questions about one thing have the answer that anybody would give, and yes as often as no."""

from __future__ import annotations

import random
from collections import Counter

from test_scene_questions import answers, garden, thing

from training.builtin.dense import INDEX, targets
from training.scenes import art, closed, layout, person_topics, questions
from training.scenes.scene import Scene, Thing
from training.scenes.style import Style
from training.scenes.variety import WIDE


def person(kind: str, x: float, **more: object) -> Thing:
    looks = {"pose": "standing", "mood": "happy", "trousers": "blue", "hair": 0}
    return thing(kind, "red", x, 250, 150, **{**looks, **more})


def closed_answers(*things: Thing, **scene: object) -> dict[str, set[str]]:
    return answers(closed.closed, garden(*things, **scene), 300)


def test_is_the_ball_red() -> None:
    found = closed_answers(thing("ball", "red", 50), person("girl", 400))
    assert found["is the ball red?"] == {"yes"}
    assert found["is the ball blue?"] == {"no"}
    assert found["is the girl's shirt red?"] == found["is the girl wearing a red shirt?"] == {"yes"}
    assert found["is the girl's shirt green?"] == {"no"}


def test_is_the_cat_on_the_sofa_or_on_the_table_beside_it() -> None:
    sofa, table = thing("sofa", "blue", 50, on="floor"), thing("table", "brown", 400, on="floor")
    cat, cup = (
        thing("cat", "black", 60, 260, 40, on="sofa", support=sofa),
        thing("cup", "red", 410, 260, 30, on="table"),
    )
    cup.support = table
    found = closed_answers(sofa, table, cat, cup, indoors=True, ground="floor", weather="")
    assert found["is the cat on the sofa?"] == found["is the cup on the table?"] == {"yes"}
    assert found["is the cat on the table?"] == found["is the cat under the table?"] == {"no"}
    assert "is the cat on the floor?" not in found, "what stands on the floor carries it"
    assert not [question for question in found if "sofa on the sofa" in question or "table under the table" in question]


def test_next_to_is_near_or_clearly_not() -> None:
    found = closed_answers(thing("dog", "brown", 50), thing("ball", "red", 120), thing("car", "blue", 500))
    assert found["is the dog next to the ball?"] == {"yes"}
    assert found["is the dog next to the car?"] == found["is the dog near the car?"] == {"no"}


def test_numbers_are_exact() -> None:
    dogs = [thing("dog", "brown", 50 + 90 * place) for place in range(3)]
    found = closed_answers(*dogs, thing("ball", "red", 500))
    assert found["are there three dogs?"] == found["are there 3 dogs?"] == {"yes"}
    assert found["are there two dogs?"] == {"no"}
    assert found["is there more than one dog?"] == {"yes"}
    assert found["is there more than one ball?"] == {"no"}


def test_what_is_in_a_hand_and_which_is_bigger() -> None:
    held = thing("book", "green", 300, 250, 20)
    found = closed_answers(
        person("boy", 250, holding=held), thing("drum", "red", 50, 300, 40), thing("frog", "green", 450, 250, 120)
    )
    assert found["is the boy holding a book?"] == {"yes"}
    assert found["is the boy holding a ball?"] == {"no"}
    assert found["is the frog bigger than the drum?"] == found["is the drum smaller than the frog?"] == {"yes"}
    assert found["is the drum bigger than the frog?"] == {"no"}


def test_trousers_and_hair() -> None:
    people = (
        person("man", 50, trousers="green", hair=5),
        person("girl", 300, trousers="pink", wearing="hat", wearing_colour="red"),
    )
    found = answers(person_topics.clothes_and_hair, garden(*people), 100)
    assert found["what color are the man's trousers?"] == found["what color pants is the man wearing?"] == {"green"}
    assert found["what color is the man's hair?"] == {"gray"}
    assert found["what color is the girl's skirt?"] == {"pink"}
    assert not [question for question in found if "girl" in question and "hair" in question], "a hat is over it"
    bare = answers(person_topics.clothes_and_hair, garden(*people, style=Style(contour=True)), 100)
    assert not bare, "bare contours have no colours of their own"


def test_the_cells_of_a_person_are_told_both() -> None:
    scene = garden(person("man", 200, trousers="green", hair=5))
    art.render(scene, random.Random(0), 0.5)
    import numpy as np

    labels = targets(scene, np.diag([1 / scene.width, 1 / scene.height, 1.0]))["labels"]
    assert labels[:, INDEX["trousers", "green"]].any() and labels[:, INDEX["hair", "gray"]].any()
    assert not labels[:, INDEX["trousers", "blue"]].any()


def test_yes_is_as_frequent_as_no() -> None:
    said: Counter[tuple[str, str]] = Counter()
    for seed in range(150):
        rng = random.Random(f"closed/{seed}")
        scene: Scene = layout.compose(rng, WIDE)
        art.render(scene, rng, 0.25)
        said.update((qa.kind, qa.answer) for qa in closed.closed(questions.facts_of(scene), rng))
    for kind in ("colour", "where", "count", "bigger"):
        share = said[kind, "yes"] / (said[kind, "yes"] + said[kind, "no"])
        assert 0.35 < share < 0.65, (kind, share)
