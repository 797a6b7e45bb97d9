"""The generation loop: one step of the decoder for all questions that still run, then one step of each search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import torch
from torch import Tensor

from model.generation.hypothesis import Hypothesis
from model.generation.rules import GenerationRules
from model.generation.search import BeamSearch
from model.progress import progress

_LEAVE = 4
"""Ended questions leave when they are at least one in so many: leaving copies what stays."""


class HoldsQuestions(Protocol):
    """Keys and values of the encoder states of questions that share a number of beams."""

    def keep(self, questions: Tensor) -> None:
        """Let go of all questions but those at these places, [q]."""
        ...


class HoldsRows(Protocol):
    """Keys and values of the tokens so far, a row a beam."""

    def reorder(self, rows: Tensor) -> None:
        """Row i becomes what row `rows[i]` was."""
        ...


SelfCache = TypeVar("SelfCache", bound=HoldsRows)
Cross = TypeVar("Cross", bound=HoldsQuestions)


class StepDecoder(Protocol[SelfCache, Cross]):
    """A decoder that is asked for one token at a time."""

    def cross_attention_cache(self, states: Tensor, mask: Tensor, beams: int) -> Cross:
        """Project encoder states [Q, S, D] with their mask [Q, S] once for all beams and tokens."""
        ...

    def self_attention_cache(self) -> SelfCache:
        """An empty cache for one batch."""
        ...

    def step(self, tokens: Tensor, position: int, cache: SelfCache, crosses: Sequence[Cross]) -> Tensor:
        """Logits of the next token, [R, V], after the newest token of each row, [R]."""
        ...


@dataclass(slots=True)
class _Group(Generic[Cross]):
    """Questions that share a number of beams; their rows stand together."""

    questions: list[int]
    """Their numbers in the batch."""
    beams: int
    limits: list[int]
    search: BeamSearch
    cross: Cross

    @property
    def rows(self) -> int:
        """Rows of the decoder's batch."""
        return len(self.questions) * self.beams

    def advance(self, logits: Tensor, position: Tensor) -> tuple[Tensor, Tensor, dict[int, Hypothesis]]:
        """One step: the next tokens [R], the rows that they go on from [R], and the answers of all that have ended."""
        token, origin = self.search.advance(logits, position)
        count = len(self.questions)
        rows = (origin + torch.arange(count, device=origin.device)[:, None] * self.beams).flatten()
        ended = self.search.ended.tolist()
        going = [place for place in range(count) if not ended[place]]
        if (count - len(going)) * _LEAVE < count and going:
            return token, rows, {}
        found = self.search.hypotheses([self.beams] * count, self.limits)
        answers = {question: one for question, one, end in zip(self.questions, found, ended, strict=True) if end}
        places = torch.tensor(going, dtype=torch.long, device=origin.device)
        kept = (places[:, None] * self.beams + torch.arange(self.beams, device=places.device)).flatten()
        self.questions = [self.questions[place] for place in going]
        self.limits = [self.limits[place] for place in going]
        if going:
            self.search.keep(places)
            self.cross.keep(places)
        return token[kept], rows[kept], answers


def generate(
    decoder: StepDecoder[SelfCache, Cross],
    rules: GenerationRules,
    states: Tensor,
    mask: Tensor,
    beams: Sequence[int],
    limits: Sequence[int],
) -> list[Hypothesis]:
    """Answer a batch in which every question has its own settings.

    Args:
        decoder: The model's decoder.
        rules: What its generation config demands.
        states: Encoder states, [Q, S, D].
        mask: 1 where a state counts, 0 on padding behind them, [Q, S].
        beams: Width of each question's search; 1 is greedy.
        limits: The most tokens of each answer.

    Returns:
        One hypothesis a question, the same as if the question had been alone.
    """
    groups = _groups(decoder, rules, states, mask, beams, limits)
    tokens = torch.full((sum(beams),), rules.decoder_start_token_id, device=states.device)  # [R]
    cache, position = decoder.self_attention_cache(), 0
    answers: dict[int, Hypothesis] = {}
    while groups:
        logits = decoder.step(tokens, position, cache, [group.cross for group in groups])  # [R, V]
        begin, next_tokens, origins, total = 0, [], [], len(tokens)
        for group in groups:
            size = group.rows
            token, rows, found = group.advance(
                logits[begin : begin + size], torch.tensor([position], device=logits.device)
            )
            answers |= found
            next_tokens.append(token)
            origins.append(begin + rows)
            begin += size
        position += 1
        progress.moved()
        groups = [group for group in groups if group.questions]
        tokens = torch.cat(next_tokens)
        if groups and (len(tokens) < total or any(group.beams > 1 for group in groups)):
            cache.reorder(torch.cat(origins))
    return [answers[question] for question in range(len(beams))]


def _groups(
    decoder: StepDecoder[SelfCache, Cross],
    rules: GenerationRules,
    states: Tensor,
    mask: Tensor,
    beams: Sequence[int],
    limits: Sequence[int],
) -> list[_Group[Cross]]:
    widths = mask.sum(1).tolist()
    groups = []
    for count in sorted(set(beams)):
        rows = [row for row, wanted in enumerate(beams) if wanted == count]
        own = [limits[row] for row in rows]
        width = max(widths[row] for row in rows)  # the group's own longest prompt
        search = BeamSearch(rules, len(rows), count, max(own) + 1, states.device)
        search.load([count] * len(rows), own)
        cross = decoder.cross_attention_cache(states[rows, :width], mask[rows, :width], count)
        groups.append(_Group(rows, count, own, search, cross))
    return groups
