"""How the three parts of an answer (picture, prompt, tokens) are computed where the model runs.

`EagerBackend` asks transformers' own modules, whose weights may change. The others take the weights over: `CpuBackend`
for one picture at a time and questions of any length behind each other, `GraphBackend` for a GPU, where every shape is
one of a few, so that each part is the replay of a CUDA graph.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import Module, functional
from torch.nn.utils.rnn import pad_sequence

from model.backends.cuda_graphs import Captured, GraphPool
from model.backends.precision import Precision
from model.families.florence2.decoder import Decoder
from model.families.florence2.encoder import Encoder
from model.families.florence2.static_decoder import StaticDecoder
from model.families.florence2.vision import VisionTower
from model.generation.eager import generate_eagerly
from model.generation.graph_loop import GraphLoop
from model.generation.hypothesis import Hypothesis
from model.generation.loop import generate
from model.generation.rules import GenerationRules, Seq2SeqModel

_PICTURES = 8
"""Most pictures in one pass of a GPU: with so many it is busy, and more would only take memory."""
_QUESTIONS = 64
"""Most questions in one pass of a GPU's encoder."""
_STATES = 64
"""A GPU's encoder states are padded to multiples of so many."""

Generate = Callable[[Tensor, Tensor, Sequence[int], Sequence[int]], list[Hypothesis]]


