"""Official files of drawn scenes, for tests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from bot.cli import main

COUNTS = {"train": 40, "val": 20, "test": 5}


def load(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text())
    assert isinstance(content, dict)
    return content


def digests(folder: Path) -> dict[str, str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def scenes(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["scenes", *(str(argument) for argument in arguments)])
    return result.exit_code, result.output
