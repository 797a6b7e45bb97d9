"""How sure an answer is, in percent or in words. Plain text."""

from __future__ import annotations

from bot.texts.catalog import N_, _, translate_constants, translated

NOT_EVEN_A_GUESS = N_("not even a guess")
_IN_WORDS = {80: N_("probably"), 50: N_("not sure"), 0: N_("little more than a guess")}
"""By the least percentage."""
UNFAMILIAR_AT_MOST = 79
"""The percentage that stands behind those words at most where picture or words are new to the model."""


def percent(confidence: float) -> int:
    """A confidence (0 to 1) as people read it everywhere: a whole number from 1 to 99, for nothing is certain."""
    return min(99, max(1, round(100 * confidence)))


def sureness(confidence: float, *, familiar: bool | None = True) -> str:
    """A confidence (0 to 1) as a percentage, and in words where it is low or where no percentage can be relied on.

    Args:
        confidence: The calibrated probability that the answer is right.
        familiar: Whether picture and words are like the model's own; None where the model cannot tell. Where they are
            not, nothing is called probable.
    """
    value = percent(confidence)
    if familiar is False:
        value = min(value, UNFAMILIAR_AT_MOST)
    if not familiar:
        return translated(next(words for least, words in _IN_WORDS.items() if value >= least))
    if value >= 80:
        return _("{value} % sure", value=value)
    if value >= 50:
        return _("{value} % sure – I may be wrong", value=value)
    return _("{value} % sure – this is little more than a guess", value=value)


def in_short(confidence: float, familiar: bool | None) -> str:
    """A percentage alone, or those words."""
    return _("{value} %", value=percent(confidence)) if familiar else sureness(confidence, familiar=familiar)


def is_answer(text: str) -> bool:
    """Whether a message's text is an answer: its last line says how sure it is."""
    last = text.strip().rpartition("\n")[2]
    return "% sure" in last or last.endswith((*_IN_WORDS.values(), NOT_EVEN_A_GUESS))


translate_constants(__name__)
