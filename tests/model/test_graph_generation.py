"""The loop of fixed shapes against generate() and against the other loop; without a GPU, so without a graph."""

from __future__ import annotations

import random
from typing import Any

import pytest
import test_generation
import torch
from test_generation import SETTINGS, Model, alone, batch, having
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from model.families.florence2.static_decoder import Shape, StaticDecoder
from model.generation import graph_loop
from model.generation.eager import score_sequences
from model.generation.graph_loop import DecodingState, GraphLoop
from model.generation.loop import generate

tiny_model, built_in = test_generation.tiny_model, test_generation.built_in

unfeasible = pytest.mark.filterwarnings("ignore:Unfeasible length constraints")  # limit below least length: it wins
Batch = tuple[torch.Tensor, torch.Tensor, list[int], list[int]]


def check(model: Model, loop: GraphLoop, questions: Batch) -> set[tuple[int, ...]]:
    """Every answer of a batch is what generate() says to its question alone."""
    states, mask, beams, limits = questions
    answers = loop.generate(*questions)
    for row, answer in enumerate(answers):
        tokens, wanted = alone(model, states[row], mask[row], beams[row], limits[row])
        assert answer.ids == tokens, f"beams {beams[row]}, limit {limits[row]}"
        assert answer.logprobs == pytest.approx(wanted.logprobs, abs=2e-4)
        assert answer.truncated == wanted.truncated
        if beams[row] > 1:
            assert answer.score == pytest.approx(wanted.score, rel=1e-4, abs=2e-4)
    return {tuple(answer.ids) for answer in answers}


@unfeasible
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_any_settings_in_batches_of_any_size_give_what_generate_gives(
    tiny_model: Model, settings: dict[str, Any]
) -> None:
    rng = random.Random(f"static {settings}")
    said: set[tuple[int, ...]] = set()
    with having(tiny_model, **settings) as rules:
        loop = GraphLoop(StaticDecoder(tiny_model), rules)
        for count in (13, 11, 1, 2):  # the first two use the same buffers
            said |= check(tiny_model, loop, batch(tiny_model, rng, count, 20))  # type: ignore[arg-type]
    assert len(said) > 4  # it does not always say the same


def test_the_built_in_model(built_in: Model) -> None:
    with having(built_in) as rules:
        check(built_in, GraphLoop(StaticDecoder(built_in), rules), batch(built_in, random.Random(5), 24, 20))  # type: ignore[arg-type]


@pytest.mark.parametrize("settings", [{}, SETTINGS["stock"], SETTINGS["two ends"]])
def test_questions_that_end_long_before_the_last_keep_their_answers(
    tiny_model: Model, settings: dict[str, Any]
) -> None:
    states, mask, _, _ = batch(tiny_model, random.Random(3), 8, 1)
    with having(tiny_model, **settings, min_new_tokens=0) as rules:
        loop = GraphLoop(StaticDecoder(tiny_model), rules)
        for beams in ([3] * 8, [1] * 8, [1, 3, 2, 5, 5, 4, 1, 2]):
            check(tiny_model, loop, (states, mask, beams, [1, 2, 3, 4, 2, 5, 1, 30]))


@pytest.mark.parametrize("early", [False, "never"])
def test_a_search_stops_where_generate_stops_though_better_answers_would_come(tiny_model: Model, early: object) -> None:
    states, mask, _, _ = batch(tiny_model, random.Random(12), 24, 1)
    ends = [2, 9, 12, 17, 23, 31, 40]  # so many that answers of all lengths come up
    with having(tiny_model, early_stopping=early, length_penalty=2.0, eos_token_id=ends) as rules:
        loop = GraphLoop(StaticDecoder(tiny_model), rules)
        said = check(tiny_model, loop, (states, mask, [1, 1, 2] * 8, [20] * 24))
    assert len({len(answer) for answer in said}) > 2


