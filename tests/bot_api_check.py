"""Holds recorded traffic against Telegram's published schema, where a checkout has the checker beside it.

Checker and schema are no part of the project: `shared/check_bot_api.py` in the checkout or in a folder above it.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).parents[1]
_FOLDERS = (_CHECKOUT, *_CHECKOUT.parents[:2])
CHECKER = next((file for folder in _FOLDERS if (file := folder / "shared" / "check_bot_api.py").is_file()), None)

NEWER = ("can_send_welcome_messages",)
"""Fields that Telegram has since, and that the schema of 10.1 does not know."""


@cache
def _checker() -> tuple[Any, dict[str, Any]]:
    """The checker's module and the newest schema that lies beside it."""
    assert CHECKER is not None
    spec = spec_from_file_location("check_bot_api", CHECKER)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    newest = max(CHECKER.parent.glob("telegram-bot-api-*.json"))
    return module, json.loads(newest.read_text(encoding="utf-8"))


def findings(traffic: Path) -> list[str]:
    """What is not as Telegram says in a recording (JSON lines); nothing where there is no checker."""
    if CHECKER is None:
        return []
    module, schema = _checker()
    checker = module.Checker(schema)
    for line in traffic.read_text(encoding="utf-8").splitlines():
        checker.record(json.loads(line))
    found = checker.findings.most_common()
    return [f"{times} times: {one}" for one, times in found if not one.endswith(tuple(f"'{name}'" for name in NEWER))]
