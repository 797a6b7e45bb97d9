"""What a step of the schema's history is."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[], tuple[str, ...]]
"""A small function that says what it does and returns the SQL statements that do it."""


def added_to(steps: list[Step]) -> Callable[[Step], Step]:
    """A decorator that adds a step to the end of `steps`."""

    def step(function: Step) -> Step:
        steps.append(function)
        return function

    return step
