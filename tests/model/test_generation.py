"""The decoding loop against transformers' own generate(): the same tokens and scores, whatever the settings."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import tiny
import torch
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.families.florence2.decoder import Decoder
from model.generation.eager import generate_eagerly
from model.generation.hypothesis import Hypothesis
from model.generation.loop import generate
from model.generation.rules import GenerationRules
from model.loading import builtin_path

SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {"forced_bos_token_id": None},
    "stock": {"forced_eos_token_id": 2, "no_repeat_ngram_size": 3, "early_stopping": True, "num_beams": 3},
    "no repeats": {"no_repeat_ngram_size": 1},
    "pairs once, short preferred": {"no_repeat_ngram_size": 2, "length_penalty": -0.7},
    "long preferred": {"length_penalty": 2.0, "early_stopping": True},
    "never early": {"early_stopping": "never", "length_penalty": 0.6},
    "no penalty, never early": {"early_stopping": "never", "length_penalty": 0.0},
    "two ends": {"eos_token_id": [2, 9], "early_stopping": True},
    "not too short": {"min_new_tokens": 4, "forced_eos_token_id": 2},
    "all at once": {
        "forced_eos_token_id": 2,
        "eos_token_id": [2, 7],
        "no_repeat_ngram_size": 2,
        "min_new_tokens": 2,
        "early_stopping": True,
        "length_penalty": 1.5,
    },
}

Model = Florence2ForConditionalGeneration


@pytest.fixture(scope="module", params=range(3))
def tiny_model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tiny.build(tmp_path_factory.mktemp("generation"), seed=request.param)
    return Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def built_in() -> Model:
    return Florence2ForConditionalGeneration.from_pretrained(builtin_path(), dtype=torch.float32).eval()


@contextmanager
def having(model: Model, **settings: Any) -> Iterator[GenerationRules]:
    """A model whose generation config says something else for a while."""
    before = model.generation_config.to_dict()
    try:
        model.generation_config.update(**settings)
        rules = GenerationRules.read(model)
        assert rules is not None
        yield rules
    finally:
        model.generation_config.update(**before)


def batch(model: Model, rng: random.Random, count: int, limit: int) -> tuple[torch.Tensor, ...]:
    """Encoder states with padding behind them, beams and limits at random."""
    width = model.config.text_config.d_model
    lengths = [rng.randint(3, 14) for _ in range(count)]
    states = torch.randn(count, max(lengths), width, generator=torch.Generator().manual_seed(rng.randrange(2**31)))
    mask = torch.tensor([[1] * length + [0] * (max(lengths) - length) for length in lengths])
    beams = [rng.choice((1, 1, 2, 3, 3, 4, 5, 7, 10)) for _ in range(count)]
    limits = [rng.choice((1, 2, 3, 5, 8, limit)) for _ in range(count)]
    return states, mask, beams, limits  # type: ignore[return-value]


@torch.inference_mode()
def alone(
    model: Model, states: torch.Tensor, mask: torch.Tensor, beams: int, limit: int
) -> tuple[list[int], Hypothesis]:
    """What generate() says to one question without padding, and its evidence from the raw logits."""
    length = int(mask.sum())
    out: Any = model.generate(
        encoder_outputs=BaseModelOutput(last_hidden_state=states[None, :length]),
        attention_mask=mask[None, :length],
        num_beams=beams,
        do_sample=False,
        max_new_tokens=limit,
        output_logits=True,
        output_scores=True,
        return_dict_in_generate=True,
    )
    tokens = out.sequences[0, 1:].tolist()
    config = model.generation_config
    ends = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
    stop = next((place + 1 for place, token in enumerate(tokens) if token in ends), len(tokens))
    evidence = []
    for step, token in enumerate(tokens[:stop]):
        row = int(out.beam_indices[0, step]) if beams > 1 else 0
        first = step == 0 and config.forced_bos_token_id is not None
        if not first or (limit == 1 and config.forced_eos_token_id is not None):
            evidence.append(float(out.logits[step][row].log_softmax(-1)[token]))
    said, limited = tokens[:stop], config.forced_eos_token_id is not None and stop == limit
    if not limited and said[-1] not in ends:  # how likely it was to end there
        logits = model(
            encoder_outputs=BaseModelOutput(last_hidden_state=states[None, :length]),
            attention_mask=mask[None, :length],
            decoder_input_ids=out.sequences[:, : stop + 1],
        ).logits
        evidence.append(float(logits[0, -1].log_softmax(-1)[ends].logsumexp(0)))
        limited = True
    score = float(out.sequences_scores[0]) if beams > 1 else 0.0
    return said, Hypothesis(said, tuple(evidence), score, truncated=limited and math.exp(evidence[-1]) < 0.5)


@torch.inference_mode()
def check(model: Model, rules: GenerationRules, rng: random.Random, count: int, limit: int) -> set[tuple[int, ...]]:
    states, mask, beams, limits = batch(model, rng, count, limit)
    answers = generate(Decoder(model), rules, states, mask, beams, limits)  # type: ignore[arg-type]
    for row, answer in enumerate(answers):
        tokens, wanted = alone(model, states[row], mask[row], int(beams[row]), int(limits[row]))
        assert answer.ids == tokens, f"beams {beams[row]}, limit {limits[row]}"
        assert answer.logprobs == pytest.approx(wanted.logprobs, abs=2e-4)
        assert answer.truncated == wanted.truncated
        if beams[row] > 1:
            assert answer.score == pytest.approx(wanted.score, rel=1e-4, abs=2e-4)
    return {tuple(answer.ids) for answer in answers}


@pytest.mark.filterwarnings("ignore:Unfeasible length constraints")  # a limit below the least length: the limit wins
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_any_settings_in_one_batch_give_what_generate_gives(tiny_model: Model, settings: dict[str, Any]) -> None:
    with having(tiny_model, **settings) as rules:
        said = check(tiny_model, rules, random.Random(str(settings)), 14, 20)
    assert len(said) > 4  # it does not always say the same


def test_the_built_in_model(built_in: Model) -> None:
    with having(built_in) as rules:
        check(built_in, rules, random.Random(5), 24, 20)


@torch.inference_mode()
@pytest.mark.parametrize("settings", [{}, SETTINGS["stock"], SETTINGS["two ends"]])
def test_generate_in_groups_gives_the_same(tiny_model: Model, settings: dict[str, Any]) -> None:
    """The way for settings that the loop does not know."""
    states, mask, beams, limits = batch(tiny_model, random.Random(8), 12, 12)
    with having(tiny_model, **settings) as rules:
        plain = generate_eagerly(tiny_model, states, mask, beams, limits)  # type: ignore[arg-type]
        ours = generate(Decoder(tiny_model), rules, states, mask, beams, limits)  # type: ignore[arg-type]
    assert [one.ids for one in plain] == [one.ids for one in ours]
    for one, other in zip(plain, ours, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=2e-4)
        assert one.truncated == other.truncated
    assert any(one.truncated for one in ours)


@pytest.mark.parametrize("unknown", [{"repetition_penalty": 1.3}, {"bad_words_ids": [[9]]}, {"suppress_tokens": [9]}])
def test_settings_that_the_loop_does_not_know_are_left_to_generate(tiny_model: Model, unknown: dict[str, Any]) -> None:
    before = tiny_model.generation_config.to_dict()
    try:
        tiny_model.generation_config.update(**unknown)
        assert GenerationRules.read(tiny_model) is None
    finally:
        tiny_model.generation_config.update(**before)
    assert GenerationRules.read(tiny_model) is not None
