"""The same through transformers' generate(): for settings that the loop does not know, and to hold the loop against."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model.generation.hypothesis import Hypothesis
from model.generation.rules import Seq2SeqModel
from model.progress import progress

if TYPE_CHECKING:
    from transformers.generation.configuration_utils import GenerationConfig


def generate_eagerly(
    model: Seq2SeqModel, states: Tensor, mask: Tensor, beams: Sequence[int], limits: Sequence[int]
) -> list[Hypothesis]:
    """Answer a batch in which every question has its own settings, in groups of equal ones.

    Args:
        model: An encoder-decoder of transformers.
        states: Encoder states, [Q, S, D].
        mask: 1 where a state counts, 0 on padding behind them, [Q, S].
        beams: Width of each question's search; 1 is greedy.
        limits: The most tokens of each answer.

    Returns:
        One hypothesis a question, the same as if the question had been alone; without its score.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, (count, limit) in enumerate(zip(beams, limits, strict=True)):
        # A limit changes which beams compete; greedy answers can be cut afterwards.
        groups[count, limit if count > 1 else 0].append(row)
    answers: dict[int, Hypothesis] = {}
    for (count, _), rows in groups.items():
        width = int(mask[rows].sum(1).max())  # the group's own longest prompt
        group = _generate(model, states[rows, :width], mask[rows, :width], count, [limits[row] for row in rows])
        answers.update(zip(rows, group, strict=True))
    return [answers[row] for row in range(len(beams))]


def _generate(model: Seq2SeqModel, states: Tensor, mask: Tensor, beams: int, limits: Sequence[int]) -> list[Hypothesis]:
    from transformers.generation.stopping_criteria import StoppingCriteriaList  # late: to import it takes long
    from transformers.modeling_outputs import BaseModelOutput

    config = model.generation_config
    sequences: list[list[int]] = model.generate(  # [B, 1 + T], the start token first
        # A fresh object each time: generate() expands it in place for beams.
        encoder_outputs=BaseModelOutput(last_hidden_state=states),
        attention_mask=mask,
        num_beams=beams,
        do_sample=False,
        max_new_tokens=max(limits),
        stopping_criteria=StoppingCriteriaList([_counts_steps]),
    ).tolist()
    start = sequences[0][0]
    answers = [_cut(row[1:], limit, config) for row, limit in zip(sequences, limits, strict=True)]
    logprobs = score_sequences(model, states, mask, [[start, *ids] for ids in answers])
    ends = _ends(config)
    for row, ids in enumerate(answers):
        if ids[-1] not in (*ends, config.forced_eos_token_id):
            same = [row] * len(ends)
            ended = score_sequences(model, states[same], mask[same], [[start, *ids, end] for end in ends])
            logprobs[row].append(math.log(math.fsum(math.exp(line[-1]) for line in ended)))
    forced = {
        "forced_bos": config.forced_bos_token_id is not None,
        "forced_eos": config.forced_eos_token_id is not None,
    }
    return [Hypothesis.of(ids, row, limit, **forced) for ids, row, limit in zip(answers, logprobs, limits, strict=True)]


def _counts_steps(ids: Tensor, scores: object, **_: object) -> Tensor:
    """Ends nothing; generate() asks it after each token."""
    progress.moved()
    return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)


def _cut(tokens: list[int], limit: int, config: GenerationConfig) -> list[int]:
    """A row's own answer: without padding, and ended at its own limit as generate() would have ended it."""
    ends = _ends(config)
    for position, token in enumerate(tokens[:limit]):
        if token in ends:
            return tokens[: position + 1]
    tokens = tokens[:limit]
    forced_end = config.forced_eos_token_id
    if forced_end is not None and len(tokens) == limit:
        tokens = [*tokens[:-1], forced_end]
    return tokens


def _ends(config: GenerationConfig) -> list[int]:
    end = config.eos_token_id
    return [end] if isinstance(end, int) else list(end)


def score_sequences(model: Seq2SeqModel, states: Tensor, mask: Tensor, rows: list[list[int]]) -> list[list[float]]:
    """Log-probability of every token after the first, row by row.

    One pass of the decoder over the finished answers. `output_logits` would give the same, but holds the logits of
    every beam at every step, which with a large vocabulary and a high limit is more memory than the model itself.
    """
    from transformers.modeling_outputs import BaseModelOutput  # late: to import it takes long

    scored: list[list[float]] = []
    pad = model.generation_config.pad_token_id
    # About 64 MB of fp32 logits at a time.
    width = max(len(row) for row in rows)
    chunk = max(1, 16_000_000 // (width * model.config.get_text_config().vocab_size))
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        ids = torch.full((len(part), max(len(row) for row in part)), pad, device=states.device)
        for index, row in enumerate(part):
            ids[index, : len(row)] = torch.tensor(row)
        logits = model(  # [b, T, V]; padding stands at the end and attention is causal: no row sees it
            encoder_outputs=BaseModelOutput(last_hidden_state=states[start : start + chunk]),
            attention_mask=mask[start : start + chunk],
            decoder_input_ids=ids[:, :-1],
            use_cache=False,
        ).logits
        chosen = logits.float().log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze(-1)  # [b, T]
        scored += [line[: len(row) - 1] for line, row in zip(chosen.tolist(), part, strict=True)]
    return scored
