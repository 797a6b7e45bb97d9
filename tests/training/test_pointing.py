"""Whether a heat map points at the right thing: the game, and the command that plays it."""

import json
import random

from click.testing import CliRunner

from bot.cli import main
from training.evaluation.pointing import Pointing, about_things, hottest, mass_in
from training.scenes import art, layout

GRID = [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]


def test_the_hottest_place_is_the_centre_of_the_heat_around_the_hottest_cell() -> None:
    assert hottest(GRID) == (0.75, 0.75)
    assert hottest([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]) == (0.5, 0.5)


def test_cells_count_by_how_much_of_them_lies_in_the_box() -> None:
    assert mass_in(GRID, (0.5, 0.5, 1.0, 1.0)) == 1.0
    assert mass_in(GRID, (0.5, 0.5, 0.625, 1.0)) == 0.25
    assert mass_in(GRID, (0.0, 0.0, 1.0, 0.5)) == 0.0
    assert mass_in([[0.0]], (0.0, 0.0, 1.0, 1.0)) == 0.0
    judged = Pointing()
    judged.add(GRID, (0.7, 0.7, 1.0, 1.0), 0, 0.1)
    judged.add(GRID, (0.0, 0.0, 0.5, 0.5), 1, 0.1)
    assert judged.hit.value == 0.5


def test_questions_name_one_thing_and_its_box_lies_in_the_picture() -> None:
    asked = []
    for number in range(10):
        rng = random.Random(f"pointing/{number}")
        scene = layout.compose(rng)
        art.render(scene, rng)
        asked += list(about_things(scene))
    assert {one.question.split()[0] for one in asked} == {"What", "Where"}
    for one in asked:
        left, top, right, bottom = one.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert one.answer


def test_the_command_prints_every_way_beside_the_middle_and_chance() -> None:
    result = CliRunner().invoke(main, ["bench", "where", "--scenes", "2", "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert 0 < figures["questions"] <= figures["asked"] <= 8
    assert next(iter(figures["ways"])) == "relevance"
    assert list(figures["ways"])[-2:] == ["the picture's middle", "anywhere"]
    for one in figures["ways"].values():
        assert one["on_it_interval"][0] <= one["on_it"] <= one["on_it_interval"][1]
