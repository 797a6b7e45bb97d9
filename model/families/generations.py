"""What a search found, as the families give it back: in words, and with what the model made of the question."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor

from model.generation.hypothesis import Hypothesis
from model.types import Generation


def generations(
    tokenizer: Tokenizer, hypotheses: Sequence[Hypothesis], states: Tensor, mask: Tensor, skipped: Sequence[int]
) -> list[Generation]:
    """One generation a prompt.

    Args:
        tokenizer: The model's.
        hypotheses: What the search found.
        states: States of the prompts, [Q, S, D].
        mask: 1 where a state counts, 0 on padding behind them, [Q, S].
        skipped: How many states at the beginning of each prompt are its picture's.
    """
    ends = mask.sum(1).tolist()
    rows = [states[row, begin:end] for row, (begin, end) in enumerate(zip(skipped, ends, strict=True))]
    read = torch.stack([row.float().mean(0) for row in rows]).tolist()
    return [
        Generation(_text(tokenizer, one), one.logprobs, tuple(one.ids), _others(tokenizer, one), state, one.truncated)
        for one, state in zip(hypotheses, read, strict=True)
    ]


def _text(tokenizer: Tokenizer, hypothesis: Hypothesis) -> str:
    text: str = tokenizer.decode(hypothesis.ids, skip_special_tokens=True)
    return text.strip()


def _others(tokenizer: Tokenizer, hypothesis: Hypothesis) -> tuple[tuple[str, float], ...]:
    """The answers beside the one, each once, likeliest first."""
    found = {_text(tokenizer, hypothesis): 0.0}
    for other in sorted(hypothesis.others, key=lambda other: -sum(other.logprobs)):
        found.setdefault(_text(tokenizer, other), sum(other.logprobs))
    return tuple(found.items())[1:]
