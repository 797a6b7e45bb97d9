"""Greedy and beam search over a batch: which token comes next, and when an answer has ended.

Beam search as transformers 5 does it for one question at a time: the best 2 b continuations are looked at, an ended one
counts only among the first b of them, and a question ends by its own `early_stopping`. See `_beam_search` there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from model.decoding.rules import Rules

_BY_QUESTION = (
    *("_limits", "_tokens", "_logprobs", "_scores", "_improvable", "ended"),
    *("_done_tokens", "_done_logprobs", "_done_lengths", "_done_scores", "_is_done"),
)
"""The tensors of a beam search with a row a question."""
_NEVER = -1.0e9
"""A score that no real one falls below; transformers' own."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer as a search found it."""

    tokens: list[int]
    logprobs: list[float]
    """Under the raw logits, forced ones included."""
    score: float
    """By which the search preferred it: the sum of the scores over length to the power of the length penalty."""


class Search(Protocol):
    """The state of a search over Q questions with b rows each."""

    beams: int
    questions: list[int]
    """The numbers of the questions whose rows the model still computes."""
    ended: Tensor
    """Which of them have ended, bool [Q]."""

    def advance(self, logits: Tensor) -> tuple[Tensor, Tensor | None]:
        """Take the logits of the next token, float32 [Q b, V].

        Returns:
            The tokens to go on with, [Q b], and for each row the row that it goes on from, [Q b]; None: from itself.
        """
        ...

    def found(self, place: int) -> Found:
        """The answer to a question that has ended; `place` counts in `questions`."""
        ...

    def keep(self, places: Tensor) -> None:
        """Let go of all questions but those at these places."""
        ...


def search(rules: Rules, beams: int, questions: Sequence[int], limits: Sequence[int], device: torch.device) -> Search:
    """A search for questions that share a number of beams, whatever their limits."""
    kind = Greedy if beams == 1 else Beams
    return kind(rules, beams, list(questions), torch.tensor(limits, device=device))


class Greedy:
    """The likeliest token each time."""

    def __init__(self, rules: Rules, beams: int, questions: list[int], limits: Tensor) -> None:
        """Begin with the start token."""
        self.beams, self.questions = beams, questions
        self._rules, self._limits = rules, limits
        self._tokens = limits.new_full((len(questions), 1), rules.start)  # [Q, 1 + t]
        self._logprobs = torch.zeros(len(questions), 0, device=limits.device)  # [Q, t]
        self.ended = torch.zeros(len(questions), dtype=torch.bool, device=limits.device)
        self._lengths = torch.zeros_like(limits)

    def advance(self, logits: Tensor) -> tuple[Tensor, Tensor | None]:
        """See `Search`."""
        made = self._tokens.shape[1]
        last = self._limits == made
        token = self._rules.constrain(logits, self._tokens, last).argmax(-1)  # [Q]
        logprob = logits.gather(1, token[:, None]) - logits.logsumexp(-1, keepdim=True)
        self._tokens = torch.cat([self._tokens, token[:, None]], 1)
        self._logprobs = torch.cat([self._logprobs, logprob], 1)
        ends = (last | self._rules.is_end(token)) & ~self.ended
        self._lengths = torch.where(ends, made, self._lengths)
        self.ended = self.ended | ends
        return token, None

    def found(self, place: int) -> Found:
        """See `Search`."""
        length = int(self._lengths[place])
        logprobs = self._logprobs[place, :length].tolist()
        return Found(self._tokens[place, 1 : 1 + length].tolist(), logprobs, sum(logprobs))

    def keep(self, places: Tensor) -> None:
        """See `Search`."""
        self.questions = [self.questions[place] for place in places.tolist()]
        self._tokens, self._logprobs = self._tokens[places], self._logprobs[places]
        self._limits, self._lengths, self.ended = self._limits[places], self._lengths[places], self.ended[places]


