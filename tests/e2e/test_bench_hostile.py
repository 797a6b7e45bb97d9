"""The command that measures follow-ups while others do harm: the calm row, and one scenario."""

from __future__ import annotations

import json

from click.testing import CliRunner

from bot.benchmarks.hostile import scenarios
from bot.cli import main


def test_each_scenario_is_a_row_beside_the_calm_one() -> None:
    result = CliRunner().invoke(main, ["bench", "hostile", "--probes", "2", "--only", "run-length", "--json"])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert list(rows) == ["nothing else", "eight run-length BMPs"]
    assert all(0 < row["median_s"] <= row["p95_s"] < 60 for row in rows.values())
    assert rows["nothing else"]["to_calm"] == 1.0


def test_every_scenario_has_a_name_of_its_own() -> None:
    assert len({one.name for one in scenarios()}) == len(scenarios()) == 10
