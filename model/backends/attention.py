"""Attention, by whichever way is faster where it runs."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional


def attend(query: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None = None) -> Tensor:
    """Attention of short queries: of a few beams, or of the tokens of a window.

    Args:
        query: [.., q, W].
        keys: [.., S, W].
        values: [.., S, W].
        bias: Added to the scores, such as minus infinity on padding; broadcasts to [.., q, S].
    """
    if query.device.type != "cpu" or query.dtype != torch.bfloat16 or fused_is_faster(query.shape[-2] >= _FEW):
        return functional.scaled_dot_product_attention(query, keys, values, attn_mask=bias)
    return eager_attention(query, keys, values, bias)


_FEW = 32
"""Below so many queries the products are too thin for what the fused kernel is made for."""


def eager_attention(query: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None = None) -> Tensor:
    """Attention as two matrix products with a softmax between them; arguments as for `attend`."""
    scores = (query * query.shape[-1] ** -0.5) @ keys.transpose(-1, -2)  # [.., q, S]
    if bias is not None:
        scores = scores + bias
    seen: Tensor = scores.softmax(-1) @ values
    return seen


@functools.cache
def fused_is_faster(many: bool) -> bool:
    """Whether the fused kernel beats plain products in bfloat16 on this CPU, by a measurement of some milliseconds.

    It depends on the processor: the fused one gains by AMX, and loses where AVX512-BF16 is all there is.

    Args:
        many: For the 144 tokens of a window; else for three beams over 590 states.
    """
    shape, seen = ((16, 8, 144, 32), 144) if many else ((8, 12, 3, 64), 590)
    query = torch.ones(shape, dtype=torch.bfloat16)
    keys = torch.ones(*shape[:2], seen, shape[3], dtype=torch.bfloat16)
    fused = _time(lambda: functional.scaled_dot_product_attention(query, keys, keys))
    return fused < _time(lambda: eager_attention(query, keys, keys))


def _time(work: Callable[[], object], tries: int = 4) -> float:
    """Seconds; the best try counts, the first one only prepares."""
    best = float("inf")
    for number in range(tries + 1):
        started = time.perf_counter()
        work()
        if number:
            best = min(best, time.perf_counter() - started)
    return best
