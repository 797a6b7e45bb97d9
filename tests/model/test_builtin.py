"""The model that ships with the project, asked about pictures that it has never seen."""

from __future__ import annotations

import io
import random
from importlib.resources import files

import pytest
from image_helpers import save
from PIL import Image, ImageDraw
from tokenizers import Tokenizer

from model.answerer import Answerer
from model.loading import builtin_path
from model.text import normalise_question
from model.types import Request, SentPicture
from training.scenes import art
from training.scenes.pair_questions import ask_pair
from training.scenes.pairs import compose_pair
from training.scenes.variety import WIDE


@pytest.fixture(scope="module")
def builtin() -> Answerer:
    return Answerer.load("builtin")


def drawing(colour: str) -> bytes:
    """A crude drawing as a person would make it: a ball on grass under the sky."""
    picture = Image.new("RGB", (640, 400), (150, 205, 245))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 220, 640, 400), fill=(90, 170, 70))
    pen.ellipse((270, 230, 370, 330), fill=colour, outline="black", width=3)
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("colour", ["red", "blue"])
def test_it_sees_the_colour_of_a_ball_on_grass(builtin: Answerer, colour: str, beams: int) -> None:
    answer = builtin.answer([Request("1", drawing(colour), "What colour is the ball?", beams)])[0]
    assert answer.text == colour


def test_it_says_what_changed_between_two_pictures(builtin: Answerer) -> None:
    plain = WIDE.without([*WIDE.media, *WIDE.emoji_sets, *WIDE.backdrops, "contour", "typed"])
    right = []
    for number in range(40):
        rng = random.Random(f"two pictures of the builtin model/{number}")
        pair = compose_pair(rng, plain)
        if pair.kind in ("recoloured", "swapped"):  # often missed, as the model card says
            continue
        one, two = (art.render(scene, random.Random(number), 1.0) for scene in (pair.first, pair.second))
        (qa,) = ask_pair(pair, rng, 1, typing=False)
        request = Request("1", save(one, "PNG"), qa.question, 3, others=(SentPicture(save(two, "PNG")),))
        answer = builtin.answer([request])[0]
        assert answer.known_words, "what is asked about two pictures is not new to it"
        right.append(answer.text == qa.answer)
    assert len(right) > 20
    assert sum(right) >= 0.65 * len(right)


def test_it_knows_what_it_has_learnt_from(builtin: Answerer) -> None:
    scene = (files("bot.demo") / "scenes" / "beach.png").read_bytes()
    strange = io.BytesIO()
    Image.effect_noise((640, 400), 80).convert("RGB").save(strange, "PNG")
    asked = "What is the weather like?"
    known, unknown = builtin.answer([Request("1", scene, asked), Request("2", strange.getvalue(), asked)])
    assert known.known_picture is True
    assert known.known_words is True
    assert unknown.known_picture is False
    assert unknown.confidence < 0.7 < known.confidence


def test_questions_mean_the_same_to_the_bot_as_in_training(builtin: Answerer) -> None:
    tokenizer = Tokenizer.from_file(str(builtin_path() / "tokenizer.json"))
    for question in ("What colour is the ball?", "WHERE is the cat, please?", "What's on the man's head?"):
        assert tokenizer.encode(question).ids == tokenizer.encode(normalise_question(question)).ids
    assert builtin.profile.prompt("What colour is the ball?") == "what colour is the ball"


def test_it_is_small_and_ready_to_ship() -> None:
    sizes = {path.name: path.stat().st_size for path in builtin_path().iterdir()}
    assert sum(sizes.values()) <= 25 * 2**20
    assert {"model.safetensors", "config.json", "generation_config.json", "processor_config.json"} <= set(sizes)
    assert {"tokenizer.json", "vqabot.json", "evidence.json"} <= set(sizes)
