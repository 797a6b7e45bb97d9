"""BLIP's answer decoder, one token at a time, for all beams of all questions at once.

The same arithmetic as transformers' modules do, whose weights are read at each step: they may be in training. The
beams of a question attend to one projection of its states, and padding behind a question's states counts nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from model.backends.attention import attend
from model.generation.caches import CrossAttentionCache, SelfAttentionCache, bias_of, cross_attend
from model.generation.rules import Seq2SeqModel


class Decoder:
    """The `text_decoder` of a BLIP."""

    def __init__(self, text_decoder: Seq2SeqModel) -> None:
        """Take over transformers' module in eval mode."""
        self._model = text_decoder
        self._heads = int(text_decoder.config.num_attention_heads)

    def cross_attention_cache(self, states: Tensor, mask: Tensor, beams: int) -> CrossAttentionCache:
        """Project a question's states [Q, S, D], with their mask [Q, S], once for all beams and all tokens."""
        keys, values = [], []
        for layer in self._model.bert.encoder.layer:
            cross = layer.crossattention.self
            keys.append(self._split(cross.key(states)).transpose(1, 2))  # [Q, H, S, W]
            values.append(self._split(cross.value(states)).transpose(1, 2))
        return CrossAttentionCache(keys, values, bias_of(mask, states.dtype), beams)

    def self_attention_cache(self) -> SelfAttentionCache:
        """An empty cache for one batch."""
        return SelfAttentionCache(len(self._model.bert.encoder.layer))

    def step(
        self, tokens: Tensor, position: int, cache: SelfAttentionCache, crosses: Sequence[CrossAttentionCache]
    ) -> Tensor:
        """Logits of the next token, [R, V].

        Args:
            tokens: The newest token of each row, [R]: the rows of the first of `crosses`, beam by beam, then the next.
            position: How many tokens came before it.
            cache: The self-attention's cache; takes in this token.
            crosses: The cross-attention's caches, one for each number of beams.
        """
        words = self._model.bert.embeddings
        x = words.LayerNorm(words.word_embeddings(tokens) + words.position_embeddings.weight[position])  # [R, D]
        for number, layer in enumerate(self._model.bert.encoder.layer):
            own = layer.attention.self
            query, key, value = (self._split(part(x)) for part in (own.query, own.key, own.value))  # [R, H, W]
            keys, values = cache.add(number, position, key, value)  # [R, H, 1 + t, W]
            x = _added(layer.attention.output, attend(query[:, :, None], keys, values).flatten(1), x)
            seen = cross_attend(layer.crossattention.self.query(x), number, crosses)
            x = _added(layer.crossattention.output, seen, x)
            x = _added(layer.output, layer.intermediate(x), x)
        logits: Tensor = self._model.cls(x)
        return logits

    def _split(self, states: Tensor) -> Tensor:
        """[.., D] to [.., H, W]."""
        split: Tensor = states.unflatten(-1, (self._heads, -1))
        return split


def _added(part: Any, states: Tensor, before: Tensor) -> Tensor:  # noqa: ANN401
    """A projection, added to what was there before and normalised."""
    normed: Tensor = part.LayerNorm(part.dense(states) + before)
    return normed
