"""`vqabot score`: the official evaluator's figures for anybody's results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from training.data.vqa import write_json, write_results

# question -> (question type, answer type, the ten answers, the answer given, its official and its normalised score)
CASES: dict[int, tuple[str, str, list[str], str, float, float]] = {
    1: ("how many", "number", ["2"] * 10, "Two.", 0.0, 100.0),
    2: ("how many", "number", ["2"] * 9 + ["3"], "Two.", 100.0, 100.0),
    3: ("how many", "number", ["2"] * 3 + ["3"] * 7, "2", 90.0, 90.0),
    4: ("what is the", "other", ["ball", "a ball", *["kite"] * 8], "the ball", 60.0, 60.0),
    5: ("what is the", "other", ["ball", *["kite"] * 9], "ball", 30.0, 30.0),
    6: ("is the", "yes/no", ["yes"] * 10, "yes", 100.0, 100.0),
    7: ("is the", "yes/no", ["yes"] * 10, "no", 0.0, 0.0),
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    write_results(tmp_path / "results.json", {number: case[3] for number, case in CASES.items()})
    return tmp_path / "results.json"


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    notes = [
        {
            "question_id": number,
            "image_id": number,
            "question_type": question_type,
            "answer_type": answer_type,
            "multiple_choice_answer": answers[0],
            "answers": [{"answer": answer, "answer_id": i} for i, answer in enumerate(answers, 1)],
        }
        for number, (question_type, answer_type, answers, *_) in CASES.items()
    ]
    write_json(tmp_path / "annotations.json", {"annotations": notes})
    return tmp_path / "annotations.json"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_json_holds_the_official_figures(results: Path, annotations: Path) -> None:
    code, output = run("score", results, annotations, "--json")
    assert code == 0
    found = json.loads(output)
    assert found["per_question"] == {str(number): case[4] for number, case in CASES.items()}
    assert found["overall"] == 54.29  # 380 / 7
    assert found["by_question_type"] == {"how many": 63.33, "is the": 50.0, "what is the": 45.0}
    assert found["by_answer_type"] == {"number": 63.33, "other": 45.0, "yes/no": 50.0}


def test_json_holds_both_variants(results: Path, annotations: Path) -> None:
    found = json.loads(run("score", results, annotations, "--json")[1])
    assert found["official"] == {key: found[key] for key in found["official"]}
    assert found["normalised"]["per_question"] == {str(number): case[5] for number, case in CASES.items()}
    assert found["normalised"]["overall"] == 68.57  # 480 / 7


def test_the_table_shows_all_groups(results: Path, annotations: Path) -> None:
    code, output = run("score", results, annotations)
    assert code == 0
    table = {line[:28].strip(): line[28:].split() for line in output.splitlines()}
    assert table["7 questions"] == ["official", "normalised"]
    assert table["overall"] == ["54.29", "68.57"]
    assert table["yes/no"] == ["50.00", "50.00"]
    assert table["how many"] == ["63.33", "96.67"]


def test_results_must_answer_exactly_the_asked_questions(results: Path, annotations: Path) -> None:
    write_results(results, {1: "x", 99: "y"})
    code, output = run("score", results, annotations)
    assert code == 1
    assert "no answer to 6 questions (such as 2) and an answer to 1 question that nobody asked (such as 99)" in output


def test_a_missing_file_is_one_sentence(tmp_path: Path, annotations: Path) -> None:
    code, output = run("score", tmp_path / "none.json", annotations)
    assert code == 1
    assert "none.json is missing" in output
    assert "Traceback" not in output


def test_no_torch_is_needed(results: Path, annotations: Path) -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('torch', 'transformers', 'numpy')));"
        f"from bot.cli import main; main(['score', {str(results)!r}, {str(annotations)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "54.29" in done.stdout
