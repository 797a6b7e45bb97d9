"""BART's decoder, one token at a time, for all beams of all questions at once.

A beam search through `generate()` expands the encoder states to the beams, projects keys and values for each copy, and
reorders all of them after every token. Here the beams of one question look at one projection, which stays where it is;
only the short self-attention cache is reordered. The projections of a layer that read the same input are one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import LayerNorm
from transformers.models.bart.modeling_bart import BartDecoder

from model.attention import attend
from model.decoding.rules import Transformer
from model.products import Make, Plain, Product, is_gelu

_ROOM = 16
"""Tokens that the self-attention cache has room for at first; it doubles."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The weights of one decoder layer."""

    inside: Product
    """Queries, keys and values of the self-attention."""
    inside_out: Product
    query: Product
    memory: Product
    """Keys and values of the cross-attention."""
    memory_out: Product
    up: Product
    down: Product
    norms: tuple[LayerNorm, LayerNorm, LayerNorm]


@dataclass(slots=True)
class Memory:
    """What questions of one beam width look back at. Q questions, H heads of width W, S encoder states."""

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


class Decoder:
    """The decoder and the output layer of a loaded model."""

    def __init__(self, model: Transformer, make: Make = Plain.of) -> None:
        """Gather the weights of a model in eval mode that `fits`; its linear layers become what `make` makes."""
        decoder, config = _decoder_of(model), model.config.get_text_config()
        self.heads = int(config.decoder_attention_heads)
        self.layers = [_layer(layer, make) for layer in decoder.layers]
        self._words, self._positions = decoder.embed_tokens, decoder.embed_positions
        self._norm: LayerNorm = decoder.layernorm_embedding
        self._output = make(model.get_output_embeddings())

    @staticmethod
    def fits(model: Transformer) -> bool:
        """Whether a model's decoder is one that this class can speak for."""
        decoder: Any = _decoder_of(model)
        return isinstance(decoder, BartDecoder) and all(is_gelu(layer.activation_fn) for layer in decoder.layers)

    def remember(self, states: Tensor, mask: Tensor, beams: int) -> Memory:
        """Project encoder states, once for all beams and all tokens.

        Args:
            states: Encoder states, [Q, S, D].
            mask: 1 where a state counts, 0 on padding, [Q, S].
            beams: Rows of each question.
        """
        keys, values = [], []
        for layer in self.layers:
            both = layer.memory(states).unflatten(-1, (2, self.heads, -1))  # [Q, S, 2, H, W]
            key, value = both.permute(2, 0, 3, 1, 4).contiguous()  # [Q, H, S, W] each
            keys.append(key)
            values.append(value)
        bias = None
        if not bool(mask.all()):
            bias = torch.zeros_like(mask, dtype=states.dtype).masked_fill_(mask == 0, -torch.inf)[:, None, None]
        return Memory(keys, values, bias, beams)

    def step(self, tokens: Tensor, position: int, past: Past, memories: Sequence[Memory]) -> Tensor:
        """Logits of the next token, [R, V], in the model's number format.

        Args:
            tokens: The newest token of each row, [R]: the rows of the first memory, beam by beam, then of the next.
            position: How many tokens came before it.
            past: The self-attention's cache; takes in this token.
            memories: What the rows look at.
        """
        place = self._positions.weight[position + self._positions.offset]
        x = self._norm(self._words(tokens) + place)  # [R, D]
        for number, layer in enumerate(self.layers):
            query, key, value = layer.inside(x).unflatten(-1, (3, self.heads, -1)).unbind(1)
            keys, values = past.add(number, position, key, value)  # [R, H, 1 + t, W]
            seen = attend(query[:, :, None], keys, values).flatten(1)  # [R, D]
            x = layer.norms[0](layer.inside_out(seen, plus=x))
            seen = self._look_back(layer.query(x), number, memories)
            x = layer.norms[1](layer.memory_out(seen, plus=x))
            x = layer.norms[2](layer.down(layer.up(x, gelu=True), plus=x))
        return self._output(x)

    def _look_back(self, query: Tensor, number: int, memories: Sequence[Memory]) -> Tensor:
        """Cross-attention, [R, D] to [R, D]: the beams of a question are the queries of one attention."""
        parts, begin = [], 0
        for memory in memories:
            keys, values = memory.keys[number], memory.values[number]
            end = begin + len(keys) * memory.beams
            rows = query[begin:end].view(len(keys), memory.beams, self.heads, -1).transpose(1, 2)  # [Q, H, b, W]
            seen = attend(rows, keys, values, memory.bias)  # [Q, H, b, W]
            parts.append(seen.transpose(1, 2).reshape(end - begin, -1))
            begin = end
        return parts[0] if len(parts) == 1 else torch.cat(parts)


class Past:
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


def _decoder_of(model: Transformer) -> Transformer:
    """The decoder itself: for Florence-2 `get_decoder` gives the whole language model."""
    whole = model.get_decoder()
    return getattr(whole, "decoder", whole)


def _layer(layer: Transformer, make: Make) -> Layer:
    inside, outside = layer.self_attn, layer.encoder_attn
    return Layer(
        inside=make(inside.q_proj, inside.k_proj, inside.v_proj),
        inside_out=make(inside.out_proj),
        query=make(outside.q_proj),
        memory=make(outside.k_proj, outside.v_proj),
        memory_out=make(outside.out_proj),
        up=make(layer.fc1),
        down=make(layer.fc2),
        norms=(layer.self_attn_layer_norm, layer.encoder_attn_layer_norm, layer.final_layer_norm),
    )
