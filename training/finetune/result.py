"""What a training came to, as result.json keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a training came to. Accuracies in percent on the questions of val that it was judged by."""

    questions: int
    pictures: int
    parameters: int
    """How many were trained."""
    steps: int
    precision: str
    seconds_per_step: float | None
    questions_per_second: float | None
    peak_memory_gb: float
    judged_by: int
    """Questions of val."""
    reference_official: float | None
    """Before the first step."""
    best_official: float | None
    best_step: int
    """The step whose weights are in model/."""
    new_words: int = 0
    """Words that became tokens."""
    finished: bool = True
    """False when a time limit ended it: the same command goes on."""
