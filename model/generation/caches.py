"""Keys and values between a decoder's steps: of what it reads once a question, and of the tokens so far once a beam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.backends.attention import attend

_ROOM = 16
"""Tokens that the self-attention cache has room for at first; it doubles."""


@dataclass(slots=True)
class CrossAttentionCache:
    """Keys and values of the encoder states of Q questions of one beam width: H heads of width W, S states."""

    keys: list[Tensor]
    """A tensor a layer, [Q, H, S, W]."""
    values: list[Tensor]
    bias: Tensor | None
    """0 where a state counts, minus infinity on padding, [Q, 1, 1, S]; None: all count."""
    beams: int

    def keep(self, questions: Tensor) -> None:
        """Let go of all questions but those of these indices."""
        self.keys = [keys[questions] for keys in self.keys]
        self.values = [values[questions] for values in self.values]
        self.bias = None if self.bias is None else self.bias[questions]


class SelfAttentionCache:
    """Keys and values of the tokens so far, of all layers in one tensor: [L, 2, R, H, T, W]."""

    def __init__(self, layers: int) -> None:
        """Begin empty."""
        self._layers = layers
        self._kept: Tensor | None = None

    def add(self, layer: int, position: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Take in one token's keys and values, [R, H, W] each; returns all so far, [R, H, 1 + t, W] each."""
        kept = self._kept
        if kept is None or position >= kept.shape[4]:
            rows, heads, width = key.shape
            grown = key.new_zeros(self._layers, 2, rows, heads, _ROOM if kept is None else 2 * kept.shape[4], width)
            if kept is not None:
                grown[..., : kept.shape[4], :] = kept
            self._kept = kept = grown
        kept[layer, 0, :, :, position], kept[layer, 1, :, :, position] = key, value
        return kept[layer, 0, :, :, : position + 1], kept[layer, 1, :, :, : position + 1]

    def reorder(self, rows: Tensor) -> None:
        """Row i becomes what row `rows[i]` was."""
        if self._kept is not None:
            self._kept = self._kept.index_select(2, rows)


def bias_of(mask: Tensor, dtype: torch.dtype) -> Tensor | None:
    """0 where a state counts, minus infinity on padding, [Q, 1, 1, S], of a mask [Q, S]; None: all count."""
    if bool(mask.all()):
        return None
    return torch.zeros_like(mask, dtype=dtype).masked_fill_(mask == 0, -torch.inf)[:, None, None]


def cross_attend(query: Tensor, layer: int, crosses: Sequence[CrossAttentionCache]) -> Tensor:
    """Cross-attention, [R, D] to [R, D]: the beams of a question are the queries of one attention."""
    parts, begin = [], 0
    for cross in crosses:
        keys, values = cross.keys[layer], cross.values[layer]
        questions, heads, _, width = keys.shape
        end = begin + questions * cross.beams
        rows = query[begin:end].view(questions, cross.beams, heads, width).transpose(1, 2)  # [Q, H, b, W]
        seen = attend(rows, keys, values, cross.bias)  # [Q, H, b, W]
        parts.append(seen.transpose(1, 2).reshape(end - begin, -1))
        begin = end
    return parts[0] if len(parts) == 1 else torch.cat(parts)
