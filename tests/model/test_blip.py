"""BLIP: as its native class answers, and what that class gets wrong."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import tiny_blip
import torch
from PIL import Image
from transformers import BlipConfig, BlipForConditionalGeneration, BlipForQuestionAnswering, BlipProcessor

from bot.texts.failures import sentence
from model.answerer import Answerer
from model.backends.placement import Placement
from model.errors import ModelError
from model.families.base import Prompt, load_family
from model.families.blip.model import Blip, mark_places
from model.profile import Profile

QUESTIONS = ("what is this", "what colour is the ball", "where is the dog", "is the girl on the grass")
CPU = Placement("cpu", "float32", 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_blip.build(tmp_path_factory.mktemp("blip"))


@pytest.fixture(scope="module")
def family(folder: Path) -> Blip:
    found = load_family("blip", folder, Profile.read(folder), CPU)
    assert isinstance(found, Blip)
    return found


@pytest.fixture(scope="module")
def native(folder: Path) -> BlipForQuestionAnswering:
    return BlipForQuestionAnswering.from_pretrained(folder, dtype=torch.float32).eval()


def patches(seed: int) -> Image.Image:
    return Image.frombytes("RGB", (6, 4), random.Random(seed).randbytes(72)).resize((90, 60))


@pytest.mark.parametrize("beams", [1, 3])
def test_answers_are_those_of_the_native_class(
    folder: Path, family: Blip, native: BlipForQuestionAnswering, beams: int
) -> None:
    processor: Any = BlipProcessor.from_pretrained(folder)
    asked = [(patches(number), question) for number in range(2) for question in QUESTIONS]
    prompts = [
        Prompt(family.encode_images([family.prepare(picture)])[0], question, beams, 8) for picture, question in asked
    ]
    ours = family.generate(prompts)
    assert len({answer.text for answer in ours}) > 2
    for (picture, question), answer in zip(asked, ours, strict=True):
        inputs = processor(images=picture, text=question, return_tensors="pt")
        said = native.generate(**inputs, num_beams=beams, max_new_tokens=8, do_sample=False)[0]  # with its start
        assert answer.text == processor.decode(said, skip_special_tokens=True).strip()
        assert list(answer.tokens) == said[1 : 1 + len(answer.tokens)].tolist()


@pytest.mark.xfail(strict=True, reason="the decoder's cross-attention ignores the mask of the question")
def test_the_native_class_answers_a_padded_question_as_it_does_alone(native: BlipForQuestionAnswering) -> None:
    """Once it does, `model.families.blip.files.mended` has nothing left to mend and can go."""
    ids = torch.tensor([[1, 9, 8, 7, 2, 0, 0, 0]])
    pixels = torch.randn(1, 3, tiny_blip.SIDE, tiny_blip.SIDE, generator=torch.Generator().manual_seed(1))
    logits = []
    hook = native.text_decoder.register_forward_hook(lambda *found: logits.append(found[-1].logits))
    with torch.inference_mode():
        for width in (5, 8):
            part = ids[:, :width]
            native(
                input_ids=part, attention_mask=(part != 0).long(), pixel_values=pixels, labels=torch.tensor([[5, 6]])
            )
    hook.remove()
    assert torch.allclose(logits[0], logits[1], atol=1e-4)


def test_pictures_of_another_size_than_it_was_trained_on_are_read(folder: Path, tmp_path: Path) -> None:
    """transformers interpolates the position embeddings then."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    settings = json.loads((tmp_path / "processor_config.json").read_text())
    settings["image_processor"]["size"] = {"height": 48, "width": 64}
    (tmp_path / "processor_config.json").write_text(json.dumps(settings))
    family = load_family("blip", tmp_path, Profile.read(tmp_path), CPU)
    [features] = family.encode_images([family.prepare(patches(1))])
    assert features.shape == (6 * 8 + 1, 32)
    assert family.generate([Prompt(features, "how many", 2, 4)])[0].tokens


def test_the_first_of_several_pictures_is_not_marked() -> None:
    features = torch.randn(6, 8)
    marked = mark_places(features, 2)
    assert torch.equal(marked[:2], features[:2])
    assert not torch.allclose(marked[2:4] - features[2:4], marked[4:] - features[4:])
    assert torch.equal(mark_places(features, 6), features)


def test_other_blips_and_other_number_formats_are_refused(folder: Path, tmp_path: Path) -> None:
    captions = tmp_path / "captions"
    config: BlipConfig = tiny_blip.config()
    BlipForConditionalGeneration(config).save_pretrained(captions)
    for file in folder.iterdir():
        if not (captions / file.name).exists():
            (captions / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ModelError) as error:
        Answerer.load(str(captions))
    assert "for question answering (BlipForQuestionAnswering)" in sentence(error.value)
    with pytest.raises(ModelError) as error:
        Answerer.load(str(folder), Placement("cpu", "int8", 1))
    assert "Florence-2 alone" in sentence(error.value)
