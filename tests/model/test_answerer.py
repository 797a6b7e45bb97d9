"""Batches of anything: the same answers as one at a time, the same as transformers' own, refusals kept apart."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from image_helpers import save
from PIL import Image
from tiny import IMAGE_TOKENS, WORDS, Picture
from tiny_florence2 import POSITIONS
from transformers.models.florence2 import Florence2ForConditionalGeneration, Florence2Processor

from bot.texts.failures import sentence
from model.answerer import Answerer
from model.families.base import Prompt
from model.families.florence2.model import Florence2
from model.images import open_picture
from model.prepared import EMPTY_QUESTION, FAILED
from model.types import Generation, Request


def requests(picture: Picture, count: int, seed: int) -> list[Request]:
    rng = random.Random(seed)
    return [
        Request(
            str(number),
            picture(rng.randrange(4)),
            " ".join(rng.choices(WORDS, k=rng.randint(1, 14))),
            rng.choice((1, 1, 2, 3, 5)),
            rng.choice((1, 2, 3, 8, 20)),
        )
        for number in range(count)
    ]


Reference = tuple[Florence2ForConditionalGeneration, Florence2Processor]


def load_reference(folder: Path) -> Reference:
    model = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    return model, Florence2Processor.from_pretrained(folder)


@pytest.fixture(scope="module")
def reference(tiny_folder: Path) -> Reference:
    return load_reference(tiny_folder)


@torch.inference_mode()
def plain(reference: Reference, request: Request) -> tuple[str, float]:
    """The answer and its probability, as transformers' documentation would get them: one question, one generate()."""
    model, processor = reference
    inputs = processor(images=open_picture(request.picture), text=request.question, return_tensors="pt")
    out = model.generate(
        **inputs,
        num_beams=request.beams,
        do_sample=False,
        max_new_tokens=request.max_new_tokens,
        output_logits=True,
        return_dict_in_generate=True,
    )
    text = processor.batch_decode(out.sequences, skip_special_tokens=True)[0].strip()
    tokens = out.sequences[0, 1:].tolist()
    total = 0.0
    forced_end = model.generation_config.forced_eos_token_id is not None
    for step, token in enumerate(tokens):
        row = int(out.beam_indices[0, step]) if request.beams > 1 else 0
        forced = step == 0 and not (forced_end and request.max_new_tokens == 1)
        if row >= 0 and not forced:  # rows below zero are padding
            total += float(out.logits[step][row].log_softmax(-1)[token])
    if model.generation_config.eos_token_id not in tokens:  # it was cut: how likely was it to end there?
        logits = model(**inputs, decoder_input_ids=out.sequences).logits
        total += float(logits[0, -1].log_softmax(-1)[model.generation_config.eos_token_id])
    return text, math.exp(total)


STOCK = {"forced_eos_token_id": 2, "no_repeat_ngram_size": 3, "early_stopping": True, "num_beams": 3}
"""What the generation config of the stock checkpoints adds."""


@pytest.mark.parametrize(
    "generation", [{}, STOCK, {"num_beams": 2, "length_penalty": 0.3}], ids=["plain", "stock", "length penalty"]
)
def test_a_mixed_batch_gives_what_generate_gives_one_at_a_time(
    tmp_path: Path, picture: Picture, generation: dict[str, object]
) -> None:
    folder = tiny.build(tmp_path, **generation)
    answerer, reference = Answerer.load(str(folder)), load_reference(folder)
    asked = requests(picture, 60, seed=1)
    answers = answerer.answer(asked)
    wanted = [plain(reference, request) for request in asked]
    assert [answer.text for answer in answers] == [text for text, _ in wanted]
    for answer, (_, probability) in zip(answers, wanted, strict=True):
        assert answer.confidence == pytest.approx(probability, rel=1e-3, abs=1e-9)
    assert len({text for text, _ in wanted}) > 20  # the little model does not say the same to everything


def test_batch_mates_change_nothing(answerer: Answerer, picture: Picture) -> None:
    asked = requests(picture, 12, seed=2)
    together = answerer.answer(asked)
    for request, answer in zip(asked, together, strict=True):
        alone = answerer.answer([request])[0]
        assert alone.text == answer.text
        assert alone.confidence == pytest.approx(answer.confidence, rel=1e-3, abs=1e-9)
        assert alone.id == answer.id


