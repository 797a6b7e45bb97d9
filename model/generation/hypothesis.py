"""What a search found: an answer with the evidence for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The generated answer to one question."""

    ids: list[int]
    """Generated tokens after the start token, up to and with the end token; to the limit where none came before."""
    logprobs: tuple[float, ...]
    """Natural-log probability of each token under the raw logits, and behind an answer that was cut at its limit that
    of an end. A forced first token carries no evidence and is left out."""
    score: float = 0.0
    """By which the search preferred this answer; 0 where that is not known."""
    others: tuple[Hypothesis, ...] = ()
    """Answers that a beam search ended beside it, best first."""
    truncated: bool = False
    """Whether it was cut at its limit, where an end was less likely than not."""

    @classmethod
    def of(
        cls,
        ids: list[int],
        logprobs: Sequence[float],
        limit: int,
        score: float = 0.0,
        *,
        forced_bos: bool,
        forced_eos: bool,
    ) -> Self:
        """An answer as a search found it.

        Args:
            ids: As of the hypothesis.
            logprobs: Of each token, and of an end behind an answer without one.
            limit: The most tokens that it might have.
            score: As of the hypothesis.
            forced_bos: The first token was put there.
            forced_eos: A token at the limit was put there; what counts is how likely it was.
        """
        evidence = tuple(logprobs[1:] if forced_bos and not (forced_eos and limit == 1) else logprobs)
        at_limit = len(logprobs) > len(ids) or (forced_eos and len(ids) == limit)
        return cls(ids, evidence, score, truncated=at_limit and evidence[-1] < math.log(0.5))
