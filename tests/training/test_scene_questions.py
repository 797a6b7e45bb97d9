"""Scenes are legible, questions have one right answer, and words alone do not give it away."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from training.scenes import art, layout, person_topics, questions, relations, topics
from training.scenes.facts import facts_of, place_of
from training.scenes.scene import Scene, Thing
from training.scenes.style import HEIGHT, WIDTH
from training.scenes.wording import KINDS, QA, kind_of


def asked(seed: str, number: int = 12) -> tuple[Scene, list[QA]]:
    rng = random.Random(seed)
    scene = layout.compose(rng)
    art.render(scene, rng, 0.25)
    return scene, questions.ask(scene, rng, number)


@pytest.fixture(scope="module")
def many() -> list[tuple[Scene, list[QA]]]:
    return [asked(f"questions/{i}") for i in range(800)]


def garden(*things: Thing, **scene: object) -> Scene:
    fields: dict[str, object] = {"indoors": False, "night": False, "weather": "sunny", "ground": "grass"}
    return Scene(**{**fields, **scene}, things=list(things))  # type: ignore[arg-type]


def thing(kind: str, colour: str, x: float, y: float = 300, size: float = 60, **more: object) -> Thing:
    return Thing(kind, colour, x, y, size, size, **{"on": "grass", **more})  # type: ignore[arg-type]


def answers(topic: questions.Topic, scene: Scene, seeds: int = 60) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for seed in range(seeds):
        for qa in topic(facts_of(scene), random.Random(seed)):
            found[qa.question.lower()].add(qa.answer)
    return found


def test_every_kind_is_asked_and_read_off_its_words(many: list[tuple[Scene, list[QA]]]) -> None:
    kinds: Counter[str] = Counter()
    for _, qas in many:
        for qa in qas:
            assert kind_of(qa.question) == qa.kind, qa
            kinds[qa.kind] += 1
    assert set(kinds) == set(KINDS)


def test_questions_and_answers_have_the_form_of_the_data(many: list[tuple[Scene, list[QA]]]) -> None:
    for _, qas in many:
        assert len({qa.question for qa in qas}) == len(qas)
        for qa in qas:
            assert qa.question[0].isupper() and qa.question.endswith("?") and "  " not in qa.question
            assert qa.answer == qa.answer.lower().strip() != ""
            assert qa.answer not in qa.plausible and qa.plausible


def test_words_alone_give_the_answer_away_less_than_45_percent_of_the_time(many: list[tuple[Scene, list[QA]]]) -> None:
    prior: dict[str, Counter[str]] = defaultdict(Counter)
    for _, qas in many[:600]:
        for qa in qas:
            prior[qa.question][qa.answer] += 1
            prior[qa.kind][qa.answer] += 1
    hits = total = 0
    for _, qas in many[600:]:
        for qa in qas:
            known = prior[qa.question] if prior[qa.question].total() >= 3 else prior[qa.kind]
            hits += known.most_common(1)[0][0] == qa.answer
            total += 1
    assert hits / total < 0.45


def test_yes_and_no_are_asked_equally_often(many: list[tuple[Scene, list[QA]]]) -> None:
    closed = Counter(qa.answer for _, qas in many for qa in qas if qa.answer in ("yes", "no"))
    assert 0.44 < closed["yes"] / closed.total() < 0.56


def test_things_stay_on_the_picture_and_hide_little(many: list[tuple[Scene, list[QA]]]) -> None:
    for scene, _ in many:
        for i, one in enumerate(scene.things):
            assert one.x > -3 and one.y > -3 and one.x + one.w < WIDTH + 3 and one.y + one.h < HEIGHT + 3
            for two in scene.things[i + 1 :]:
                if one.support is two or two.support is one or {one.kind, two.kind} & {"rug", "pond", "cloud"}:
                    continue
                across = min(one.x + one.w, two.x + two.w) - max(one.x, two.x)
                down = min(one.y + one.h, two.y + two.h) - max(one.y, two.y)
                smaller = min(one.w * one.h, two.w * two.h)
                assert max(0, across) * max(0, down) <= 0.6 * smaller, (one, two)


def test_the_same_seed_gives_the_same_scene_and_questions() -> None:
    assert asked("again") == asked("again")
    assert asked("again")[1] != asked("other")[1]


def test_counts_include_what_people_hold() -> None:
    boy = thing("boy", "red", 100, 200, 150, pose="standing", mood="happy")
    boy.holding = thing("ball", "blue", 230, 260, 40, on="")
    scene = garden(boy, thing("ball", "red", 400), thing("ball", "green", 500))
    found = answers(topics.count, scene)
    assert found["how many balls are there?"] == {"3"}
    assert found["how many people are there?"] == {"1"}


def test_a_colour_is_not_asked_of_one_of_two() -> None:
    scene = garden(thing("ball", "red", 100), thing("ball", "blue", 400), thing("cup", "green", 250))
    found = answers(topics.colour, scene)
    assert found["what color is the cup?"] == {"green"}
    assert not any("ball" in question for question in found)


def test_left_and_right_follow_the_boxes() -> None:
    scene = garden(thing("ball", "red", 50), thing("tree", "green", 500, 150, 200))
    found = answers(relations.side_of, scene)
    assert found["is the ball left or right of the tree?"] == {"left"}
    assert found["is the tree left or right of the ball?"] == {"right"}
    assert found["is the ball to the right of the tree?"] == {"no"}


def test_two_steps_name_the_one_that_is_meant() -> None:
    scene = garden(thing("ball", "red", 100), thing("cat", "black", 175, pose="sitting"), thing("ball", "blue", 560))
    found = answers(relations.two_step, scene)
    assert found["what color is the ball next to the cat?"] == {"red"}


def test_who_is_asked_where_one_person_fits() -> None:
    boy = thing("boy", "red", 50, 200, 150, pose="running", mood="sad")
    girl = thing("girl", "blue", 300, 200, 150, pose="sitting", mood="sad")
    found = answers(person_topics.who, garden(boy, girl))
    assert found["who is running?"] == {"boy"}
    assert "who is sad?" not in found


def test_more_and_bigger_follow_the_scene() -> None:
    scene = garden(
        *(thing("apple", "red", 40 * i, 350, 30) for i in range(4)),
        thing("cup", "blue", 400, 340, 30),
        thing("cup", "red", 500, 340, 60),
    )
    more = answers(relations.more, scene)
    assert set().union(*(a for q, a in more.items() if " or " in q)) == {"apples"}
    bigger = answers(relations.bigger, scene)
    assert set().union(*(a for q, a in bigger.items() if "smaller" not in q)) == {"red"}


@pytest.mark.parametrize(
    ("on", "place"),
    [
        ("grass", "on grass"),
        ("sky", "in sky"),
        ("tree", "in tree"),
        ("under table", "under table"),
        ("sofa", "on sofa"),
    ],
)
def test_places_are_worded_as_annotators_do(on: str, place: str) -> None:
    assert place_of(thing("bird", "red", 0, on=on)) == place


def test_weather_is_asked_only_where_it_shows() -> None:
    hidden = garden(thing("ball", "red", 100))
    assert not list(topics.weather(facts_of(hidden), random.Random(0)))
    shown = garden(thing("sun", "yellow", 100, 20, on="sky"))
    assert "sunny" in {qa.answer for qa in topics.weather(facts_of(shown), random.Random(0))}
