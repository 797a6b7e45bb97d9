"""The loop: one step of the model for all that are still running, then one step of each search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model.decoding.decoder import Decoder, Memory, Past
from model.decoding.rules import Rules
from model.decoding.search import Found, Search, search

_LEAVE = 4
"""Ended questions leave when they are at least one in so many: leaving copies what stays."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The tokens of one answer."""

    ids: list[int]
    """Generated tokens after the start token, up to and with the end token."""
    logprobs: tuple[float, ...]
    """Natural-log probability of each token under the raw logits; forced tokens carry no evidence and are left out."""
    score: float = 0.0
    """By which the search preferred this answer; 0 where that is not known."""


@dataclass(slots=True)
class _Group:
    """Questions that share a number of beams; their rows stand together."""

    search: Search
    memory: Memory

    def advance(self, logits: Tensor) -> tuple[Tensor, Tensor | None, dict[int, Found]]:
        """One step: the next tokens, the rows that they go on from (None: all from themselves), the new answers."""
        before = self.search.ended
        token, origin = self.search.advance(logits)
        new = (self.search.ended & ~before).nonzero().flatten().tolist()
        found = {self.search.questions[place]: self.search.found(place) for place in new}
        if not found:
            return token, origin, found
        places = (~self.search.ended).nonzero().flatten()  # who is still running
        held, beams = len(self.search.questions), self.search.beams
        if (held - len(places)) * _LEAVE >= held:
            rows = (places[:, None] * beams + torch.arange(beams, device=places.device)).flatten()
            token, origin = token[rows], rows if origin is None else origin[rows]
            self.search.keep(places)
            self.memory.keep(places)
        return token, origin, found


def decode(
    decoder: Decoder, rules: Rules, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]
) -> list[Decoded]:
    """Decode a batch in which every question has its own settings.

    Args:
        decoder: The model's decoder.
        rules: What its generation config demands.
        states: Encoder states, [Q, S, D].
        mask: 1 where a state counts, 0 on padding behind them, [Q, S].
        beams: Width of each question's search; 1 is greedy.
        limits: The most tokens of each answer.

    Returns:
        One `Decoded` a question, the same as if the question had been alone.
    """
    groups = _groups(decoder, rules, states, mask, beams, limits)
    tokens = torch.full((sum(beams),), rules.start, device=states.device)  # [R]
    past, position = Past(len(decoder.layers)), 0
    answers: dict[int, Decoded] = {}
    while len(answers) < len(beams):
        logits = decoder.step(tokens, position, past, [group.memory for group in groups]).float()  # [R, V]
        position += 1
        begin, next_tokens, origins, moved = 0, [], [], False
        for group in groups:
            rows = len(group.search.questions) * group.search.beams
            token, origin, found = group.advance(logits[begin : begin + rows])
            for question, one in found.items():
                answers[question] = _decoded(rules, one, limits[question])
            moved = moved or origin is not None
            next_tokens.append(token)
            origins.append(begin + (torch.arange(rows, device=token.device) if origin is None else origin))
            begin += rows
        groups = [group for group in groups if group.search.questions]
        if moved and groups:
            past.reorder(torch.cat(origins))
        tokens = torch.cat(next_tokens)
    return [answers[question] for question in range(len(beams))]


def _groups(
    decoder: Decoder, rules: Rules, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]
) -> list[_Group]:
    widths = mask.sum(1).tolist()
    groups = []
    for count in sorted(set(beams)):
        rows = [row for row, wanted in enumerate(beams) if wanted == count]
        width = max(widths[row] for row in rows)  # the group's own longest prompt
        memory = decoder.remember(states[rows, :width], mask[rows, :width], count)
        groups.append(_Group(search(rules, count, rows, [limits[row] for row in rows], states.device), memory))
    return groups


def _decoded(rules: Rules, found: Found, limit: int) -> Decoded:
    evidence = tuple(p for position, p in enumerate(found.logprobs) if not rules.is_forced(position, limit))
    return Decoded(found.tokens, evidence, found.score)
