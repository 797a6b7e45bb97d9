"""Gemma behind its prefix, one token at a time, for all beams of all questions at once.

The prefix (picture and prompt) sees all of itself, what is said sees the prefix and what was said before. So the keys
and values of the prefix are computed once a question, and its beams share them: what `generate()` copies for each beam.
The weights are those of transformers' modules at each step: they may be in training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.generation.caches import SelfAttentionCache, bias_of
from model.generation.rules import Seq2SeqModel

Attention = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""From the number of a layer, queries [R, H, T, W], keys and values [R, K, T, W] to what is seen, [R, H, T, W]."""


@dataclass(slots=True)
class PrefixCache:
    """Keys and values of the prefixes of Q questions of one beam width: K heads of width W, S places."""

    keys: list[Tensor]
    """A tensor a layer, [Q, K, S, W]."""
    values: list[Tensor]
    bias: Tensor | None
    """0 where a place counts, minus infinity on padding, [Q, 1, 1, S]; None: all count."""
    lengths: Tensor
    """Places of each prefix, [Q]."""
    last: Tensor
    """The state at each prefix's last place, from which the first token comes, [Q, D]."""
    beams: int

    def keep(self, questions: Tensor) -> None:
        """Let go of all questions but those of these indices."""
        self.keys = [keys[questions] for keys in self.keys]
        self.values = [values[questions] for values in self.values]
        self.bias = None if self.bias is None else self.bias[questions]
        self.lengths, self.last = self.lengths[questions], self.last[questions]


