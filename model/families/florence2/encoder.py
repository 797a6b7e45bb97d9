"""BART's encoder over loaded weights: one product for queries, keys and values, and no transposed copies.

It says what transformers' module says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import LayerNorm, functional

from model.backends.linear import Eager, KernelFactory, LinearKernel, is_gelu
from model.families.florence2.bare import is_bart
from model.generation.rules import Seq2SeqModel


@dataclass(frozen=True, slots=True)
class EncoderLayer:
    """One encoder layer."""

    qkv: LinearKernel
    """Queries, keys and values of the self-attention."""
    out: LinearKernel
    fc1: LinearKernel
    fc2: LinearKernel
    norms: tuple[LayerNorm, LayerNorm]


class Encoder:
    """The text encoder of a loaded model."""

    def __init__(self, model: Seq2SeqModel, make: KernelFactory = Eager.of) -> None:
        """Gather the weights of a model in eval mode that `fits`; its linear layers become what `make` makes."""
        encoder = model.get_encoder()
        self.heads = int(model.config.get_text_config().encoder_attention_heads)
        self._positions, self._norm = encoder.embed_positions, encoder.layernorm_embedding
        self._layers = [_encoder_layer(layer, make) for layer in encoder.layers]

    @staticmethod
    def fits(model: Seq2SeqModel) -> bool:
        """Whether a model's encoder is one that this class can speak for."""
        encoder: Any = model.get_encoder()
        if not is_bart(encoder):
            return False
        return all(is_gelu(layer.activation_fn) for layer in encoder.layers)

    def __call__(self, embeds: Sequence[Tensor]) -> list[Tensor]:
        """Encoder states of questions of any lengths, [S, D] for each.

        Their tokens stand behind each other as the rows of every product: nothing is padded, and the products are large
        enough for the CPU's matrix instructions. Attention is within each question alone.

        Args:
            embeds: Picture tokens and the embedded prompt of each question, [S, D].
        """
        lengths = [len(one) for one in embeds]
        places = torch.cat([self._places(length) for length in lengths])

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:  # [N, H, W] each
            seen = []
            for parts in zip(query.split(lengths), key.split(lengths), value.split(lengths), strict=True):
                # The fused kernel takes four dimensions only: [1, H, S, W].
                q, k, v = (part.transpose(0, 1)[None] for part in parts)
                seen.append(functional.scaled_dot_product_attention(q, k, v)[0].transpose(0, 1))
            return torch.cat(seen)

        return list(self._run(torch.cat(list(embeds)) + places, attend).split(lengths))

    def padded(self, embeds: Tensor, mask: Tensor) -> Tensor:
        """The same for questions padded to one length, as a GPU likes them: encoder states [B, S, D].

        Args:
            embeds: Picture tokens and the embedded prompts, [B, S, D].
            mask: 1 where a state counts, 0 on padding, [B, S].
        """
        batch, length, width = embeds.shape
        bias = mask.bool()[:, None, None]  # [B, 1, 1, S]

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:  # [N, H, W] each
            q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in (query, key, value))
            seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)  # [B, H, S, W]
            return seen.transpose(1, 2).flatten(0, 1)

        return self._run((embeds + self._places(length)).flatten(0, 1), attend).view(batch, length, width)

    def _places(self, length: int) -> Tensor:
        first = self._positions.offset
        places: Tensor = self._positions.weight[first : first + length]  # [S, D]
        return places

    def _run(self, rows: Tensor, attend: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Tensor:
        """All layers over rows of tokens, [N, D] to the same; `attend` knows which rows belong together."""
        x: Tensor = self._norm(rows)
        for layer in self._layers:
            query, key, value = layer.qkv(x).unflatten(-1, (3, self.heads, -1)).unbind(1)  # [N, H, W] each
            x = layer.norms[0](layer.out(attend(query, key, value).flatten(1), plus=x))
            x = layer.norms[1](layer.fc2(layer.fc1(x, gelu=True), plus=x))
            if x.dtype == torch.float16:  # as transformers' module: the smallest format overflows
                limit = torch.finfo(x.dtype).max - 1000
                x = x.clamp(-limit, limit)
        return x


def _encoder_layer(layer: Any, make: KernelFactory) -> EncoderLayer:  # noqa: ANN401 - a module of transformers
    attention = layer.self_attn
    return EncoderLayer(
        qkv=make(attention.q_proj, attention.k_proj, attention.v_proj),
        out=make(attention.out_proj),
        fc1=make(layer.fc1),
        fc2=make(layer.fc2),
        norms=(layer.self_attn_layer_norm, layer.final_layer_norm),
    )
