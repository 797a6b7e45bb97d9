"""PaliGemma and PaliGemma 2: all that differs between them and other families."""

from __future__ import annotations

from model.profile import Profile


def profile() -> Profile:
    """How the stock checkpoints want their questions: the task, the language, the question."""
    return Profile(prompt_prefix="answer en ")
