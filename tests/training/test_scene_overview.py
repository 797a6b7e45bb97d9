"""Questions about the whole picture have one answer: what is there, and who does what."""

from __future__ import annotations

import random

from test_scene_questions import answers, garden, thing

from training.builtin.architecture import load_tokenizer
from training.scenes import art, layout, overview
from training.scenes.facts import facts_of
from training.scenes.variety import WIDE
from training.scenes.wording import kind_of


def test_what_is_this_is_asked_where_one_kind_is_alone() -> None:
    alone = answers(overview.this, garden(thing("ball", "red", 50)))
    assert alone["what is this?"] == alone["what do you see?"] == {"ball"}
    several = answers(overview.this, garden(thing("dog", "brown", 50), thing("dog", "black", 300)))
    assert several["what are these?"] == {"dogs"} and "what is this?" not in several
    assert not answers(overview.this, garden(thing("ball", "red", 50), thing("dog", "brown", 300)))
    scenes = [layout.compose(random.Random(f"alone/{seed}"), WIDE) for seed in range(150)]
    assert 4 < sum(len({one.kind for one in scene.things}) == 1 for scene in scenes) < 40


def test_what_is_seen_is_people_animals_and_the_largest_things() -> None:
    dog, ball = thing("dog", "brown", 300, size=60), thing("ball", "red", 50, size=30)
    seen = answers(overview.overview, garden(ball, dog, thing("sun", "yellow", 600)), 300)
    assert seen["what do you see?"] == seen["what is this?"] == {"dog and ball"}
    boy = thing("boy", "green", 200, pose="running")
    more = [thing("house", "blue", 100, size=200), boy, thing("tree", "", 400, size=150)]
    seen = answers(overview.overview, garden(ball, dog, *more), 300)
    assert seen["what objects are there?"] == {"boy and dog and house"}  # what is smaller is left out
    alike = [
        thing("cup", "red", 500, size=30),
        thing("bucket", "red", 560, size=30),
        thing("chair", "red", 600, size=30),
    ]
    assert "what do you see?" not in answers(
        overview.overview, garden(ball, dog, *alike), 300
    )  # which of them is chance


def test_what_is_going_on_is_who_does_what() -> None:
    girl, boy = thing("girl", "red", 50, pose="waving"), thing("boy", "red", 300, pose="running")
    seen = answers(overview.overview, garden(girl, boy, thing("ball", "red", 500)), 300)
    assert seen["what is happening?"] == seen["what is going on here?"] == {"boy running and girl waving"}
    assert "what are they doing?" not in seen
    other = thing("girl", "red", 500, pose="waving")
    seen = answers(overview.overview, garden(girl, other), 300)
    assert seen["what is happening?"] == {"girls waving"}
    assert seen["what are they doing?"] == {"waving"}
    other.pose = "sitting"
    assert "what is happening?" not in answers(overview.overview, garden(girl, other), 300)


def test_what_the_model_reads_and_writes_holds_every_word_of_such_an_answer() -> None:
    tokenizer, longest = load_tokenizer(), 0
    for seed in range(60):
        rng = random.Random(f"overview/{seed}")
        scene = layout.compose(rng, WIDE)
        art.render(scene, rng, 0.5)
        for qa in overview.overview(facts_of(scene), rng):
            ids = tokenizer.encode(qa.answer, add_special_tokens=False)
            assert tokenizer.decode(ids) == qa.answer
            assert kind_of(qa.question) == qa.kind == "overview"
            longest = max(longest, len(ids))
    assert 4 < longest <= 15