class Beams:
    """The b likeliest answers side by side. Running ones grow; done ones wait for better ones."""

    def __init__(self, rules: Rules, beams: int, questions: list[int], limits: Tensor) -> None:
        """Begin each question with one beam that counts; the others would only repeat it."""
        self.beams, self.questions = beams, questions
        self._rules, self._limits = rules, limits
        count, device = len(questions), limits.device
        self._room = 1 + int(limits.max())
        self._candidates = max(2, 1 + len(rules.ends)) * beams
        self._made = 1  # tokens of each running answer, the start token among them
        self._tokens = limits.new_full((count, beams, self._made), rules.start)
        self._logprobs = torch.zeros(count, beams, 0, device=device)
        self._scores = torch.full((count, beams), _NEVER, device=device)
        self._scores[:, 0] = 0
        self._done_tokens = torch.zeros_like(self._tokens)
        self._done_logprobs = torch.zeros_like(self._logprobs)
        self._done_lengths = torch.zeros_like(self._tokens[:, :, 0])
        self._done_scores = torch.full_like(self._scores, _NEVER)
        self._is_done = torch.zeros_like(self._scores, dtype=torch.bool)
        self._improvable = torch.ones(count, 1, dtype=torch.bool, device=device)
        self.ended = torch.zeros(count, dtype=torch.bool, device=device)
        self._best: dict[int, Found] = {}

    def advance(self, logits: Tensor) -> tuple[Tensor, Tensor | None]:
        """See `Search`."""
        count, beams, vocabulary = len(self.questions), self.beams, logits.shape[-1]
        logprobs = logits.log_softmax(-1)  # [Q b, V]
        last = self._limits == self._made  # [Q]
        allowed = self._rules.constrain(logprobs, self._tokens.flatten(0, 1), last.repeat_interleave(beams))
        totals = (allowed.view(count, beams, -1) + self._scores[:, :, None]).view(count, -1)
        top, chosen = totals.topk(self._candidates)  # [Q, K]
        origin, token = chosen // vocabulary, chosen % vocabulary
        evidence = logprobs.view(count, -1).gather(1, chosen)
        tokens = torch.cat([_pick(self._tokens, origin), token[:, :, None]], 2)  # [Q, K, 1 + t]
        proofs = torch.cat([_pick(self._logprobs, origin), evidence[:, :, None]], 2)  # [Q, K, t]
        ends = self._rules.is_end(token) | last[:, None]  # [Q, K]

        going = top + ends * _NEVER
        onward = going.topk(beams)[1]  # [Q, b]
        self._tokens, self._logprobs = _pick(tokens, onward), _pick(proofs, onward)
        self._scores = going.gather(1, onward)
        self._take_done(top, tokens, proofs, ends)
        self._made += 1
        self._judge(ends)

        rows = origin.gather(1, onward) + torch.arange(count, device=logits.device)[:, None] * beams
        return self._tokens[:, :, -1].flatten(), rows.flatten()

    def found(self, place: int) -> Found:
        """See `Search`."""
        return self._best[self.questions[place]]

    def keep(self, places: Tensor) -> None:
        """See `Search`."""
        self.questions = [self.questions[place] for place in places.tolist()]
        for name in _BY_QUESTION:
            setattr(self, name, getattr(self, name)[places])

    def _take_done(self, top: Tensor, tokens: Tensor, proofs: Tensor, ends: Tensor) -> None:
        """Candidates that have ended join the done answers where they are better; made counts before this token."""
        beams, rules = self.beams, self._rules
        among_first = torch.arange(self._candidates, device=top.device) < beams
        ends = ends & among_first
        scores = top / (self._made**rules.length_penalty)
        full = self._is_done.all(-1, keepdim=True) & (rules.early_stopping is True)
        scores = scores + full * _NEVER + ~self._improvable * _NEVER + ~ends * _NEVER
        merged = torch.cat([self._done_scores, scores], 1)
        best = merged.topk(beams)[1]
        self._done_scores = merged.gather(1, best)
        self._is_done = torch.cat([self._is_done, ends], 1).gather(1, best)
        lengths = torch.full_like(ends, self._made, dtype=torch.long)
        self._done_lengths = torch.cat([self._done_lengths, lengths], 1).gather(1, best)
        pad = (0, 1)  # the answers done before are one token shorter
        self._done_tokens = _pick(torch.cat([torch.nn.functional.pad(self._done_tokens, pad), tokens], 1), best)
        self._done_logprobs = _pick(torch.cat([torch.nn.functional.pad(self._done_logprobs, pad), proofs], 1), best)

    def _judge(self, ends: Tensor) -> None:
        """Mark the questions that end here, and write down their best answers."""
        rules = self._rules
        if rules.early_stopping == "never" and rules.length_penalty > 0:
            length: Tensor | int = self._limits[:, None]
        else:
            length = self._made - 1
        possible = self._scores[:, :1] / (length**rules.length_penalty)
        worst = torch.where(self._is_done, self._done_scores.amin(1, keepdim=True), _NEVER)  # [Q, b]
        self._improvable = self._improvable & (possible > worst).any(-1, keepdim=True)
        full = self._is_done.all(-1) & (rules.early_stopping is True)
        now = (~self._improvable[:, 0] | full | ends.all(-1)) & ~self.ended
        for place in now.nonzero().flatten().tolist():
            size = int(self._done_lengths[place, 0])
            self._best[self.questions[place]] = Found(
                self._done_tokens[place, 0, 1 : 1 + size].tolist(),
                self._done_logprobs[place, 0, :size].tolist(),
                float(self._done_scores[place, 0]),
            )
        self.ended = self.ended | now


def _pick(values: Tensor, places: Tensor) -> Tensor:
    """The beams at these places, [Q, n, ..] from [Q, m, ..]."""
    return values.gather(1, places[:, :, None].expand(-1, -1, values.shape[2]))
