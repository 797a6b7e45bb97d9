"""How far the model has come, counted: work that goes on moves the count, and work that hangs does not."""

from __future__ import annotations


class Progress:
    """A count that whoever watches the process compares with the one it saw before."""

    def __init__(self) -> None:
        self.count = 0

    def moved(self) -> None:
        """Another step is done: a token of every answer of a batch, its pictures, a wait for work."""
        self.count += 1


progress = Progress()
"""This process's; a process has one model."""
