"""BART's decoder, one token at a time, for all beams of all questions at once.

A beam search through `generate()` expands the encoder states to the beams, projects keys and values for each copy, and
reorders all of them after every token. Here the beams of one question attend to one projection, which stays in place;
only the short self-attention cache is reordered. The projections of a layer that read the same input are one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn import LayerNorm

from model.backends.attention import attend
from model.backends.linear import Eager, KernelFactory, LinearKernel, is_gelu
from model.families.florence2.bare import is_bart
from model.generation.caches import CrossAttentionCache, SelfAttentionCache, bias_of, cross_attend
from model.generation.rules import Seq2SeqModel


@dataclass(frozen=True, slots=True)
class DecoderLayer:
    """The weights of one decoder layer."""

    self_qkv: LinearKernel
    """Queries, keys and values of the self-attention."""
    self_out: LinearKernel
    cross_q: LinearKernel
    cross_kv: LinearKernel
    """Keys and values of the cross-attention."""
    cross_out: LinearKernel
    fc1: LinearKernel
    fc2: LinearKernel
    norms: tuple[LayerNorm, LayerNorm, LayerNorm]


class Decoder:
    """The decoder and the output layer of a loaded model."""

    def __init__(self, model: Seq2SeqModel, make: KernelFactory = Eager.of) -> None:
        """Gather the weights of a model in eval mode that `fits`; its linear layers become what `make` makes."""
        decoder, config = _decoder_of(model), model.config.get_text_config()
        self.heads = int(config.decoder_attention_heads)
        self.layers = [_decoder_layer(layer, make) for layer in decoder.layers]
        self._words, self._positions = decoder.embed_tokens, decoder.embed_positions
        self._norm: LayerNorm = decoder.layernorm_embedding
        self._output = make(model.get_output_embeddings())

    @staticmethod
    def fits(model: Seq2SeqModel) -> bool:
        """Whether a model's decoder is one that this class can speak for."""
        decoder: Any = _decoder_of(model)
        return is_bart(decoder) and all(is_gelu(layer.activation_fn) for layer in decoder.layers)

    def cross_attention_cache(self, states: Tensor, mask: Tensor, beams: int) -> CrossAttentionCache:
        """Project encoder states, once for all beams and all tokens.

        Args:
            states: Encoder states, [Q, S, D].
            mask: 1 where a state counts, 0 on padding, [Q, S].
            beams: Rows of each question.
        """
        keys, values = [], []
        for layer in self.layers:
            both = layer.cross_kv(states).unflatten(-1, (2, self.heads, -1))  # [Q, S, 2, H, W]
            key, value = both.permute(2, 0, 3, 1, 4).contiguous()  # [Q, H, S, W] each
            keys.append(key)
            values.append(value)
        return CrossAttentionCache(keys, values, bias_of(mask, states.dtype), beams)

    def self_attention_cache(self) -> SelfAttentionCache:
        """An empty cache for one batch."""
        return SelfAttentionCache(len(self.layers))

    def step(
        self, tokens: Tensor, position: int, cache: SelfAttentionCache, crosses: Sequence[CrossAttentionCache]
    ) -> Tensor:
        """Logits of the next token, [R, V], in the model's number format.

        Args:
            tokens: The newest token of each row, [R]: the rows of the first of `crosses`, beam by beam, then the next.
            position: How many tokens came before it.
            cache: The self-attention's cache; takes in this token.
            crosses: The cross-attention's caches, one for each number of beams.
        """
        place = self._positions.weight[position + self._positions.offset]
        x = self._norm(self._words(tokens) + place)  # [R, D]
        for number, layer in enumerate(self.layers):
            query, key, value = layer.self_qkv(x).unflatten(-1, (3, self.heads, -1)).unbind(1)
            keys, values = cache.add(number, position, key, value)  # [R, H, 1 + t, W]
            seen = attend(query[:, :, None], keys, values).flatten(1)  # [R, D]
            x = layer.norms[0](layer.self_out(seen, plus=x))
            seen = cross_attend(layer.cross_q(x), number, crosses)
            x = layer.norms[1](layer.cross_out(seen, plus=x))
            x = layer.norms[2](layer.fc2(layer.fc1(x, gelu=True), plus=x))
        return self._output(x)


def _decoder_of(model: Seq2SeqModel) -> Seq2SeqModel:
    """The decoder itself: for Florence-2 `get_decoder` gives the whole language model."""
    whole = model.get_decoder()
    return getattr(whole, "decoder", whole)


def _decoder_layer(layer: Seq2SeqModel, make: KernelFactory) -> DecoderLayer:
    own, cross = layer.self_attn, layer.encoder_attn
    return DecoderLayer(
        self_qkv=make(own.q_proj, own.k_proj, own.v_proj),
        self_out=make(own.out_proj),
        cross_q=make(cross.q_proj),
        cross_kv=make(cross.k_proj, cross.v_proj),
        cross_out=make(cross.out_proj),
        fc1=make(layer.fc1),
        fc2=make(layer.fc2),
        norms=(layer.self_attn_layer_norm, layer.encoder_attn_layer_norm, layer.final_layer_norm),
    )
