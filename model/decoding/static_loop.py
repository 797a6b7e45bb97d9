"""The decoding loop for a GPU: every token is the replay of one graph, within which nothing waits for the host.

It says what `loop.decode` says. There ended questions leave; here the shape stays: all questions of a batch have as
many rows as its widest search needs, and are computed on until the last one has ended. Rows are cheap where a step is
bound by reading the weights and by starting kernels; a smaller shape would need another graph.

Each shape has a graph and buffers of its own, so shapes are rounded up to a few: questions to powers of two; beams to
greedy search, the default and what people mostly choose beside it; encoder states to multiples of 64, because the
prompts of one model differ by some words; room for tokens to 32, enough for most answers, and from there in steps of
four.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from model.decoding.loop import Decoded
from model.decoding.rules import Rules
from model.decoding.search import Found
from model.decoding.static_decoder import Shape, StaticDecoder
from model.decoding.static_search import StaticSearch
from model.graphs import Graph, Pool, Recent

_BEAMS = (1, 3, 5, 10)
_STATES, _ROOM, _MORE_ROOM = 64, 32, 4
_PROGRAMS = 8
"""Shapes to keep graphs and buffers of."""
_SHARE = 4
"""All of them take at most one in so many bytes of a GPU."""
_CPU_BYTES = 2**30


class StaticLoop:
    """Decodes batches with one loaded model. Not to be called by two threads at once."""

    def __init__(
        self, decoder: StaticDecoder, rules: Rules, pool: Pool | None = None, memory: int | None = None
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
        self._pool = Pool(device) if pool is None else pool
        if memory is None:
            on_gpu = device.type == "cuda"
            memory = torch.cuda.get_device_properties(device).total_memory // _SHARE if on_gpu else _CPU_BYTES
        self._most_bytes = memory // _PROGRAMS
        self._programs: Recent[Shape, tuple[Program, Graph]] = Recent(_PROGRAMS)

    @torch.inference_mode()
    def decode(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> list[Decoded]:
        """Decode a batch in which every question has its own settings.

        Args:
            states: Encoder states, [Q, S, D].
            mask: 1 where a state counts, 0 on padding behind them, [Q, S].
            beams: Width of each question's search; 1 is greedy.
            limits: The most tokens of each answer.

        Returns:
            One `Decoded` a question, the same as if the question had been alone.
        """
        answers: list[Decoded] = []
        while len(answers) < len(beams):
            begin = len(answers)
            shape = self._shape(len(beams) - begin, max(beams[begin:]), states.shape[1], max(limits[begin:]))
            part = slice(begin, begin + shape.questions)
            program, step = self._programs.get(shape, functools.partial(self._program, shape))
            program.load(states[part], mask[part], beams[part], limits[part])
            for _ in range(max(limits[part])):
                step()
                # The host waits for the device here, some ten microseconds: less than a step that nobody needs, which
                # going on without an answer would cost every batch of these short answers.
                if bool(program.ended):
                    break
            found = program.found(beams[part], max(limits[part]))
            answers += [_decoded(self._rules, one, limit) for one, limit in zip(found, limits[part], strict=True)]
        return answers

    def _shape(self, questions: int, beams: int, states: int, limit: int) -> Shape:
        """The shape for so much, rounded up, with fewer questions where memory does not suffice for all."""
        room = _ROOM
        while room < limit:
            room *= _MORE_ROOM
        # A mask whose width is no multiple of 16 would be copied for the fused kernels each time.
        room = min(room, _up(max(self._decoder.positions, limit), 16))
        width = next((usual for usual in _BEAMS if usual >= beams), beams)
        shape = Shape(1 << (questions - 1).bit_length(), width, _up(states, _STATES), room)
        while shape.questions > 1 and self._decoder.bytes_for(shape) > self._most_bytes:
            shape = replace(shape, questions=shape.questions // 2)
        return shape

    def _program(self, shape: Shape) -> tuple[Program, Graph]:
        program = Program(self._decoder, self._rules, shape)
        return program, Graph(program.step, self._pool)


class Program:
    """What batches of one shape are decoded in: all its buffers, and the step that a graph can hold."""

    def __init__(self, decoder: StaticDecoder, rules: Rules, shape: Shape) -> None:
        """Allocate. A step can be taken at once, but means nothing before `load`."""
        device = decoder.weight.device
        self._decoder, self._start, self.shape = decoder, rules.start, shape
        self._context = decoder.context(shape)
        self._search = StaticSearch(rules, shape.questions, shape.beams, shape.room, device)
        self._newest = torch.full((shape.questions * shape.beams,), rules.start, device=device)
        self.ended = torch.zeros((), dtype=torch.bool, device=device)
        """Whether all questions have ended; written by every step."""

    def load(self, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]) -> None:
        """Begin with a batch, as given to `StaticLoop.decode`; nothing is left of the one before."""
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

    def found(self, beams: Sequence[int], most: int) -> list[Found]:
        """See `StaticSearch.found`."""
        return self._search.found(beams, most)


def _decoded(rules: Rules, found: Found, limit: int) -> Decoded:
    evidence = tuple(p for position, p in enumerate(found.logprobs) if not rules.is_forced(position, limit))
    return Decoded(found.tokens, evidence, found.score)


def _up(number: int, step: int) -> int:
    """The next multiple of a step."""
    return -(-number // step) * step
