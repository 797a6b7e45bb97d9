"""`vqabot scenes --judging` and `vqabot evaluate --shifts --shifted --foreign`: what a model is worth elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from bot.cli import main
from training.evaluation.evaluate import HERE
from training.evaluation.report import FIGURES, PAGE
from training.evaluation.shifted_sets import FOREIGN
from training.evaluation.shifts import NOTHING, SHIFTS, TYPED
from training.scenes.official import Plan, write_scenes

PICTURES = 12
EACH = 9
"""Questions of each way in which the own pictures are changed."""


def run(*arguments: object) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def judging(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The sets, and what the command said."""
    out = tmp_path_factory.mktemp("judging") / "sets"
    return out, run("scenes", out, "--judging", "--val", PICTURES, "--seed", "test")


def questions(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "val.jsonl").read_text().splitlines()]


def test_the_judging_sets_are_what_the_command_says(judging: tuple[Path, str]) -> None:
    out, said = judging
    strange = sorted((out / "foreign").iterdir())
    assert f"{PICTURES} pictures of each other kind with questions, and {len(strange)} foreign ones" in said
    assert len(strange) >= 200, "as many as the issue's table wants"
    assert {path.stem.split("-")[1] for path in strange} >= {"noise", "blank", "text", "screen"}
    for hand in ("other-hand", "emoji"):
        plain, typed = (questions(out / f"{hand}-{wording}") for wording in ("plain", "typed"))
        truth = [Counter((one["image"], one["answer"]) for one in asked) for asked in (plain, typed)]
        assert truth[0] == truth[1], "both wordings ask the same about the same pictures"
        assert len({one["image"] for one in plain}) == PICTURES
        assert all((out / f"{hand}-plain" / one["image"]).is_file() for one in plain)
        assert all(one["question"].endswith("?") for one in plain)
        assert sum(one["question"].endswith("?") for one in typed) < len(typed), "people leave marks out"
    first = "0000.jpg"
    with Image.open(out / "other-hand-plain" / first) as drawn, Image.open(out / "emoji-plain" / first) as emoji:
        assert drawn.tobytes() != emoji.tobytes()


def test_judging_goes_with_its_own_options_alone(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["scenes", str(tmp_path), "--judging", "--wide"])
    assert done.exit_code == 1 and "--judging goes with --val and --seed alone" in done.output


@pytest.fixture(scope="module")
def judged(judging: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], str]:
    """The built-in model on own scenes, those changed, other hands' drawings and a few foreign pictures: what the
    command prints, its figures, and its page."""
    sets, place = judging[0], tmp_path_factory.mktemp("judged")
    write_scenes(place / "own", Plan("shifted", {"train": 0, "val": PICTURES}), lambda _: None, workers=1)
    (place / "foreign").mkdir()
    for path in sorted((sets / "foreign").iterdir())[::14]:
        shutil.copy(path, place / "foreign")
    (place / "foreign" / "broken.png").write_bytes(b"no picture")
    shifted = [word for name in ("other-hand-plain", "emoji-typed") for word in ("--shifted", sets / name)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.evaluation.trust.RESAMPLES", 20)
        said = run(
            *("evaluate", place / "own", "--beams", 1, "--shifts", EACH, "--foreign", place / "foreign", *shifted),
            *("--report", place / "report"),
        )
    report = place / "report"
    return said, json.loads((report / FIGURES).read_text())["trust"], (report / PAGE).read_text()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_each_set_is_judged_with_as_many_answers_as_it_has_questions(
    judging: tuple[Path, str], judged: tuple[str, dict[str, Any], str]
) -> None:
    _, trust, _ = judged
    assert set(trust) == {HERE, *SHIFTS, TYPED, NOTHING, "other-hand-plain", "emoji-typed", FOREIGN}
    assert trust[HERE]["answers"] == 3 * PICTURES and trust[HERE]["pictures"] == PICTURES
    assert all(EACH <= trust[name]["answers"] <= EACH + 2 for name in (*SHIFTS, TYPED, NOTHING))
    for name in ("other-hand-plain", "emoji-typed"):
        assert trust[name]["answers"] == len(questions(judging[0] / name))
        assert trust[name]["pictures"] == PICTURES
    strange = len(list((judging[0] / "foreign").iterdir())[::14])
    assert trust[FOREIGN]["answers"] == strange, "one question each, and none about what is no picture"


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_figures_say_that_it_knows_its_own_and_not_the_others(judged: tuple[str, dict[str, Any], str]) -> None:
    _, trust, _ = judged

    def value(name: str, what: str) -> float:
        return float(trust[name][what][0])

    assert value(HERE, "right") > 0.85 and value(HERE, "told as unlike") < 0.1
    assert value("other-hand-plain", "right") > 0.75, "by another hand, which it was trained to follow"
    assert value("noisy", "right") > value(NOTHING, "right") == 0 == value(FOREIGN, "right")
    for nothing in (FOREIGN, NOTHING):
        assert value(nothing, "told as unlike") > 0.9 and value(nothing, "auroc of unlike") > 0.95
        assert value(nothing, "confidence") < min(value(HERE, "confidence"), value("other-hand-plain", "confidence"))
        assert value(nothing, "brier") == pytest.approx(value(nothing, "ece") ** 2, abs=0.15), "all are wrong"
        assert "auroc" not in trust[nothing], "there is no right answer to be told from a wrong one"
    assert "auroc of unlike" not in trust[HERE], "its pictures are what others are told from"
    assert value(HERE, "coverage at 10% risk") > value(NOTHING, "coverage at 10% risk") == 0
    for figures in trust.values():
        values = {name: three for name, three in figures.items() if isinstance(three, list)}
        assert all(low is None or low <= middle <= high for middle, low, high in values.values())


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_table_and_the_page_show_the_same_figures(judged: tuple[str, dict[str, Any], str]) -> None:
    said, trust, page = judged
    for name, figures in trust.items():
        (row,) = re.findall(rf"^{re.escape(name[:22])}\s.*$", said, re.M)
        assert f"{figures['answers']:d} " in row and f"{figures['right'][0]:.1%}" in row
        assert f"{figures['told as unlike'][0]:.1%}" in row and f"{figures['ece'][0]:.3f}" in row
        assert f"<tr><td>{name}</td>" in page
    assert "Does it know when it does not know?" in page


def test_without_further_sets_only_the_own_one_is_judged(tmp_path: Path, judging: tuple[Path, str]) -> None:
    figures = json.loads(run("evaluate", judging[0] / "other-hand-plain", "--limit", 6, "--beams", 1, "--json"))
    assert set(figures["trust"]) == {HERE}
    empty = tmp_path / "empty"
    empty.mkdir()
    done = CliRunner().invoke(main, ["evaluate", str(judging[0] / "emoji-plain"), "--foreign", str(empty)])
    assert done.exit_code == 1 and "There are no pictures in" in done.output
