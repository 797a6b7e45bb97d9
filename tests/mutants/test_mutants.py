"""That the list of mutants fits the code, and that its runner notices and lets survive (`make mutants` runs it)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from mutants import ROOT, Mutant, Outcome, read, run

TOY = "def larger(a, b):\n    if a > b:\n        return a\n    return b\n"
TOY_TEST = "from toy.numbers import larger\n\n\ndef test_the_larger():\n    assert larger(1, 2) == larger(2, 1) == 2\n"


def test_every_mutants_lines_occur_once_and_its_tests_exist() -> None:
    mutants = read()
    assert len(mutants) >= 60 and len(set(mutants)) == len(mutants)
    for mutant in mutants:
        assert mutant.apply((ROOT / mutant.file).read_text()) and mutant.lines != mutant.instead
        for test in mutant.tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / "tests" / file).read_text() if name else (ROOT / "tests" / file).is_file()


def test_a_line_that_moved_is_named() -> None:
    with pytest.raises(ValueError, match=r"occurs 2 times: a\.py: pass -> nothing"):
        Mutant("a.py", "pass", "", ("test_a.py",)).apply("pass\npass\n")


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A project of one function and its test."""
    files = {"toy/numbers.py": TOY, "toy/__init__.py": "", "tests/test_toy.py": TOY_TEST}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def test_what_a_test_notices_and_what_none_does(toy: Path) -> None:
    same, other = (Mutant("toy/numbers.py", "a > b", text, ("test_toy.py",)) for text in ("a >= b", "a < b"))
    heard: list[Outcome] = []
    outcomes = run([other, same], 1, heard.append, toy)
    assert outcomes == heard
    assert [(outcome.mutant, outcome.noticed, outcome.by) for outcome in outcomes] == [
        (other, True, "FAILED tests/test_toy.py::test_the_larger"),
        (same, False, ""),
    ]
    assert (toy / "toy/numbers.py").read_text() == TOY


def test_tests_that_fail_anyway_judge_nothing(toy: Path) -> None:
    (toy / "tests/test_toy.py").write_text(TOY_TEST.replace("== 2", "== 3"))
    with pytest.raises(RuntimeError, match="the tests fail as they are"):
        run([Mutant("toy/numbers.py", "a > b", "a < b", ("test_toy.py",))], 1, print, toy)


def test_a_misnamed_test_is_not_taken_for_one_that_noticed(toy: Path) -> None:
    with pytest.raises(RuntimeError, match="no_such"):
        run([Mutant("toy/numbers.py", "a > b", "a < b", ("test_toy.py::test_no_such",))], 1, print, toy)
