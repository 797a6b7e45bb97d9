"""What every model family owes the answerer, whichever it is: one suite over all of them and their ways to be saved."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import tiny_blip
import tiny_paligemma
import torch
import toys
from PIL import Image

from model.backends.placement import Placement
from model.families.base import Family, Prompt, load_family
from model.loading import builtin_path, locate, model_type
from model.profile import Profile
from model.types import Generation

QUESTIONS = ("what is this", "what colour is the ball", "where is the dog", "how many", "is the girl on the grass")


def _builtin(_: Path) -> Path:
    return builtin_path()


MODELS: dict[str, Callable[[Path], Path]] = {
    "built-in": _builtin,
    "tiny Florence-2": tiny.build,
    "tiny Florence-2 as the hub has it": tiny.build_as_the_hub_has_it,
    "tiny BLIP": tiny_blip.build,
    "tiny PaliGemma": tiny_paligemma.build,
    "tiny PaliGemma 2": tiny_paligemma.build_two,
    "toy": toys.build,
}
"""Makers of a model's folder. A new family adds its own."""


def load(folder: Path) -> Family:
    return load_family(model_type(folder), folder, Profile.read(folder), Placement("cpu", "float32", 1))


@pytest.fixture(scope="module", autouse=True)
def _toys_are_installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        toys.install(tmp_path_factory.mktemp("site"), patch)
        yield


@pytest.fixture(scope="module", params=MODELS.values(), ids=MODELS.keys())
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = request.param(tmp_path_factory.mktemp("family"))
    return made


@pytest.fixture(scope="module")
def family(folder: Path) -> Family:
    return load(folder)


@pytest.fixture(scope="module")
def features(family: Family) -> list[torch.Tensor]:
    return family.encode_images(pictures(family, 3))


def pictures(family: Family, count: int) -> list[np.ndarray]:
    """Pictures that differ, through the family's own preparation."""
    patches = [Image.frombytes("RGB", (6, 4), random.Random(number).randbytes(72)) for number in range(count)]
    return [family.prepare(one.resize((300, 200))) for one in patches]


def prompts(features: Sequence[torch.Tensor], seed: int, count: int) -> list[Prompt]:
    """Questions of different lengths with mixed settings."""
    rng = random.Random(seed)
    return [
        Prompt(rng.choice(features), rng.choice(QUESTIONS), rng.choice((1, 1, 2, 3, 5)), rng.choice((1, 3, 8, 20)))
        for _ in range(count)
    ]


def same(one: Generation, other: Generation) -> bool:
    close = one.token_logprobs == pytest.approx(other.token_logprobs, abs=2e-4)
    return one.tokens == other.tokens and one.text == other.text and bool(close)


def test_batch_mates_and_padding_change_nothing(family: Family, features: list[torch.Tensor]) -> None:
    asked = prompts(features, 1, 14)
    together = family.generate(asked)
    assert len({one.text for one in together}) > 1  # it does not always say the same
    for prompt, answer in zip(asked, together, strict=True):
        assert same(answer, family.generate([prompt])[0]), prompt


def test_pictures_are_encoded_alike_alone_and_in_a_batch(family: Family, features: list[torch.Tensor]) -> None:
    for alone, one in zip(pictures(family, 3), features, strict=True):
        assert torch.allclose(family.encode_images([alone])[0], one, atol=2e-5)
    assert not torch.allclose(features[0], features[1], atol=1e-2)


def test_kept_features_answer_as_fresh_ones(family: Family, features: list[torch.Tensor]) -> None:
    kept = [one.clone() for one in features]
    asked = prompts(kept, 2, 8)
    first = family.generate(asked)
    assert all(torch.equal(one, other) for one, other in zip(kept, features, strict=True))  # nobody wrote into them
    assert all(same(one, other) for one, other in zip(first, family.generate(asked), strict=True))


def test_no_answer_is_longer_than_it_may_be(family: Family, features: list[torch.Tensor]) -> None:
    asked = [Prompt(features[0], "what is this", beams, limit) for beams in (1, 3) for limit in (1, 2, 5)]
    for prompt, answer in zip(asked, family.generate(asked), strict=True):
        assert 1 <= len(answer.tokens) <= prompt.max_new_tokens


def test_log_probabilities_are_none_above_certainty(family: Family, features: list[torch.Tensor]) -> None:
    for answer in family.generate(prompts(features, 3, 8)):
        assert all(math.isfinite(one) and one <= 1e-5 for one in answer.token_logprobs)
        assert len(answer.token_logprobs) <= len(answer.tokens) + 1, "behind what was cut stands that of an end"


def test_the_score_of_a_text_is_the_log_probability_of_generating_it(
    family: Family, features: list[torch.Tensor]
) -> None:
    asked = [Prompt(one, question, 1, 60) for one in features for question in QUESTIONS]
    answers = family.generate(asked)
    scores = family.score(asked, [[answer.text, "the dog"] for answer in answers])
    for answer, (own, other) in zip(answers, scores, strict=True):
        assert other < 0
        if len(answer.tokens) < 30 and " ".join(answer.text.split()) == answer.text:  # it ended by itself
            assert own == pytest.approx(math.fsum(answer.token_logprobs), abs=2e-3)


def test_an_answer_that_is_cut_says_so_and_is_unlikely(family: Family, features: list[torch.Tensor]) -> None:
    asked = [Prompt(one, question, 1, 20) for one in features for question in QUESTIONS]
    whole, cut = family.generate(asked), 0
    for limit in (1, 2, 4):
        found = family.generate([replace(one, max_new_tokens=limit) for one in asked])
        for answer, full in zip(found, whole, strict=True):
            if len(full.tokens) > limit + 1:  # the model goes on where this had to end
                assert answer.truncated and math.exp(answer.token_logprobs[-1]) < 0.5
                cut += 1
            elif len(full.tokens) < limit:
                assert same(answer, full) and not answer.truncated
    assert cut or max(len(full.tokens) for full in whole) == 2, "the toy says a word"


def test_scores_do_not_depend_on_the_other_texts(family: Family, features: list[torch.Tensor]) -> None:
    asked = prompts(features, 4, 3)
    texts = ["red", "on the grass", "two"]
    together = family.score(asked, [texts] * 3)
    alone = [[family.score([prompt], [[text]])[0][0] for text in texts] for prompt in asked]
    assert np.allclose(together, alone, atol=2e-4)


def test_prepared_pictures_have_the_model_s_size(family: Family) -> None:
    shapes = {family.prepare(Image.new("RGB", size)).shape for size in ((1, 1), (900, 30), (64, 64))}
    assert len(shapes) == 1
    assert family.prepare(Image.new("RGB", (5, 5), "red")).dtype == np.uint8


def test_a_copy_of_the_folder_and_a_zip_of_it_answer_the_same(
    folder: Path, family: Family, features: list[torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(folder, tmp_path / "copy")
    packed = shutil.make_archive(str(tmp_path / "model"), "zip", tmp_path / "copy")
    asked = prompts(features, 5, 6)
    wanted = family.generate(asked)
    for place in (tmp_path / "copy", locate(packed)):
        assert all(same(one, other) for one, other in zip(load(place).generate(asked), wanted, strict=True))
