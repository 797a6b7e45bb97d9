"""Failures as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.texts.failures import sentence


@contextmanager
def refuses(kind: type[Exception], match: str) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """As `pytest.raises`, with the sentence of the failure, which it must have."""
    with pytest.raises(kind) as caught:
        yield caught
    said = sentence(caught.value)
    assert re.search(match, said), said
    assert said != str(caught.value) and said.endswith(".") and "{" not in said
