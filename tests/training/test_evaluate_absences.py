"""Questions about what is not there: drawn on demand, judged by what is noticed and what is called absent falsely."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from training.data.splits import load_split
from training.evaluation.absences import absence_figures
from training.scenes.official import Plan, write_scenes


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("absent") / "drawn"
    write_scenes(folder, Plan("absent", {"val": 40}, 3, wide_questions=True), lambda _: None, workers=1)
    return folder


def test_scenes_ask_for_what_is_not_there_where_they_are_told_to(data: Path, tmp_path: Path) -> None:
    write_scenes(tmp_path / "usual", Plan("absent", {"val": 40}, 3), lambda _: None, workers=1)
    share = []
    for folder in (data, tmp_path / "usual"):
        answers = [q.answer or "" for q in load_split(folder, "val").questions]
        share.append(sum(answer.startswith("no ") for answer in answers) / len(answers))
    assert share[0] >= 0.1
    assert share[1] == 0


def test_noticed_and_falsely_called_absent(data: Path) -> None:
    questions = load_split(data, "val").questions
    right = {q.question_id: q.answer or "" for q in questions}
    away = [number for number, answer in right.items() if answer.startswith("no ")]
    found = absence_figures(questions, right)
    assert found is not None and found.false is not None
    assert (found.noticed.value, found.false.value) == (1.0, 0.0)
    assert (found.noticed.count, found.false.count) == (len(away), len(questions) - len(away))
    found = absence_figures(questions, dict.fromkeys(right, "no dog"))
    assert found is not None and found.false is not None
    assert (found.noticed.value, found.false.value) == (1.0, 1.0), "which thing it names is the exact score's business"
    found = absence_figures(questions, dict.fromkeys(right, "no"))
    assert found is not None and found.false is not None
    assert (found.noticed.value, found.false.value) == (0.0, 0.0), "a plain no calls nothing absent"
    assert absence_figures([q for q in questions if q.question_id not in away], right) is None


def test_the_evaluation_says_so_in_the_terminal_on_the_page_and_as_json(data: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["evaluate", str(data), "--report", str(tmp_path), "--beams", "1"])
    assert told.exit_code == 0, told.output
    assert "noticed  " in told.output and "called absent falsely" in told.output
    assert "called absent falsely" in (tmp_path / "report.html").read_text(encoding="utf-8")
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["absences"]
    assert figures["noticed"]["percent"] > 50 > figures["false"]["percent"]
    assert figures["noticed"]["questions"] + figures["false"]["questions"] == 120


@pytest.mark.parametrize("other", ["--wide", "--pairs", "--theme=space"])
def test_other_scenes_have_questions_of_their_own(tmp_path: Path, other: str) -> None:
    refused = CliRunner().invoke(main, ["scenes", str(tmp_path / "out"), "--wide-questions", other])
    assert refused.exit_code == 1
    assert "--wide-questions" in refused.output and not (tmp_path / "out").exists()
