"""Greedy and beam search of a whole batch in one set of buffers, whatever the width and the limit of each question.

Beam search as transformers 5 does it for one question at a time (`_beam_search` in its generation/utils.py): the best
2 b continuations are looked at, an ended one counts only among the first b of them, and a question ends by its own
`early_stopping`. Greedy search is a beam search of width 1 that ends when its likeliest candidate has ended. A question
with fewer beams than there are rows has dead rows whose score is minus infinity. Ended questions are computed on; their
answers stay as they were. A question whose answers were cut at its limit goes one step further, which says how likely
each of them was to end there. Nothing here waits for the device but `hypotheses`, so that a CUDA graph can hold a step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from model.generation.hypothesis import Hypothesis
from model.generation.rules import GenerationRules

_NEVER = -1.0e9
"""A score that no real one falls below; transformers' own."""


_BY_QUESTION = (
    *("_tokens", "_logprobs", "_scores", "_done", "_best", "_lengths"),
    *("_limits", "_widths", "_alive", "_first", "ended"),
)
"""The tensors of a search with a row a question."""


class BeamSearch:
    """The state of a search over Q questions with B rows each and room for T tokens. V: words of the vocabulary."""

    def __init__(self, rules: GenerationRules, questions: int, beams: int, room: int, device: torch.device) -> None:
        """Allocate, with no question that is still open; there has to be room for the longest answer and one token."""
        self._rules, self._shape = rules, (questions, beams)
        room = max(room, rules.no_repeat_ngram_size)  # a run that is looked for has to fit
        # One candidate is enough for greedy search alone: it ends with the likeliest or goes on with it.
        self._candidates = max(2, 1 + len(rules.eos_token_ids)) * beams if beams > 1 else 1

        def full(*shape: int, value: float = 0.0) -> Tensor:
            return torch.full((questions, *shape), value, device=device)

        def whole(*shape: int) -> Tensor:
            return torch.zeros((questions, *shape), dtype=torch.long, device=device)

        # The second half of a question's rows are no beams: they hold the best answers that have ended. What stands
        # there behind their ends means nothing.
        self._tokens = whole(2 * beams, room + 1)  # with the start token
        self._logprobs = full(2 * beams, room)
        self._scores = full(beams)
        self._done = full(beams)  # scores of ended answers, infinite in dead rows, _NEVER where there is none yet
        self._best, self._lengths = full(beams), whole(beams)  # of the ended answers, -infinity where there is none
        self.ended = torch.ones(questions, dtype=torch.bool, device=device)
        """Which questions have ended, [Q]."""

        self._limits, self._widths = whole(), whole()
        self._alive = torch.zeros(questions, beams, dtype=torch.bool, device=device)
        self._first = torch.zeros(questions, self._candidates, dtype=torch.bool, device=device)
        powers = [(1 + place) ** rules.length_penalty for place in range(room)]
        self._powers = torch.tensor(powers, device=device)  # of the length at each position, [T]
        self._ends = torch.tensor(rules.eos_token_ids, device=device)
        self.load([], [])

    def load(self, beams: Sequence[int], limits: Sequence[int]) -> None:
        """Begin with these questions; those beyond them have ended already.

        Args:
            beams: Width of each question's search.
            limits: The most tokens of each answer.
        """
        count, rows = self._shape
        unused = [1] * (count - len(beams))
        settings = torch.tensor([[*beams, *unused], [*limits, *unused]], device=self.ended.device)  # [2, Q]
        self._widths.copy_(settings[0])
        self._limits.copy_(settings[1])
        width = self._widths[:, None]
        places = torch.arange(max(rows, self._candidates), device=width.device)
        self._alive.copy_(places[:rows] < width)
        self._first.copy_(places[: self._candidates] < width)
        self._tokens[:, :, 0] = self._rules.decoder_start_token_id
        # One beam of a question counts; the others would only repeat it.
        self._scores.fill_(_NEVER).masked_fill_(~self._alive, -torch.inf)
        self._scores[:, 0] = 0.0
        self._done.fill_(_NEVER).masked_fill_(~self._alive, torch.inf)
        self._best.fill_(-torch.inf)
        self._lengths.zero_()
        self.ended.fill_(True)
        self.ended[: len(beams)] = False

    def advance(self, logits: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """Take the logits of the next token.

        Args:
            logits: [Q B, V].
            position: Tokens chosen before this one, [1].

        Returns:
            The tokens to go on with, [Q B], and for each row the row of its question that it goes on from, [Q, B].
        """
        count, beams = self._shape
        vocabulary = logits.shape[1]
        logprobs = logits.log_softmax(-1, dtype=torch.float32)  # [Q B, V]
        shift = logits[:, 0].float() - logprobs[:, 0]  # [Q B]: what follows changes `logprobs` where they stand
        end = logprobs.index_select(1, self._ends).logsumexp(1).view(count, beams)
        last = self._limits == position + 1  # [Q]
        totals = self._totals(logprobs, position, last).view(count, -1)
        if self._candidates == 1:
            top, chosen = totals.max(1, keepdim=True)
        else:
            top, chosen = totals.topk(self._candidates)  # [Q, K]
        origin, token = chosen // vocabulary, chosen % vocabulary
        evidence = logits.view(count, -1).gather(1, chosen).float() - shift.view(count, beams).gather(1, origin)
        ends = self._rules.is_end(token) | last[:, None]  # [Q, K]

        # A question with b beams considers the best (1 + ends) b candidates. All come first here; b of them go on,
        # as no beam has more candidates with an end than there are ends.
        going = top + ends * _NEVER
        scores, onward = going.topk(beams)  # [Q, B]
        power = self._powers.index_select(0, position)
        counted = ends & self._first & (position < self._limits)[:, None]
        kept, taken = self._take_done(top / power, counted, position)  # [Q, B] each
        cut = last[:, None] & (kept < 0) & ~self._rules.is_end(token.gather(1, taken)) & ~self._best.isneginf()
        onward = torch.where(cut, taken, onward)

        places = torch.cat([onward, taken], 1)  # [Q, 2 B]
        origin = origin.gather(1, places)
        # An ended answer goes on from itself while it is among the best; what it then takes in stands behind its end:
        # of one that was cut, how likely that was.
        source = torch.cat([origin[:, :beams], torch.where(kept < 0, origin[:, beams:], beams + kept)], 1)
        token, evidence = token.gather(1, places), evidence.gather(1, places)
        behind = end.gather(1, kept.clamp_min(0))
        evidence[:, beams:] = torch.where(kept < 0, evidence[:, beams:], behind)
        _grow(self._tokens, source, token, position + 1)
        _grow(self._logprobs, source, evidence, position)
        self._scores.copy_(scores.masked_fill(~self._alive, -torch.inf))
        self._judge(position, power, cut.any(1))
        return token[:, :beams].flatten(), origin[:, :beams]

    def hypotheses(self, beams: Sequence[int], limits: Sequence[int]) -> list[Hypothesis]:
        """The answers, in one transfer from the device; of a question that has not ended the best one so far.

        Args:
            beams: Width of each question's search, as given to `load`.
            limits: The most tokens of each answer, as given to `load`.
        """
        most = max(limits)
        ended = slice(self._shape[1], None)
        tokens, logprobs = self._tokens[:, ended, 1 : 1 + most], self._logprobs[:, ended, : most + 1]
        parts = (self._lengths[..., None], self._best[..., None], tokens, logprobs)
        rows: list[list[list[float]]] = torch.cat([part[: len(beams)].double() for part in parts], 2).tolist()
        found = []
        for (best, *more), width, limit in zip(rows, beams, limits, strict=True):
            there = (row for row in more if row[1] > -math.inf)
            others = tuple(_hypothesis(self._rules, row, width, limit, most) for row in there)
            found.append(replace(_hypothesis(self._rules, best, width, limit, most), others=others))
        return found

    def keep(self, questions: Tensor) -> None:
        """Let go of all questions but those at these places, [q]."""
        self._shape = (len(questions), self._shape[1])
        for name in _BY_QUESTION:
            setattr(self, name, getattr(self, name)[questions])

    def _totals(self, logprobs: Tensor, position: Tensor, last: Tensor) -> Tensor:
        """Scores of all continuations as the rules allow them, [Q, B, V]; written where `logprobs` stand, [Q B, V]."""
        rules, count = self._rules, len(last)
        if rules.no_repeat_ngram_size:
            self._ban_repeats(logprobs, position)
        if rules.min_new_tokens:
            early = torch.where(position < rules.min_new_tokens, -torch.inf, 0.0)  # [1]
            for end in rules.eos_token_ids:
                logprobs[:, end].add_(early)
        final = last[:, None] & bool(rules.forced_eos_token_ids)  # [Q, 1]: nothing but these tokens
        first = (position == 0) & ~final & (rules.forced_bos_token_id is not None)
        totals = logprobs.view(count, -1, logprobs.shape[1])
        totals += self._scores.masked_fill(final | first, -torch.inf)[:, :, None]
        for token in rules.forced_eos_token_ids:
            totals[:, :, token] = torch.where(final, self._scores, totals[:, :, token])
        if rules.forced_bos_token_id is not None:
            totals[:, :, rules.forced_bos_token_id] = torch.where(
                first, self._scores, totals[:, :, rules.forced_bos_token_id]
            )
        return totals

    def _ban_repeats(self, logprobs: Tensor, position: Tensor) -> None:
        """Minus infinity for tokens that would complete a run which was there before."""
        size = self._rules.no_repeat_ngram_size
        tokens = self._tokens[:, : self._shape[1]].flatten(0, 1)  # [Q B, 1 + T]
        newest = (position - size + 2 + torch.arange(size - 1, device=tokens.device)).clamp_min(0)
        prefix = tokens.index_select(1, newest)  # [Q B, n-1]; what it holds before there are so many is not used
        runs = tokens.unfold(1, size, 1)  # [Q B, N, n]
        complete = torch.arange(runs.shape[1], device=tokens.device) + size - 1 <= position  # [N]
        same = (runs[..., :-1] == prefix[:, None]).all(-1) & complete  # [Q B, N]
        logprobs.scatter_add_(1, runs[..., -1], torch.where(same, -torch.inf, 0.0))

    def _take_done(self, scores: Tensor, ends: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """Candidates that have ended join the ended answers where they are better.

        Args:
            scores: Of all candidates, if they end here, [Q, K].
            ends: Which of them do and count, [Q, K].
            position: Tokens before this one, [1].

        Returns:
            For each of the best answers so far which of those before it is, or -1, and else which of these candidates,
            [Q, B] each.
        """
        beams = self._shape[1]
        scores = scores.masked_fill(~ends, -torch.inf)
        self._done.copy_(torch.cat([self._done, scores], 1).topk(beams)[0])
        scores = scores.masked_fill(self.ended[:, None] | scores.isnan(), -torch.inf)
        best, places = torch.cat([self._best, scores], 1).topk(beams)
        new = places >= beams
        self._best.copy_(best)
        lengths = torch.where(new, position + 1, self._lengths.gather(1, places.clamp_max(beams - 1)))
        self._lengths.copy_(lengths.masked_fill(best.isneginf(), 0))
        return torch.where(new, -1, places), (places - beams).clamp_min(0)

    def _judge(self, position: Tensor, power: Tensor, cut: Tensor) -> None:
        """Mark the questions that end here.

        Args:
            position: Tokens before this one, [1].
            cut: Which questions hear of the ends of their answers in the next step, [Q].
            power: The length with this token to the power of the length penalty, [1].
        """
        rules = self._rules
        if rules.early_stopping == "never" and rules.length_penalty > 0:
            power = self._powers.index_select(0, self._limits - 1)  # [Q]
        worst = self._done.amin(1)  # [Q]; _NEVER until there are as many answers as beams
        full = worst > _NEVER
        early = (self._widths == 1) | (rules.early_stopping is True)
        improvable = self._scores[:, 0] / power > worst
        self.ended |= ((full & early) | ~improvable | (self._limits <= position + 1)) & ~cut


def _hypothesis(rules: GenerationRules, row: list[float], width: int, limit: int, most: int) -> Hypothesis:
    """An answer from its length, its score, `most` tokens and one more log-probability."""
    size = int(row[0])
    ids, logprobs = [int(token) for token in row[2 : 2 + size]], row[2 + most : 2 + most + size]
    # Greedy search prefers nothing by its score: it is the evidence, of forced tokens too.
    score = sum(logprobs) if width == 1 else row[1]
    if ids and ids[-1] not in (*rules.eos_token_ids, *rules.forced_eos_token_ids):
        logprobs.append(row[2 + most + size])
    first, last = rules.forced_bos_token_id is not None, bool(rules.forced_eos_token_ids)
    return Hypothesis.of(ids, logprobs, limit, score, forced_bos=first, forced_eos=last)


def _grow(rows: Tensor, source: Tensor, newest: Tensor, place: Tensor) -> None:
    """In place: row b of a question becomes its row `source[q, b]`, with its newest value at a place.

    Args:
        rows: [Q, n, T].
        source: [Q, n].
        newest: [Q, n].
        place: [1].
    """
    rows.copy_(rows.gather(1, source[:, :, None].expand_as(rows)))
    rows.index_copy_(2, place, newest[:, :, None])
