"""The three passes of an answer (picture, prompt, tokens), in the form that fits where the model runs.

`PlainPasses` asks transformers' own modules, whose weights may change. The others take the weights over: `CpuPasses`
for one picture at a time and questions of any length behind each other, `StaticPasses` for a GPU, where every shape is
one of a few, so that each pass is the replay of a graph.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from model.decoding.decoder import Decoder
from model.decoding.loop import Decoded, decode
from model.decoding.plain import decode_plainly
from model.decoding.rules import Rules, Transformer
from model.decoding.static_decoder import StaticDecoder
from model.decoding.static_loop import StaticLoop
from model.families.arithmetic import Arithmetic
from model.families.bart_encoder import Encoder
from model.families.florence2_vision import Tower
from model.graphs import Captured, Pool

_PICTURES = 8
"""Most pictures in one pass of a GPU: with so many it is busy, and more would only take memory."""
_QUESTIONS = 64
"""Most questions in one pass of a GPU's encoder."""
_STATES = 64
"""A GPU's encoder states are padded to multiples of so many."""

Decode = Callable[[Tensor, Tensor, Sequence[int], Sequence[int]], list[Decoded]]


class Passes(Protocol):
    """From pixels to picture tokens, from there and a prompt to encoder states, from there to answers."""

    def look(self, pixels: Tensor) -> list[Tensor]:
        """Picture tokens [T_image, D] of each picture of normalised pixels [B, 3, H, W]."""
        ...

    def encode(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """Encoder states and their mask.

        Args:
            features: Picture tokens of each question, [T_image, D].
            prompts: Token ids of each prompt.

        Returns:
            States [Q, S, D], and 1 where a state counts, 0 on padding behind them, [Q, S].
        """
        ...

    def decode(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Decoded]:
        """As `model.decoding.loop.decode`, for this model."""
        ...


class PlainPasses:
    """Through transformers' modules, as they are at each call."""

    def __init__(self, model: Transformer) -> None:
        """Wrap a model in eval mode."""
        self._model = model

    def decode(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Decoded]:
        """See `Passes`."""
        return decode_plainly(self._model, states, mask, beams, limits)

    def look(self, pixels: Tensor) -> list[Tensor]:
        """See `Passes`."""
        # Clones, so that a kept picture does not hold its whole batch in memory.
        return [one.clone() for one in self._model.get_image_features(pixels).pooler_output]

    def encode(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """See `Passes`."""
        rows = _embed(self._model, features, prompts)
        mask = _mask(rows)
        encoder = self._model.get_encoder()
        return encoder(inputs_embeds=pad_sequence(rows, True), attention_mask=mask).last_hidden_state, mask


class CpuPasses:
    """A picture fills a CPU, so each is looked at alone; questions stand behind each other, and nothing is padded."""

    def __init__(self, model: Transformer, arithmetic: Arithmetic) -> None:
        """Take over the weights of a model that `fits`, whose own encoders cannot be called any more."""
        self._model, self._one_by_one = model, arithmetic.one_by_one
        self._tower, self._encoder = Tower(model, arithmetic.take), Encoder(model, arithmetic.take)
        self._decode = _loop(model, arithmetic)

    def look(self, pixels: Tensor) -> list[Tensor]:
        """See `Passes`."""
        return [self._tower(picture[None])[0] for picture in pixels]

    def encode(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """See `Passes`."""
        rows = _embed(self._model, features, prompts)
        states = [self._encoder([one])[0] for one in rows] if self._one_by_one else self._encoder(rows)
        return pad_sequence(states, True), _mask(rows)

    def decode(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Decoded]:
        """See `Passes`."""
        return self._decode(states, mask, beams, limits)


class StaticPasses:
    """For a GPU: batches padded to a few shapes, each of which is recorded as a graph when it first comes."""

    def __init__(self, model: Transformer, arithmetic: Arithmetic) -> None:
        """Take over the weights of a model that `fits`, whose own encoders cannot be called any more."""
        self._embed = model.get_input_embeddings()
        self._positions = int(model.config.get_text_config().max_position_embeddings)
        pool = Pool(model.device)
        self._tower = Captured(Tower(model, arithmetic.take), pool)
        self._encoder = Captured(Encoder(model, arithmetic.take).padded, pool)
        self._decode = _loop(model, arithmetic, pool)

    def look(self, pixels: Tensor) -> list[Tensor]:
        """See `Passes`."""
        seen: list[Tensor] = []
        for part in pixels.split(_PICTURES):
            more = (0, 0) * 3 + (0, _power(len(part)) - len(part))
            tokens = self._tower(functional.pad(part, more))
            seen += [one.clone() for one in tokens[: len(part)]]
        return seen

    def encode(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """See `Passes`."""
        longest, device = max(len(ids) for ids in prompts), features[0].device
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in prompts])  # [Q, P]
        seen = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in prompts])
        tokens = torch.stack(list(features))  # [Q, T_image, D]
        mask = torch.cat([seen.new_ones(tokens.shape[:2]), seen], 1).to(device)  # [Q, S]
        embeds = torch.cat([tokens, self._embed(ids.to(device)).to(tokens.dtype)], 1)  # [Q, S, D]
        parts = zip(embeds.split(_QUESTIONS), mask.split(_QUESTIONS), strict=True)
        return torch.cat([self._encode(*part) for part in parts]), mask

    def decode(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Decoded]:
        """See `Passes`."""
        return self._decode(states, mask, beams, limits)

    def _encode(self, embeds: Tensor, mask: Tensor) -> Tensor:
        """States [Q, S, D], by way of a shape that was there before."""
        count, length, _ = embeds.shape
        more = _power(count) - count
        room = min(-(-length // _STATES) * _STATES, self._positions) - length
        padded = functional.pad(mask, (0, room, 0, more))
        padded[count:, 0] = 1  # a row that sees nothing would compute no numbers
        return self._encoder(functional.pad(embeds, (0, 0, 0, room, 0, more)), padded)[:count, :length]


def passes_for(model: Transformer, arithmetic: Arithmetic | None) -> Passes:
    """The passes of a model whose weights stay as they are; without an arithmetic, of one whose weights may change."""
    if arithmetic is None or not (Tower.fits(model) and Encoder.fits(model)):
        return PlainPasses(model)
    return CpuPasses(model, arithmetic) if arithmetic.device.startswith("cpu") else StaticPasses(model, arithmetic)


def _embed(model: Transformer, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> list[Tensor]:
    """Picture tokens and the embedded prompt of each question, [S, D]."""
    words = model.get_input_embeddings()
    return [
        torch.cat([tokens, words(torch.tensor(ids, device=tokens.device)).to(tokens.dtype)])
        for tokens, ids in zip(features, prompts, strict=True)
    ]


def _loop(model: Transformer, arithmetic: Arithmetic, pool: Pool | None = None) -> Decode:
    """The loop with this model's decoder, of fixed shapes where graphs have a pool; the model keeps its weights too."""
    rules = Rules.read(model)
    if rules is None or not Decoder.fits(model):
        return PlainPasses(model).decode
    if pool is not None:
        return StaticLoop(StaticDecoder(model, arithmetic.make), rules, pool).decode
    return functools.partial(decode, Decoder(model, arithmetic.make), rules)


def _mask(rows: Sequence[Tensor]) -> Tensor:
    """1 for each row of a question's tokens, 0 behind them, [Q, S]."""
    return pad_sequence([torch.ones(len(row), dtype=torch.long, device=row.device) for row in rows], True)


def _power(number: int) -> int:
    """The next power of two."""
    return 1 << (number - 1).bit_length()
