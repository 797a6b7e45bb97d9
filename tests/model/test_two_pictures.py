"""Two pictures in one question are answered as they are trained, whoever else is in the batch."""

from pathlib import Path

import numpy as np
import pytest
import torch

from model.backends.placement import Placement
from model.families.base import Prompt
from model.families.florence2 import model as florence2
from model.loading import builtin_path
from model.profile import Profile
from training.builtin import architecture
from training.builtin.data import Asking
from training.builtin.losses import ask, normalise, picture_features


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the new shape that has learnt nothing, its places and words far apart."""
    made = tmp_path_factory.mktemp("two-pictures")
    tokenizer = architecture.load_tokenizer()
    with torch.random.fork_rng():
        torch.manual_seed(4)
        model = architecture.build_model(len(tokenizer)).eval()
        with torch.no_grad():
            model.get_input_embeddings().weight.normal_(0, 0.5)
    architecture.save(str(made), model, architecture.build_processor(tokenizer))
    return made


@pytest.fixture(scope="module")
def family(folder: Path) -> florence2.Florence2:
    return florence2.load(folder, Profile.read(folder), Placement("cpu", "float32", 1))


def test_the_token_of_the_second_place_is_the_same_in_training_and_here() -> None:
    assert florence2.SECOND == architecture.SECOND


def test_two_pictures_are_scored_as_training_scores_them(folder: Path, family: florence2.Florence2) -> None:
    rng = np.random.default_rng(1)
    pictures = [rng.integers(0, 256, (architecture.HEIGHT, architecture.WIDTH, 3), np.uint8) for _ in range(2)]
    one, two = family.encode_images(pictures)
    asked = [("what changed", "a red ball is gone"), ("are they the same", "no")]
    prompts = [Prompt(family.join(one, two), question, 1, 8) for question, _ in asked]
    scored = family.score(prompts, [[answer] for _, answer in asked])
    trained = type(family.whole()).from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = architecture.load_tokenizer()
    pixels = normalise(torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2))
    with torch.no_grad():
        features, _ = picture_features(trained, pixels)
        answered = ask(trained, tokenizer, features, [Asking(q, a, "", (0, 1)) for q, a in asked])
    logprobs = answered.logits.log_softmax(-1).gather(-1, answered.labels[..., None])[..., 0]
    real = answered.labels != tokenizer.pad_token_id
    real[:, 0] = False  # the start is forced
    for row, scores in enumerate(scored):
        assert scores[0] == pytest.approx(float(logprobs[row][real[row]].sum()), abs=2e-3)


def test_an_answer_about_two_pictures_does_not_depend_on_its_batch_mates(family: florence2.Florence2) -> None:
    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 256, (architecture.HEIGHT, architecture.WIDTH, 3), np.uint8) for _ in range(2)]
    one, two = family.encode_images(pictures)
    both = family.join(one, two)
    assert both.shape == (2 * architecture.IMAGE_TOKENS, architecture.HIDDEN)
    assert torch.equal(both[: architecture.IMAGE_TOKENS], one)
    long = " ".join(["where is the dog"] * 30)
    prompts = [Prompt(one, long, 1, 4), Prompt(both, long, 3, 4), Prompt(both, "what changed", 1, 4)]
    together = family.generate(prompts)
    for prompt, answer in zip(prompts, together, strict=True):
        assert family.generate([prompt])[0].tokens == answer.tokens


def test_the_built_in_model_has_learnt_it() -> None:
    builtin = florence2.load(builtin_path(), Profile.read(builtin_path()), Placement("cpu", "float32", 1))
    assert builtin.joins
    assert Profile.read(builtin_path()).pictures == 2
