"""How many tokens an answer may have, where nobody said: as many as the longest answer of the data needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from training.config import Config
from training.data.vqa import VqaQuestion

USUAL = 20
"""Tokens that every answer may have, as in the bot's settings."""
HELP = f"Longest answer in tokens.  [default: {USUAL}, or what the longest answer of the data needs]"

_Settings = TypeVar("_Settings", bound=Config)


class TokenCounter(Protocol):
    """What knows how long a text is as an answer; a model's family does."""

    def answer_length(self, text: str) -> int:
        """Tokens of an answer, its start and its end included."""
        ...


def longest(family: TokenCounter, questions: Iterable[VqaQuestion]) -> int:
    """Tokens of the longest answer that people gave."""
    texts = {text for q in questions for text in ((q.answer,) if q.answer else q.answers)}
    return max((family.answer_length(text) for text in texts), default=0)


def with_room(settings: _Settings, family: TokenCounter, questions: Sequence[VqaQuestion]) -> _Settings:
    """Settings whose `max_new_tokens` are what was given, else enough for the longest answer."""
    if getattr(settings, "max_new_tokens", None) is not None:
        return settings
    return settings.model_copy(update={"max_new_tokens": max(USUAL, longest(family, questions))})


def remark(settings: Config, family: TokenCounter, questions: Sequence[VqaQuestion]) -> str | None:
    """A sentence when answers of the data are longer than the settings allow, or than the bot does by itself."""
    allowed, needed = int(getattr(settings, "max_new_tokens", None) or USUAL), longest(family, questions)
    if needed > allowed:
        return f"The longest answers have {needed} tokens: with --max-new-tokens {allowed} they cannot be right."
    if needed > USUAL:
        return (
            f"The longest answers have {needed} tokens, and so many are waited for. The bot stops at "
            f"VQABOT_DEFAULT_MAX_NEW_TOKENS, {USUAL} unless it is set."
        )
    return None
