"""How likely given answers are: the same steps as for generating, with the tokens that are given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor

from model.generation.loop import Cross, SelfCache, StepDecoder
from model.progress import progress


def score(
    decoder: StepDecoder[SelfCache, Cross],
    start: int,
    states: Tensor,
    mask: Tensor,
    rows: Sequence[Sequence[Sequence[int]]],
) -> list[list[list[float]]]:
    """The log-probability of every token of every given answer.

    The answers to a question are the rows of one cache, as its beams are when it generates.

    Args:
        decoder: The model's decoder.
        start: The token that every answer grows from.
        states: Encoder states, [Q, S, D].
        mask: 1 where a state counts, 0 on padding behind them, [Q, S].
        rows: Token ids of the answers to each question, with their end.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for question, own in enumerate(rows):
        if own:
            groups[len(own)].append(question)
    places = [(one, row) for count, questions in groups.items() for one in questions for row in range(count)]
    found: list[list[list[float]]] = [[[] for _ in own] for own in rows]
    if not places:
        return found
    crosses = []
    for beams, questions in groups.items():
        width = int(mask[questions].sum(1).max())  # the group's own longest prompt
        crosses.append(decoder.cross_attention_cache(states[questions, :width], mask[questions, :width], beams))
    longest = max(len(rows[question][row]) for question, row in places)
    ids = torch.tensor([[*rows[q][r], *[start] * (longest - len(rows[q][r]))] for q, r in places], device=states.device)
    cache, tokens = decoder.self_attention_cache(), torch.full((len(places),), start, device=states.device)  # [R]
    lines = []
    for position in range(longest):
        logits = decoder.step(tokens, position, cache, crosses)  # [R, V]
        tokens = ids[:, position]
        lines.append(logits.log_softmax(-1, dtype=torch.float32).gather(1, tokens[:, None]))
        progress.moved()
    for (question, row), line in zip(places, torch.cat(lines, 1).tolist(), strict=True):
        found[question][row] = line[: len(rows[question][row])]
    return found
