"""Themes: things that no other scene holds, each time the same, and questions whose answers are true."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from scene_files import digests

from bot.cli import main
from bot.commands.scenes import scenes as scenes_command
from bot.commands.walkthrough import walkthrough
from training.scenes import art, layout, questions, sprites
from training.scenes.official import Plan, write_scenes
from training.scenes.scene import Scene
from training.scenes.style import HEIGHT, WIDTH
from training.scenes.themes import THEMES
from training.scenes.variety import FIRST, THEMED, WIDE
from training.scenes.wording import FITTING, QA, every_name, kind_of

COLOUR = r"(?:red|orange|yellow|green|blue|purple|pink|brown|black|white|gray)"
SCENERY = r"(?: in the (?:picture|scene|image)| here)?"


def asked(theme: str, seed: str) -> tuple[Scene, list[QA]]:
    rng = random.Random(f"{theme}/{seed}")
    scene = layout.compose(rng, THEMED[theme])
    art.render(scene, rng, 0.25)
    return scene, questions.ask(scene, rng, 10)


@pytest.fixture(scope="module", params=list(THEMES))
def many(request: pytest.FixtureRequest) -> list[tuple[Scene, list[QA]]]:
    return [asked(request.param, str(number)) for number in range(250)]


@pytest.mark.parametrize("theme", THEMES)
def test_no_other_scene_holds_its_things(theme: str) -> None:
    kinds = set(THEMES[theme].kinds)
    words = {word for name in every_name() for word in name.split()}
    assert not kinds & words and not {kind.many for kind in THEMES[theme].kinds.values()} & words
    assert not kinds & (FIRST.kinds | WIDE.kinds)
    assert not kinds & {sprite.kind for hand in sprites.SETS for sprite in sprites.sprites(hand)}
    assert not kinds & {word for fitting in FITTING.values() for word in fitting}


@pytest.mark.parametrize("theme", THEMES)
def test_the_same_seed_gives_the_same_bytes(theme: str, tmp_path: Path) -> None:
    counts = {"train": 20, "val": 2, "test": 0}
    for name, workers in (("one", 1), ("two", 2)):
        write_scenes(tmp_path / name, Plan("7", counts, theme=theme), lambda _: None, workers=workers)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    write_scenes(tmp_path / "other", Plan("8", counts, theme=theme), lambda _: None, workers=1)
    assert digests(tmp_path / "one") != digests(tmp_path / "other")


def test_everything_is_of_the_theme_and_on_the_picture(many: list[tuple[Scene, list[QA]]]) -> None:
    theme = THEMES[many[0][0].theme]
    held: Counter[str] = Counter()
    for scene, _ in many:
        for thing in scene.things:
            held[thing.kind] += 1
            assert thing.on in {theme.ground, theme.around, *theme.surfaces}
            assert thing.x > -3 and thing.y > -3 and thing.x + thing.w < WIDTH + 3 and thing.y + thing.h < HEIGHT + 3
    assert set(held) == set(theme.kinds)


def truth(scene: Scene, question: str) -> str | None:
    """The answer by the list of things alone, for questions of the commonest forms; None for others."""
    kinds = THEMES[scene.theme].kinds
    singular = {kind.name: kind.name for kind in kinds.values()} | {kind.many: kind.name for kind in kinds.values()}
    names = "|".join(sorted(singular, key=len, reverse=True))

    def things(colour: str | None, name: str) -> list[str]:
        found = [t for t in scene.things if t.kind == singular[name] and colour in (None, t.colour)]
        return [t.colour for t in found]

    text = question.lower().rstrip("?")
    if found := re.match(rf"(?:how many|what is the number of) (?:({COLOUR}) )?({names})\b", text):
        return str(len(things(found[1], found[2])))
    if found := re.match(
        rf"(?:is there|are there|do you see|can you see) (?:an?|any) (?:({COLOUR}) )?({names}){SCENERY}$", text
    ):
        return "yes" if things(found[1], found[2]) else "no"
    if found := re.match(rf"what colou?r is the ({names}){SCENERY}$", text):
        [colour] = things(None, found[1])
        return colour
    if found := re.match(rf"where is the (?:({COLOUR}) )?({names}){SCENERY}$", text):
        [on] = [t.on for t in scene.things if t.kind == found[2] and found[1] in (None, t.colour)]
        return f"{'in' if on == THEMES[scene.theme].around else 'on'} {on}"
    if found := re.match(rf"is the ({names}) (?:on the |to the )?(left|right) of the ({names})$", text):
        one, two = (next(t for t in scene.things if t.kind == found[n]) for n in (1, 3))
        return "yes" if (one.x + one.w / 2 < two.x + two.w / 2) == (found[2] == "left") else "no"
    if found := re.match(rf"are there more ({names}) than ({names})$", text):
        return "yes" if len(things(None, found[1])) > len(things(None, found[2])) else "no"
    return None


def test_answers_are_true(many: list[tuple[Scene, list[QA]]]) -> None:
    judged = 0
    for scene, qas in many:
        for qa in qas:
            right = truth(scene, qa.question)
            judged += right is not None
            assert right in (None, qa.answer), (qa, scene.things)
    assert judged > 0.4 * sum(len(qas) for _, qas in many)


def test_questions_are_of_the_grammar_and_ask_nothing_that_a_theme_lacks(many: list[tuple[Scene, list[QA]]]) -> None:
    kinds = Counter(qa.kind for _, qas in many for qa in qas)
    assert {"colour", "count", "exists", "where", "bigger", "more", "side", "what", "two-step"} == set(kinds)
    for _, qas in many:
        for qa in qas:
            assert kind_of(qa.question) == qa.kind, qa
            assert qa.answer not in qa.plausible and qa.plausible
    closed = Counter(qa.answer for _, qas in many for qa in qas if qa.answer in ("yes", "no"))
    assert 0.43 < closed["yes"] / closed.total() < 0.57


def test_wrong_choices_are_things_of_the_theme(many: list[tuple[Scene, list[QA]]]) -> None:
    kinds = THEMES[many[0][0].theme].kinds
    named = [qa for _, qas in many for qa in qas if qa.answer in kinds]
    assert named and all(set(qa.plausible) <= set(kinds) for qa in named)


def test_commands_offer_every_theme() -> None:
    for command in (scenes_command, walkthrough):
        [option] = [each for each in command.params if each.name == "theme"]
        assert list(option.type.choices) == list(THEMES)  # type: ignore[attr-defined]


@pytest.mark.parametrize("more", [["--wide"], ["--pairs"], ["--judging"]])
def test_a_theme_goes_alone(tmp_path: Path, more: list[str]) -> None:
    done = CliRunner().invoke(main, ["scenes", str(tmp_path / "x"), "--theme", "space", *more])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: --") and done.stderr.count("\n") == 1
    assert not (tmp_path / "x").exists()
