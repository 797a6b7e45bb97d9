"""What the storage tests share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.records import Question

Ask = Callable[..., Awaitable[Question]]
"""Enters a question; see the fixture `ask`."""