class Decoder:
    """The language model of a PaliGemma with its output layer."""

    def __init__(self, model: Seq2SeqModel) -> None:
        """Take over transformers' modules in eval mode."""
        self._text, self._output = model.model.language_model, model.lm_head
        config = model.config.text_config
        self._two = hasattr(self._text.layers[0], "pre_feedforward_layernorm")  # Gemma 2 has norms on both sides
        self._cap = getattr(config, "attn_logit_softcapping", None) if self._two else None
        self._last_cap = getattr(config, "final_logit_softcapping", None)

    def cross_attention_cache(self, states: Tensor, mask: Tensor, beams: int) -> PrefixCache:
        """Read embedded prefixes [Q, S, D], with their mask [Q, S], once for all beams and all tokens."""
        bias = bias_of(mask, states.dtype)
        keys: list[Tensor] = []
        values: list[Tensor] = []

        def attention(_: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            keys.append(key)
            values.append(value)
            scores = self._scores(_grouped(query, key.shape[1]), key)  # [Q, K, G S, S]
            seen = (scores if bias is None else scores + bias).softmax(-1, dtype=torch.float32).to(value.dtype) @ value
            return seen.reshape(query.shape)

        places = torch.arange(1, states.shape[1] + 1, device=states.device).expand(len(states), -1)
        read = self._run(states, places, attention)
        lengths = mask.sum(1)
        last = read[torch.arange(len(read), device=read.device), lengths - 1]
        return PrefixCache(keys, values, bias, lengths, last, beams)

    def self_attention_cache(self) -> SelfAttentionCache:
        """An empty cache for one batch."""
        return SelfAttentionCache(len(self._text.layers))

    def step(self, tokens: Tensor, position: int, cache: SelfAttentionCache, crosses: Sequence[PrefixCache]) -> Tensor:
        """Logits of the next token, [R, V].

        Args:
            tokens: The newest token of each row, [R]: the rows of the first of `crosses`, beam by beam, then the next.
                At the first position they do not count: the prefix ends with a token of its own.
            position: How many tokens were said before the next one.
            cache: Keys and values of what was said; takes in this token.
            crosses: The prefixes, one cache for each number of beams.
        """
        if position == 0:
            return self._logits(torch.cat([cross.last.repeat_interleave(cross.beams, 0) for cross in crosses]))

        def attention(number: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            keys, values = cache.add(number, position - 1, key[:, :, 0], value[:, :, 0])  # [R, K, t, W]
            rows = _grouped(query, key.shape[1])  # [R, K, G, W]
            own = self._scores(rows, keys)  # [R, K, G, t]
            parts = [
                _joint(cross, number, self._scores, rows[begin:end], own[begin:end], values[begin:end])
                for cross, begin, end in _spans(crosses)
            ]
            return torch.cat(parts).reshape(query.shape)

        places = torch.cat([(cross.lengths + position).repeat_interleave(cross.beams) for cross in crosses])
        return self._logits(self._run(self._text.embed_tokens(tokens)[:, None], places[:, None], attention)[:, 0])

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Attention scores [.., q, k] before padding is taken out."""
        scores: Tensor = query @ key.transpose(-1, -2) * self._text.layers[0].self_attn.scaling
        return scores if self._cap is None else (scores / self._cap).tanh() * self._cap

    def _run(self, states: Tensor, places: Tensor, attention: Attention) -> Tensor:
        """All layers, [R, T, D] at these places, [R, T], to states of the same shape."""
        waves = [wave[:, None] for wave in self._text.rotary_emb(states, places)]  # cosines and sines, [R, 1, T, W]
        for number, layer in enumerate(self._text.layers):
            own, x = layer.self_attn, layer.input_layernorm(states)
            query, key, value = (_heads(part(x), own.head_dim) for part in (own.q_proj, own.k_proj, own.v_proj))
            seen = attention(number, _rotated(query, *waves), _rotated(key, *waves), value)
            seen = own.o_proj(seen.transpose(1, 2).flatten(2))
            if self._two:
                states = states + layer.post_attention_layernorm(seen)
                more = layer.post_feedforward_layernorm(layer.mlp(layer.pre_feedforward_layernorm(states)))
            else:
                states = states + seen
                more = layer.mlp(layer.post_attention_layernorm(states))
            states = states + more
        normed: Tensor = self._text.norm(states)
        return normed

    def _logits(self, states: Tensor) -> Tensor:
        logits: Tensor = self._output(states)
        return logits if self._last_cap is None else (logits / self._last_cap).tanh() * self._last_cap


def _joint(
    cross: PrefixCache,
    layer: int,
    scores_of: Callable[[Tensor, Tensor], Tensor],
    rows: Tensor,
    own: Tensor,
    values: Tensor,
) -> Tensor:
    """What the rows of some questions see of their prefix and of what they said, [R, K, G, W].

    Args:
        cross: The prefixes.
        layer: Its number.
        scores_of: Scores of queries and keys.
        rows: Queries, [R, K, G, W].
        own: Scores of what was said, [R, K, G, t].
        values: Of what was said, [R, K, t, W].
    """
    keys = cross.keys[layer]
    count, heads, length, _ = keys.shape
    shape = (count, cross.beams, heads, rows.shape[2])
    together = rows.view(*shape, -1).transpose(1, 2).flatten(2, 3)  # [Q, K, b G, W]: beams are queries of one attention
    scores = scores_of(together, keys)  # [Q, K, b G, S]
    if cross.bias is not None:
        scores = scores + cross.bias
    scores = scores.unflatten(2, shape[1::2]).transpose(1, 2).flatten(0, 1)  # [R, K, G, S]
    weights = torch.cat([scores, own], -1).softmax(-1, dtype=torch.float32).to(values.dtype)
    before, said = weights.split([length, own.shape[-1]], -1)
    seen = before.view(*shape, length).transpose(1, 2).flatten(2, 3) @ cross.values[layer]  # [Q, K, b G, W]
    seen = seen.unflatten(2, shape[1::2]).transpose(1, 2).flatten(0, 1)  # [R, K, G, W]
    joint: Tensor = seen + said @ values
    return joint


def _spans(crosses: Sequence[PrefixCache]) -> Iterator[tuple[PrefixCache, int, int]]:
    """Each cache with the first of its rows and the one behind its last."""
    begin = 0
    for cross in crosses:
        end = begin + len(cross.lengths) * cross.beams
        yield cross, begin, end
        begin = end


def _heads(states: Tensor, width: int) -> Tensor:
    """[R, T, H W] to [R, H, T, W]."""
    return states.view(*states.shape[:-1], -1, width).transpose(1, 2)


def _grouped(query: Tensor, heads: int) -> Tensor:
    """Queries [R, H, T, W] of the heads that share keys side by side: [R, K, G T, W]."""
    return query.reshape(query.shape[0], heads, -1, query.shape[-1])


def _rotated(states: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Rotary positions, [R, H, T, W]."""
    first, second = states.chunk(2, -1)
    return states * cosines + torch.cat((-second, first), -1) * sines