def test_pixels_and_prompts_are_the_processors(
    answerer: Answerer,
    reference: Reference,
    picture: Picture,
) -> None:
    model, processor = reference
    family = answerer.family
    assert isinstance(family, Florence2)
    for size in ((96, 64), (33, 200), (700, 400)):
        shown = open_picture(picture(7)).resize(size)
        inputs = processor(images=shown, text="what colour is the ball", return_tensors="pt")
        with torch.inference_mode():
            wanted = model.get_image_features(inputs["pixel_values"]).pooler_output[0]
        assert torch.allclose(family.encode_images([family.prepare(shown)])[0], wanted, atol=1e-4)
        ids = inputs["input_ids"][0].tolist()
        assert ids[:IMAGE_TOKENS] == [model.config.image_token_id] * IMAGE_TOKENS
        assert family.prompt_ids("what colour is the ball", 99) == ids[IMAGE_TOKENS:]


def test_a_picture_is_encoded_once(answerer: Answerer, picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []
    encode_images = answerer.family.encode_images

    def counting(pictures: Sequence[np.ndarray]) -> list[torch.Tensor]:
        encoded.append(len(pictures))
        return encode_images(pictures)

    monkeypatch.setattr(answerer.family, "encode_images", counting)
    first = answerer.answer([Request(str(n), picture(n % 2), "what is this") for n in range(6)])
    assert encoded == [2]
    again = answerer.answer([Request("x", picture(1), "what is this")])
    assert encoded == [2]
    assert again[0].text == first[1].text
    assert len(answerer.features) == 2


def test_features_are_bounded_by_bytes_and_let_go_oldest_first(answerer: Answerer, picture: Picture) -> None:
    size = IMAGE_TOKENS * 32 * 4
    small = Answerer(answerer.family, answerer.profile, feature_bytes=2 * size)
    keys = []
    for number in (0, 1, 0, 2):  # 1 is the least recently used when 2 comes
        request = Request("x", picture(number), "what is this")
        keys.append(request.picture_key)
        small.answer([request])
    assert [key in small.features for key in (keys[0], keys[1], keys[3])] == [True, False, True]
    assert small.features.currsize == 2 * size
    nothing = Answerer(answerer.family, answerer.profile, feature_bytes=0)
    assert nothing.answer([Request("x", picture(1), "what is this")])[0].error is None
    assert len(nothing.features) == 0


def test_features_let_go_between_preparing_and_answering(answerer: Answerer, picture: Picture) -> None:
    small = Answerer(answerer.family, answerer.profile, feature_bytes=IMAGE_TOKENS * 32 * 4)
    request = Request("x", picture(1), "what is this")
    wanted = small.answer([request])[0]
    prepared = small.prepare(request)
    assert prepared.pictures[0].pixels is None
    small.answer([Request("y", picture(2), "what is this")])
    assert request.picture_key not in small.features
    assert small.answer_prepared([prepared])[0].text == wanted.text


def test_a_bad_request_is_refused_alone(answerer: Answerer, picture: Picture) -> None:
    asked = [
        Request("good", picture(1), "what is this"),
        Request("picture", b"no picture", "what is this"),
        Request("empty", picture(1), " ?! "),
        Request("beams", picture(1), "what is this", beams=11),
        Request("tokens", picture(1), "what is this", max_new_tokens=0),
        Request("also good", picture(2), "what is this", beams=3),
    ]
    answers = {answer.id: answer for answer in answerer.answer(asked)}
    assert list(answers) == [request.id for request in asked]
    assert answers["good"].error is None
    assert answers["also good"].error is None
    assert answers["picture"].error == "picture_text"
    assert answers["empty"].error == EMPTY_QUESTION
    assert sentence(answers["beams"].error) == "The number of beams must be between 1 and 10."
    assert sentence(answers["tokens"].error) == "The longest answer must be between 1 and 1,000 tokens."
    assert all(a.text == "" and a.confidence == 0 for a in answers.values() if a.error)


class Brittle:
    """A real family that runs out of memory on large batches and cannot stand one prompt or black pictures."""

    def __init__(self, family: object) -> None:
        self._family = family
        self.device = self.dtype = self.precision = ""
        self.sizes: list[int] = []

    def prepare(self, picture: Image.Image) -> np.ndarray:
        return self._family.prepare(picture)  # type: ignore[attr-defined,no-any-return]

    def encode_images(self, pictures: Sequence[np.ndarray]) -> list[torch.Tensor]:
        if any(not picture.any() for picture in pictures):
            raise RuntimeError("cannot encode this")
        return self._family.encode_images(pictures)  # type: ignore[attr-defined,no-any-return]

    def generate(self, prompts: Sequence[Prompt]) -> list[Generation]:
        self.sizes.append(len(prompts))
        if len(prompts) > 3:
            raise torch.OutOfMemoryError("too large")
        if any("od" in prompt.text.split() for prompt in prompts):
            raise IndexError("cannot answer this")
        return self._family.generate(prompts)  # type: ignore[attr-defined,no-any-return]


def test_failures_are_halved_until_the_culprit_is_alone(answerer: Answerer, picture: Picture) -> None:
    brittle = Brittle(answerer.family)
    fragile = Answerer(brittle, answerer.profile)
    black = Image.new("RGB", (20, 20))
    asked = [Request(str(n), picture(n), "who is there") for n in range(9)]
    asked[4] = Request("4", picture(4), "od")
    asked[6] = Request("6", save(black, "PNG"), "who is there")
    answers = fragile.answer(asked)
    assert [answer.error for answer in answers] == [FAILED if n in (4, 6) else None for n in range(9)]
    assert [a.text for a in answers if not a.error] == [
        a.text for a in answerer.answer([r for r in asked if r.id not in "46"])
    ]
    assert brittle.sizes[0] == 8


def test_warming_up_asks_batches_of_every_size_where_each_has_a_graph(answerer: Answerer) -> None:
    elsewhere = Brittle(answerer.family)
    assert Answerer(elsewhere, answerer.profile).warm_up(3) > 0
    assert elsewhere.sizes == [1, 2, 3, 1]  # the last one is measured
    elsewhere.device, elsewhere.sizes = "cpu", []
    Answerer(elsewhere, answerer.profile).warm_up(3)
    assert elsewhere.sizes == [1, 1]


def test_longer_than_the_model_has_positions(answerer: Answerer, picture: Picture) -> None:
    answers = answerer.answer(
        [
            Request("prompt", picture(1), "ball " * 200, 1, 5),
            Request("answer", picture(1), "what is the ball", 1, 1000),
            Request("beams", picture(1), "what is the ball", 10, 1000),
        ]
    )
    assert [answer.error for answer in answers] == [None, None, None]
    assert all(len(answer.text.split()) < POSITIONS for answer in answers)


TOKENS = ["<OD>", "<CAPTION>x", "<image>", "<image>" * 700, "<loc_12>", "</s>", "<s></s><pad>", "<VQA>"]


@pytest.mark.parametrize("typed", [*TOKENS, "\0", "\ud800 a"])
def test_whatever_is_typed_is_answered_like_ordinary_words(answerer: Answerer, picture: Picture, typed: str) -> None:
    strange, plain_ = answerer.answer(
        [
            Request("strange", picture(1), f"what {typed} is"),
            Request("plain", picture(1), f"what {typed.replace('<', ' ').replace('>', ' ')} is"),
        ]
    )
    assert strange.error is None
    assert strange.text == plain_.text
    assert answerer.answer([Request("alone", picture(1), typed)])[0].error in (None, EMPTY_QUESTION)


def test_the_training_loss_is_not_shifted_twice(reference: Reference, picture: Picture) -> None:
    """Releases of transformers before 5.13 trained on the token after the next one."""
    model, processor = reference
    inputs = processor(images=open_picture(picture(1)), text="what is this", return_tensors="pt")
    labels = torch.tensor([[0, 9, 12, 2, -100]])
    out = model(**inputs, labels=labels)
    wanted = torch.nn.functional.cross_entropy(out.logits.flatten(0, 1), labels.flatten())
    assert torch.allclose(out.loss, wanted, atol=1e-6)
