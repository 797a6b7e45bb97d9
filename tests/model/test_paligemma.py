"""PaliGemma and PaliGemma 2: as their native class answers."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_paligemma
import torch
from PIL import Image
from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

from bot.texts.failures import sentence
from model.answerer import Answerer
from model.backends.placement import Placement
from model.errors import ModelError
from model.families.base import Prompt, load_family
from model.families.paligemma.model import PaliGemma
from model.profile import Profile

QUESTIONS = ("what is this", "what colour is the ball", "where is the dog", "is the girl on the grass")
CPU = Placement("cpu", "float32", 1)


@pytest.fixture(scope="module", params=[tiny_paligemma.build, tiny_paligemma.build_two], ids=["one", "two"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = request.param(tmp_path_factory.mktemp("paligemma"))
    return made


@pytest.fixture(scope="module")
def family(folder: Path) -> PaliGemma:
    found = load_family("paligemma", folder, Profile.read(folder), CPU)
    assert isinstance(found, PaliGemma)
    return found


def patches(seed: int) -> Image.Image:
    return Image.frombytes("RGB", (6, 4), random.Random(seed).randbytes(72)).resize((90, 60))


@pytest.mark.parametrize("beams", [1, 3])
def test_answers_are_those_of_the_native_class(folder: Path, family: PaliGemma, beams: int) -> None:
    processor: Any = PaliGemmaProcessor.from_pretrained(folder)
    native = PaliGemmaForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    asked = [(patches(number), question) for number in range(2) for question in QUESTIONS]
    prompts = [
        Prompt(family.encode_images([family.prepare(picture)])[0], question, beams, 8) for picture, question in asked
    ]
    ours = family.generate(prompts)
    assert len({answer.text for answer in ours}) > 2
    for (picture, question), answer in zip(asked, ours, strict=True):
        inputs = processor(images=[[picture]], text=[f"<image>{question}"]).convert_to_tensors("pt")
        inputs.pop("labels")
        before = inputs["input_ids"].shape[1]
        said = native.generate(**inputs, num_beams=beams, max_new_tokens=8, do_sample=False)[0, before:]
        assert list(answer.tokens) == said[: len(answer.tokens)].tolist()


def test_the_stock_checkpoints_are_asked_with_their_prompt(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "model")
    (tmp_path / "model" / "vqabot.json").unlink()
    assert Profile.read(tmp_path / "model").prompt("what colour is the ball") == "answer en What colour is the ball?"


def test_what_is_missing_or_asks_for_too_much_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    def refused(name: str, file: str, **changed: Any) -> str:
        other = shutil.copytree(folder, tmp_path / name)
        settings = json.loads((other / file).read_text())
        if changed:
            (other / file).write_text(json.dumps({**settings, **changed}))
        else:
            (other / file).unlink()
        with pytest.raises(ModelError) as error:
            Answerer.load(str(other), CPU)
        return sentence(error.value)

    assert "has no tokenizer.json" in refused("mute", "tokenizer.json")
    assert "generation_config.json asks for more" in refused("other", "generation_config.json", repetition_penalty=1.5)
    images = json.loads((folder / "processor_config.json").read_text())["image_processor"]
    large = {**images, "size": {"height": 128, "width": 128}}
    assert "take 256 of the model's" in refused("large", "processor_config.json", image_processor=large)
