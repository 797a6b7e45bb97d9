"""What became of the updates of a run, and what the bot may take."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from model.serving.image_process import DEFAULT_LIMITS


@dataclass(frozen=True)
class Judged:
    """What the bot may take before the run fails."""

    seconds: float = DEFAULT_LIMITS.clock_seconds + 5.0
    """For one update, from its arrival until its person has all of what they get.

    On a busy machine a picture is refused by the clock; an album's end takes 2 of the others.
    """
    bot_mb: float = 300.0
    """Resident."""
    worker_mb: float = 900.0
    """Of each process that the bot starts: the model's, and those that decode."""


JUDGED = Judged()


@dataclass
class Report:
    """What became of all updates."""

    seed: int
    updates: int = 0
    owed: int = 0
    told: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    states: dict[str, int] = field(default_factory=dict)
    failed_because: dict[str, int] = field(default_factory=dict)
    questions: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    answers_afterwards: bool = False
    peaks_mb: dict[str, float] = field(default_factory=dict)
    resident_mb: list[float] = field(default_factory=list)
    slowest_seconds: float = 0.0
    seconds: float = 0.0

    def find(self, what: str, update: object) -> None:
        """Note something that must not be."""
        self.findings.append({"problem": what, "update": json.dumps(update)[:2000]})

    def as_dict(self) -> dict[str, Any]:
        """The figures."""
        return {
            "seed": self.seed,
            "updates": self.updates,
            "kinds": dict(self.kinds.most_common()),
            "not_updates_refused": self.refused,
            "states": self.states,
            "failed_because": self.failed_because,
            "owed_a_word": self.owed,
            "told": self.told,
            "questions": self.questions,
            "answers_afterwards": self.answers_afterwards,
            "peak_mb": {name: round(value) for name, value in self.peaks_mb.items()},
            "bot_resident_mb_over_time": [round(value) for value in self.resident_mb],
            "slowest_seconds": round(self.slowest_seconds, 1),
            "seconds": round(self.seconds, 1),
            "findings": self.findings,
        }