def test_no_step_is_taken_when_all_have_ended(built_in: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    states, mask, _, _ = batch(built_in, random.Random(13), 3, 1)
    steps, step = [], DecodingState.step

    def counted(self: DecodingState) -> None:
        steps.append(self)
        step(self)

    monkeypatch.setattr(DecodingState, "step", counted)
    with having(built_in) as rules:
        answers = GraphLoop(StaticDecoder(built_in), rules).generate(states, mask, [1, 1, 1], [60] * 3)
    assert 0 < len(steps) == max(len(one.ids) for one in answers) < 60


def test_more_tokens_than_most_answers_have(tiny_model: Model) -> None:
    states, mask, _, _ = batch(tiny_model, random.Random(4), 3, 1)
    with having(tiny_model, min_new_tokens=45, no_repeat_ngram_size=3) as rules:
        loop = GraphLoop(StaticDecoder(tiny_model), rules)
        said = check(tiny_model, loop, (states, mask, [1, 2, 3], [50, 63, 55]))
    assert max(len(answer) for answer in said) > 45


@torch.inference_mode()
def test_the_evidence_and_the_score_are_those_of_the_other_loop(tiny_model: Model) -> None:
    """Also the score of greedy answers, which generate() does not tell, and whatever the config prefers."""
    questions: Batch = batch(tiny_model, random.Random(6), 20, 12)  # type: ignore[assignment]
    with having(tiny_model, **SETTINGS["all at once"]) as rules:
        decoder = StaticDecoder(tiny_model)
        wanted = generate(decoder, rules, *questions)
        for answer, other in zip(GraphLoop(decoder, rules).generate(*questions), wanted, strict=True):
            assert answer.ids == other.ids
            assert answer.logprobs == pytest.approx(other.logprobs, abs=1e-4)
            assert answer.score == pytest.approx(other.score, abs=1e-4)


@torch.inference_mode()
@pytest.mark.parametrize("shape", [Shape(3, 5, 14, 9), Shape(4, 10, 64, 32), Shape(16, 7, 128, 63)])
def test_more_room_changes_nothing(tiny_model: Model, shape: Shape) -> None:
    states, mask, _, _ = batch(tiny_model, random.Random(7), 3, 1)
    beams, limits = [1, 5, 3], [8, 8, 5]
    with having(tiny_model, no_repeat_ngram_size=2) as rules:
        decoder = StaticDecoder(tiny_model)
        state = DecodingState(decoder, rules, shape)
        state.load(states, mask, beams, limits)
        for _ in range(9):
            state.step()
        assert bool(state.ended)
        wanted = generate(decoder, rules, states, mask, beams, limits)
    found = state.hypotheses(beams, limits)
    assert [one.ids for one in found] == [one.ids for one in wanted]
    assert [one.score for one in found] == pytest.approx([one.score for one in wanted], abs=1e-4)


@torch.inference_mode()
def test_rows_without_a_question_compute_numbers(tiny_model: Model) -> None:
    states, mask, _, _ = batch(tiny_model, random.Random(8), 2, 1)
    decoder = StaticDecoder(tiny_model)
    context = decoder.context(Shape(4, 3, 64, 8))
    origin = torch.zeros(4, 3, dtype=torch.long)

    def run() -> torch.Tensor:
        logits = []
        for _ in range(8):
            logits.append(decoder.advance(torch.full((12,), 5), context))
            context.advance(origin)
        return torch.cat(logits)

    decoder.fill(context, torch.full((4, 64, states.shape[2]), torch.nan), torch.ones(4, 64))
    assert run().isnan().all()
    decoder.fill(context, states, mask)
    assert context.bias.amax(-1).eq(0).all()  # all see something: a softmax over nothing is no number on some devices
    assert run().isfinite().all()


def test_a_question_that_goes_wrong_harms_no_other(tiny_model: Model) -> None:
    questions: Batch = batch(tiny_model, random.Random(9), 5, 8)  # type: ignore[assignment]
    states, mask, beams, _ = questions
    with having(tiny_model, min_new_tokens=4) as rules:
        loop = GraphLoop(StaticDecoder(tiny_model), rules)
        before = loop.generate(states, mask, beams, [8] * 5)
        wrong = states.clone()
        wrong[0] = torch.nan
        answers = loop.generate(wrong, mask, beams, [8] * 5)
        assert answers[0].ids == []  # nothing is known of it, also nothing of the batch before
        assert answers[1:] == before[1:]
        assert loop.generate(states, mask, beams, [8] * 5) == before


def test_batches_beyond_the_memory_are_decoded_in_parts(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    questions: Batch = batch(tiny_model, random.Random(10), 11, 8)  # type: ignore[assignment]
    parts: list[tuple[Shape, int]] = []
    load = DecodingState.load

    def watched(self: DecodingState, states: torch.Tensor, *others: Any) -> None:
        parts.append((self.shape, len(states)))
        load(self, states, *others)

    monkeypatch.setattr(DecodingState, "load", watched)
    decoder = StaticDecoder(tiny_model)
    with having(tiny_model) as rules:
        needed = decoder.bytes_for(Shape(4, 10, 64, 32)) * graph_loop._SHAPES
        check(tiny_model, GraphLoop(decoder, rules, memory=needed), questions)
        assert [count for _, count in parts] == [4, 4, 3]
        assert {shape.questions for shape, _ in parts} == {4}
        parts.clear()
        check(tiny_model, GraphLoop(decoder, rules, memory=1), questions)  # the least there is: one at a time
        assert [count for _, count in parts] == [1] * 11
        parts.clear()
        check(tiny_model, GraphLoop(decoder, rules), questions)
        assert [count for _, count in parts] == [11]


def test_the_memory_is_what_the_buffers_take(tiny_model: Model) -> None:
    decoder, shape = StaticDecoder(tiny_model), Shape(4, 3, 64, 32)
    context = decoder.context(shape)
    logits = 4 * 3 * decoder.weight.shape[0] * 4 * 2  # as the model gives them and as the search takes them
    held = sum(one.nbytes for one in (context.self_cache, context.own, context.cross_cache))
    assert decoder.bytes_for(shape) == held + logits


@torch.inference_mode()
@pytest.mark.parametrize("settings", [SETTINGS["all at once"], SETTINGS["never early"]])
@pytest.mark.parametrize("beams", [1, 3])
def test_a_step_never_asks_the_device(tiny_model: Model, settings: dict[str, Any], beams: int) -> None:
    """Fake tensors have shapes and no numbers: what needs a number, and so the host's waiting, raises."""
    with having(tiny_model, **settings) as rules:
        state = DecodingState(StaticDecoder(tiny_model), rules, Shape(2, beams, 64, 32))
    with FakeTensorMode(allow_non_fake_inputs=True):
        state.step()
        with pytest.raises(DataDependentOutputException):
            bool(state.ended)


@torch.inference_mode()
def test_in_bfloat16_the_evidence_is_that_of_the_tokens(tiny_model: Model) -> None:
    model = type(tiny_model)(tiny_model.config).eval()
    model.load_state_dict(tiny_model.state_dict())
    model.generation_config = tiny_model.generation_config
    model = model.to(torch.bfloat16)
    states, mask, _, _ = batch(model, random.Random(11), 6, 1)
    states, beams = states.bfloat16(), [1, 1, 2, 3, 3, 5]
    with having(model) as rules:
        answers = GraphLoop(StaticDecoder(model), rules).generate(states, mask, beams, [10] * 6)
    wanted = score_sequences(model, states, mask, [[rules.decoder_start_token_id, *one.ids] for one in answers])
    far = [
        abs(p - q)
        for one, row in zip(answers, wanted, strict=True)
        for p, q in zip(one.logprobs, row[1:], strict=False)
    ]
    # Single ones are up to 0.6 apart: the model's weights are large, and its logits have 8 bits.
    assert sum(far) / len(far) < 0.06
