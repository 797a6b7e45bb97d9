"""The decoder over buffers of a fixed shape, so that a GPU can replay a token as one graph.

Nothing that it does depends on a number that only the GPU knows, and nothing moves when beams change places: all beams
of a question attend to the tokens of all of them, and a mask says which of these tokens are a beam's own. A search
step changes only the mask. Cross-attention works as in `Decoder`: the beams of a question are the queries of one.
"""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor

from model.backends.attention import attend
from model.families.florence2.decoder import Decoder
from model.generation.graph_loop import Shape


class StaticContext:
    """What the rows of a batch attend to: their own tokens so far and the encoder states of their questions.

    Q questions with B rows each, S states, room for T tokens, L layers, H heads of width W.
    """

    def __init__(self, shape: Shape, layers: int, heads: int, width: int, like: Tensor) -> None:
        """Allocate; `like` has the device and the number format."""
        count, beams, room = shape.questions, shape.beams, shape.room
        self.shape = shape
        self.position = torch.zeros(1, dtype=torch.long, device=like.device)
        """How many tokens came before the newest one, [1]."""
        self.self_cache = like.new_zeros(layers, count, beams, room, 2, heads, width)
        """Keys and values of the tokens so far, where the row that computed them left them."""
        self.own = like.new_zeros(count, beams, beams, room)
        """[q, b, r, t]: 0 where what row r computed at t is among the tokens of row b, else minus infinity."""
        self.cross_cache = like.new_zeros(layers, 2, count, heads, shape.states, width)
        """Keys and values of the encoder states."""
        self.bias = like.new_zeros(count, 1, 1, shape.states)
        """0 where a state counts, minus infinity on padding."""

    def add(self) -> None:
        """The token at `position` joins those of the row that computes it."""
        self.own.diagonal(dim1=1, dim2=2).index_fill_(1, self.position, 0.0)  # a view, [Q, T, B]

    def advance(self, origin: Tensor) -> None:
        """Go to the next position; row b of a question goes on from row `origin[q, b]`, [Q, B]."""
        if self.shape.beams > 1:
            self.own.copy_(self.own.gather(1, origin[:, :, None, None].expand_as(self.own)))
        self.position += 1


class StaticDecoder(Decoder):
    """The decoder and the output layer of a loaded model."""

    @property
    def weight(self) -> Tensor:
        """The embedding of words, [V, D]; its device and number format are the decoder's."""
        weight: Tensor = self._words.weight
        return weight

    @property
    def positions(self) -> int:
        """How many tokens a row can have."""
        return len(self._positions.weight) - int(self._positions.offset)

    def context(self, shape: Shape) -> StaticContext:
        """Buffers for batches of a shape. They hold nothing until `fill`."""
        width = self.weight.shape[1] // self.heads
        return StaticContext(shape, len(self.layers), self.heads, width, self.weight)

    def bytes_for(self, shape: Shape) -> int:
        """About the memory that a batch of a shape takes: context and logits."""
        words, width = self.weight.shape
        rows, size = shape.questions * shape.beams, self.weight.element_size()
        kept = 2 * len(self.layers) * width * (rows * shape.room + shape.questions * shape.states)
        own = prod((rows, shape.beams, shape.room))
        return (kept + own) * size + rows * words * (size + torch.float32.itemsize)

    def fill(self, context: StaticContext, states: Tensor, mask: Tensor) -> None:
        """Begin with a batch of questions, none of which has a token yet.

        Args:
            context: Filled in place; its questions beyond the given ones see one state that is zero.
            states: Encoder states, [q, s, D], not more of either than there is room for.
            mask: 1 where a state counts, 0 on padding behind them, [q, s].
        """
        count, length = mask.shape
        context.position.zero_()
        # Weights of zero do not cancel an infinity that an earlier batch left: what is not seen has to be finite too.
        context.self_cache.zero_()
        context.own.fill_(-torch.inf)
        context.cross_cache[:, :, count:].zero_()
        context.cross_cache[:, :, :, :, length:].zero_()
        for number, layer in enumerate(self.layers):
            both = layer.cross_kv(states).unflatten(-1, (2, self.heads, -1))  # [q, s, 2, H, W]
            context.cross_cache[number, :, :count, :, :length] = both.permute(2, 0, 3, 1, 4)
        context.bias.fill_(-torch.inf)
        context.bias[:count, 0, 0, :length].masked_fill_(mask != 0, 0.0)
        context.bias[count:, ..., 0] = 0.0

    def advance(self, tokens: Tensor, context: StaticContext) -> Tensor:
        """Logits of the next token, [Q B, V], in the model's number format.

        Args:
            tokens: The newest token of each row, [Q B].
            context: Takes in this token at its position, which stays.
        """
        count, beams = context.shape.questions, context.shape.beams
        place = self._positions.weight.index_select(0, context.position + self._positions.offset)  # [1, D]
        x = self._norm(self._words(tokens) + place)  # [Q B, D]
        context.add()
        own = context.own.flatten(2)[:, None]  # [Q, 1, B, B T]
        for number, layer in enumerate(self.layers):
            qkv = layer.self_qkv(x).view(count, beams, 3, self.heads, -1)
            cache = context.self_cache[number]  # [Q, B, T, 2, H, W]
            cache.index_copy_(2, context.position, qkv[:, :, None, 1:])
            keys, values = cache.flatten(1, 2).permute(2, 0, 3, 1, 4)  # [Q, H, B T, W] each
            seen = attend(qkv[:, :, 0].transpose(1, 2), keys, values, own)  # [Q, H, B, W]
            x = layer.norms[0](layer.self_out(_rows(seen), plus=x))
            query = layer.cross_q(x).view(count, beams, self.heads, -1).transpose(1, 2)
            keys, values = context.cross_cache[number]  # [Q, H, S, W] each
            seen = attend(query, keys, values, context.bias)
            x = layer.norms[1](layer.cross_out(_rows(seen), plus=x))
            x = layer.norms[2](layer.fc2(layer.fc1(x, gelu=True), plus=x))
        return self._output(x)


def _rows(seen: Tensor) -> Tensor:
    """[Q, H, B, W] to [Q B, D]."""
    return seen.transpose(1, 2).flatten(0, 1).flatten(1).contiguous()
