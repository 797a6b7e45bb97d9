"""The security page names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
CELL = re.compile(r"`(tests/[\w/]+\.py)`: ((?:`test_\w+`(?: \([^)]*\))?(?:, )?)+)")


def test_every_row_names_a_test_that_exists() -> None:
    page = PAGE.split("## Fuzz")[0]
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| What is", "| ---"))]
    assert len(rows) > 12
    for row in rows:
        named = CELL.findall(row.split("|")[3])
        assert named, row
        for file, tests in named:
            source = (ROOT / file).read_text()
            for test in re.findall(r"test_\w+", tests):
                assert f"def {test}(" in source, f"{file} has no {test}"