class Backend(Protocol):
    """From pixels to picture tokens, from there and a prompt to encoder states, from there to answers."""

    def encode_images(self, pixels: Tensor) -> list[Tensor]:
        """Picture tokens [T_image, D] of each picture of normalised pixels [B, 3, H, W]."""
        ...

    def encode_prompts(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """Encoder states and their mask.

        Args:
            features: Picture tokens of each question, [T_image, D].
            prompts: Token ids of each prompt.

        Returns:
            States [Q, S, D], and 1 where a state counts, 0 on padding behind them, [Q, S].
        """
        ...

    def generate(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """As `model.generation.loop.generate`, for this model."""
        ...


class EagerBackend:
    """Through transformers' modules, as they are at each call."""

    def __init__(self, model: Seq2SeqModel) -> None:
        """Wrap a model in eval mode."""
        self._model = model

    def generate(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """See `Backend`."""
        return generate_eagerly(self._model, states, mask, beams, limits)

    def encode_images(self, pixels: Tensor) -> list[Tensor]:
        """See `Backend`."""
        # Clones, so that a kept picture does not hold its whole batch in memory.
        return [one.clone() for one in self._model.get_image_features(pixels).pooler_output]

    def encode_prompts(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """See `Backend`."""
        rows = _embed(self._model.get_input_embeddings(), features, prompts)
        mask = _mask(rows)
        encoder = self._model.get_encoder()
        return encoder(inputs_embeds=pad_sequence(rows, True), attention_mask=mask).last_hidden_state, mask


class CpuBackend:
    """A picture fills a CPU, so each is encoded alone; questions stand behind each other, and nothing is padded."""

    def __init__(self, model: Seq2SeqModel, precision: Precision) -> None:
        """Take over the weights of a model that `fits`, whose own encoders cannot be called any more."""
        self._model, self._batch_of_one = model, precision.batch_of_one
        self._tower, self._encoder = (
            VisionTower(model, precision.encoder_kernel),
            Encoder(model, precision.encoder_kernel),
        )
        self._generate = _loop(model, precision)

    def encode_images(self, pixels: Tensor) -> list[Tensor]:
        """See `Backend`."""
        return [self._tower(picture[None])[0] for picture in pixels]

    def encode_prompts(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """See `Backend`."""
        rows = _embed(self._model.get_input_embeddings(), features, prompts)
        states = [self._encoder([one])[0] for one in rows] if self._batch_of_one else self._encoder(rows)
        return pad_sequence(states, True), _mask(rows)

    def generate(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """See `Backend`."""
        return self._generate(states, mask, beams, limits)


class GraphBackend:
    """For a GPU: batches padded to a few shapes, each of which is recorded as a graph when it first comes."""

    def __init__(self, model: Seq2SeqModel, precision: Precision) -> None:
        """Take over the weights of a model that `fits`, whose own encoders cannot be called any more."""
        self._words = model.get_input_embeddings()
        self._positions = int(model.config.get_text_config().max_position_embeddings)
        pool = GraphPool(model.device, precision.graphs)
        self._tower = Captured(VisionTower(model, precision.encoder_kernel), pool)
        self._encoder = Captured(Encoder(model, precision.encoder_kernel).padded, pool)
        self._generate = _loop(model, precision, pool)

    def encode_images(self, pixels: Tensor) -> list[Tensor]:
        """See `Backend`."""
        seen: list[Tensor] = []
        for part in pixels.split(_PICTURES):
            more = (0, 0) * 3 + (0, _power(len(part)) - len(part))
            tokens = self._tower(functional.pad(part, more))
            seen += [one.clone() for one in tokens[: len(part)]]
        return seen

    def encode_prompts(self, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """See `Backend`."""
        rows = _embed(self._words, features, prompts)
        embeds, mask = pad_sequence(rows, True), _mask(rows)  # [Q, S, D] and [Q, S]
        parts = zip(embeds.split(_QUESTIONS), mask.split(_QUESTIONS), strict=True)
        return torch.cat([self._encode(*part) for part in parts]), mask

    def generate(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """See `Backend`."""
        return self._generate(states, mask, beams, limits)

    def _encode(self, embeds: Tensor, mask: Tensor) -> Tensor:
        """States [Q, S, D], by way of a shape that was there before."""
        count, length, _ = embeds.shape
        more = _power(count) - count
        room = min(-(-length // _STATES) * _STATES, self._positions) - length
        padded = functional.pad(mask, (0, room, 0, more))
        padded[count:, 0] = 1  # a row that sees nothing would compute no numbers
        return self._encoder(functional.pad(embeds, (0, 0, 0, room, 0, more)), padded)[:count, :length]


def backend_for(model: Seq2SeqModel, precision: Precision | None) -> Backend:
    """The backend of a model whose weights stay as they are; without a precision, of one whose weights may change."""
    if precision is None or not (VisionTower.fits(model) and Encoder.fits(model)):
        return EagerBackend(model)
    return CpuBackend(model, precision) if precision.device.startswith("cpu") else GraphBackend(model, precision)


def _embed(words: Module, features: Sequence[Tensor], prompts: Sequence[list[int]]) -> list[Tensor]:
    """Picture tokens and the embedded prompt of each question, [S, D]; one may be about more pictures than another."""
    ids = torch.tensor([number for prompt in prompts for number in prompt], device=features[0].device)
    embedded = words(ids).to(features[0].dtype).split([len(prompt) for prompt in prompts])
    return [torch.cat([tokens, own]) for tokens, own in zip(features, embedded, strict=True)]


def _loop(model: Seq2SeqModel, precision: Precision, pool: GraphPool | None = None) -> Generate:
    """The loop with this model's decoder, of fixed shapes where graphs have a pool; the model keeps its weights too."""
    rules = GenerationRules.read(model)
    if rules is None or not Decoder.fits(model):
        return EagerBackend(model).generate
    if pool is not None:
        return GraphLoop(StaticDecoder(model, precision.decoder_kernel), rules, pool).generate
    return functools.partial(generate, Decoder(model, precision.decoder_kernel), rules)


def _mask(rows: Sequence[Tensor]) -> Tensor:
    """1 for each row of a question's tokens, 0 behind them, [Q, S]."""
    return pad_sequence([torch.ones(len(row), dtype=torch.long, device=row.device) for row in rows], True)


def _power(number: int) -> int:
    """The next power of two."""
    return 1 << (number - 1).bit_length()
