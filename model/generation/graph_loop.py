"""The generation loop for a GPU: every token is the replay of one graph, within which nothing waits for the host.

It says what `loop.generate` says. There ended questions leave; here the shape stays: all questions of a batch have as
many rows as its widest search needs, and are computed on until the last one has ended. Rows are cheap where a step is
bound by reading the weights and by starting kernels; a smaller shape would need another graph.

Each shape has a graph and buffers of its own, so shapes are rounded up to a few: questions to powers of two; beams to
greedy search, the default and what people mostly choose beside it; encoder states to multiples of 64, because the
prompts of one model differ by some words; room for tokens to 32, enough for most answers, and from there in steps of
four.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from cachetools import LRUCache
from torch import Tensor

from model.backends.cuda_graphs import Graph, GraphPool
from model.generation.hypothesis import Hypothesis
from model.generation.rules import GenerationRules
from model.generation.search import BeamSearch
from model.progress import progress

_BEAMS = (1, 3, 5, 10)
_STATES, _ROOM, _MORE_ROOM = 64, 32, 4
_SHAPES = 8
"""Shapes to keep graphs and buffers of."""
_SHARE = 4
"""All of them take at most one in so many bytes of a GPU."""
_CPU_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Shape:
    """For how much there is room."""

    questions: int
    beams: int
    """Rows of every question, also of those with fewer beams."""
    states: int
    """Encoder states of a question."""
    room: int
    """Tokens of an answer and one more, for its end."""


class StaticStepDecoder(Protocol):
    """A decoder over buffers of a fixed shape."""

    @property
    def weight(self) -> Tensor:
        """The embedding of words, [V, D]; its device and number format are the decoder's."""
        ...

    @property
    def positions(self) -> int:
        """How many tokens a row can have."""
        ...

    def context(self, shape: Shape) -> Any:  # noqa: ANN401 - the decoder's own, with `position` [1] and `advance`
        """Buffers for batches of a shape. They hold nothing until `fill`."""
        ...

    def bytes_for(self, shape: Shape) -> int:
        """About the memory that a batch of a shape takes."""
        ...

    def fill(self, context: Any, states: Tensor, mask: Tensor) -> None:  # noqa: ANN401
        """Begin with a batch: encoder states [q, s, D] and their mask [q, s]."""
        ...

    def advance(self, tokens: Tensor, context: Any) -> Tensor:  # noqa: ANN401
        """Logits of the next token, [Q B, V], after the newest token of each row, [Q B]."""
        ...


class GraphLoop:
    """Decodes batches with one loaded model. Not to be called by two threads at once."""

    def __init__(
        self,
        decoder: StaticStepDecoder,
        rules: GenerationRules,
        pool: GraphPool | None = None,
        memory: int | None = None,
    ) -> None:
        """Begin without a graph: each is recorded when a batch first has its shape.

        Args:
            decoder: The model's decoder.
            rules: What its generation config demands.
            pool: Where to record, on the decoder's device; shared with the model's other graphs.
            memory: Bytes that all buffers together may take; batches that need more are decoded in parts.
        """
        device = decoder.weight.device
        self._decoder, self._rules = decoder, rules
        self._pool = GraphPool(device) if pool is None else pool
        if memory is None:
            on_gpu = device.type == "cuda"
            memory = torch.cuda.get_device_properties(device).total_memory // _SHARE if on_gpu else _CPU_BYTES
        self._most_bytes = memory // _SHAPES
        self._states: LRUCache[Shape, tuple[DecodingState, Graph]] = LRUCache(_SHAPES)

    @torch.inference_mode()
    def generate(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """Answer a batch in which every question has its own settings.

        Args:
            states: Encoder states, [Q, S, D].
            mask: 1 where a state counts, 0 on padding behind them, [Q, S].
            beams: Width of each question's search; 1 is greedy.
            limits: The most tokens of each answer.

        Returns:
            One hypothesis a question, the same as if the question had been alone.
        """
        answers: list[Hypothesis] = []
        while len(answers) < len(beams):
            begin = len(answers)
            shape = self._shape(len(beams) - begin, max(beams[begin:]), states.shape[1], max(limits[begin:]) + 1)
            part = slice(begin, begin + shape.questions)
            state, step = self._state(shape)
            state.load(states[part], mask[part], beams[part], limits[part])
            for _ in range(max(limits[part]) + 1):  # the last one for the ends of those that were cut
                step()
                progress.moved()
                # The host waits for the device here, some ten microseconds: less than a step that nobody needs, which
                # going on without an answer would cost every batch of these short answers.
                if bool(state.ended):
                    break
            answers += state.hypotheses(beams[part], limits[part])
        return answers

    def _shape(self, questions: int, beams: int, states: int, tokens: int) -> Shape:
        """The shape for so much, rounded up, with fewer questions where memory does not suffice for all."""
        room = _ROOM
        while room < tokens:
            room *= _MORE_ROOM
        # A mask whose width is no multiple of 16 would be copied for the fused kernels each time.
        room = min(room, _up(max(self._decoder.positions, tokens), 16))
        width = next((usual for usual in _BEAMS if usual >= beams), beams)
        shape = Shape(1 << (questions - 1).bit_length(), width, _up(states, _STATES), room)
        while shape.questions > 1 and self._decoder.bytes_for(shape) > self._most_bytes:
            shape = replace(shape, questions=shape.questions // 2)
        return shape

    def _state(self, shape: Shape) -> tuple[DecodingState, Graph]:
        kept = self._states.get(shape)
        if kept is None:
            state = DecodingState(self._decoder, self._rules, shape)
            kept = self._states[shape] = state, Graph(state.step, self._pool)
        return kept


class DecodingState:
    """What batches of one shape are generated in: all its buffers, and the step that a graph can hold."""

    def __init__(self, decoder: StaticStepDecoder, rules: GenerationRules, shape: Shape) -> None:
        """Allocate. A step can be taken at once, but means nothing before `load`."""
        device = decoder.weight.device
        self._decoder, self._start, self.shape = decoder, rules.decoder_start_token_id, shape
        self._context = decoder.context(shape)
        self._search = BeamSearch(rules, shape.questions, shape.beams, shape.room, device)
        self._newest = torch.full((shape.questions * shape.beams,), rules.decoder_start_token_id, device=device)
        self.ended = torch.zeros((), dtype=torch.bool, device=device)
        """Whether all questions have ended; written by every step."""

    def load(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> None:
        """Begin with a batch, as given to `GraphLoop.generate`; nothing is left of the one before."""
        self._decoder.fill(self._context, states, mask)
        self._search.load(beams, limits)
        self._newest.fill_(self._start)

    def step(self) -> None:
        """One token for every row."""
        logits = self._decoder.advance(self._newest, self._context)  # [Q B, V]
        tokens, origin = self._search.advance(logits, self._context.position)
        self._newest.copy_(tokens)
        self._context.advance(origin)
        self.ended.copy_(self._search.ended.all())

    def hypotheses(self, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """See `BeamSearch.hypotheses`."""
        return self._search.hypotheses(beams, limits)


def _up(number: int, step: int) -> int:
    """The next multiple of a step."""
    return -(-number // step) * step
