"""Questions of kinds that a model's training did not ask get a refusal; which kinds these are stands in its profile."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from bot.texts.failures import sentence
from model.answerer import Answerer
from model.confidence.taught_kinds import FEWEST_QUESTIONS, KINDS, taught_kind, untaught
from model.errors import ModelError
from model.profile import Profile
from model.types import Request
from training.scenes import art, layout, questions
from training.scenes.variety import FIRST, WIDE

ASKED = {
    "reason": "why is the boy sad?/the boy is sad, why?/How come it is red?/can you tell me why she cries/"
    "what made him sad",
    "date": "when was this painted?/When?/what year is it/what's the date/how long ago was it"
    "/do you know when this was painted",
    "price": "how much does the ball cost?/how much is it/what is the price of the cake?/whats it worth/price?"
    "/how expensive is it",
    "measure": "how tall is the tree?/how old is she?/what's the boy's age/how many years old is he"
    "/how much does he weigh",
    "medium": "is this a drawing?/is it a photo?/Is this real?/is this a cartoon or a painting?"
    "/what kind of picture is this?/is the picture real/photo or drawing?"
    "/ai or real?/is it a photo or painting/Photograph or painting?"
    "/is this ai"
    "/what style is it?/is this AI-generated/isn't this a drawing?/so is this a real photo/does it look like a photo"
    "/can you tell me if this is a painting/is it a child's drawing/is this hand-drawn/is it from a video game"
    "/how was it made/was this made by a computer/what is the medium/what art style is this drawn in"
    "/is it a real dog or a drawing"
    "/is this picture a photo/which type of image is it/is this just a cartoon/real or drawn?/is this real life",
    "name": "what is the girl's name?/whats her name/who is that?/who's this/Who is the man in the picture?"
    "/what city is it/who painted this/what's the name of the girl/what is she called/girl's name?/tell me her name"
    "/what's the dog's name/do you know who that is",
    "text": "what does the sign say?/What's written on the T-shirt?/can you read it/which brand is it/what does it say",
    "unseen": "what will happen next?/what is the boy thinking about?/what does the girl want/what is she going to do",
}
ANY_MODELS = (
    "who is sad?/who is holding the ball/who is there?/who's happy/who is the one with a hat/how much are there balls"
    "/how many balls/what time of day is it/name the animal/what is the name of the animal/what do you think this is?"
    "/how does the boy look/what is the girl doing when it rains/what happened/what number of dogs is there/how is he"
    "/what did the boy hold/describe it/dog?/what make is the car/is the picture on the wall red/what is in the picture"
    "/is there a drawing on the wall/is it real snow/is that a painting on the wall/is this a picture of a dog"
    "/is this a photo of a boy/is this boy drawing/is it a real dog/are the flowers real/what is she drawing"
    "/what is this/what kind of picture is the boy holding/what kind of picture is on the wall/is she painting"
    "/is this a boy painting/is it a toy"
    "/is it an army photo/what style is the house/is the boy taking a photo/is it made of wood/is it a new picture"
    "/who is drawing/is this an old photo/is it red or painted/how is the cake made/is this a dog or a cat/is it sunny"
    "/is the photo black and white/what colour is the painting/is this picture bright/is it a picture"
    "/a boy or a drawing"
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_only_a_model_that_was_taught_it_can_answer(kind: str) -> None:
    assert [text for text in ASKED[kind].split("/") if taught_kind(text) != kind] == []


def test_all_else_is_asked_as_before() -> None:
    assert [text for text in ANY_MODELS.split("/") if taught_kind(text) is not None] == []


def test_the_builtin_models_profile_says_what_its_scenes_do_not_ask() -> None:
    rng = random.Random(5)
    asked = []
    for number in range(120):
        scene = layout.compose(rng, (FIRST, WIDE)[number % 2])
        art.render(scene, random.Random(number))
        asked += [qa.question for qa in questions.ask(scene, rng, 10)]
    profile = Profile.read(Path(str(files("model") / "builtin")))
    assert untaught(asked) == profile.untaught == tuple(sorted(KINDS))
    taught = [*asked, *["why is it raining?"] * 5]
    assert set(untaught(taught)) == KINDS - {"reason"}
    assert untaught(taught[: FEWEST_QUESTIONS - 1]) is None, "so few do not tell"


def test_a_model_refuses_what_it_was_not_taught_and_answers_all_else() -> None:
    builtin = Answerer.load("builtin")
    scene = (files("bot.demo") / "scenes" / "beach.png").read_bytes()

    def said(*asked: str) -> list[str]:
        answers = builtin.answer([Request(text, scene, text) for text in asked])
        assert all(bool(answer.text) == (answer.error is None) for answer in answers)
        return [sentence(answer.error or "") for answer in answers]

    refused = said("Why is the girl sad?")
    assert not builtin.features, "the picture is not even looked at"
    refused = said("Why is the girl sad?", "Is the girl sad?", "Who is that?")
    assert refused[0] == "I have not learnt to say why something is so: I would only be guessing."
    assert refused[1] == "" and refused[2].startswith("I have not learnt to say who somebody is")
    builtin.profile = replace(builtin.profile, untaught=("name",))
    assert [bool(one) for one in said("Why is the girl sad?", "Who is that?")] == [False, True]
    builtin.profile = replace(builtin.profile, untaught=())
    assert said("Why is the girl sad?", "Who is that?") == ["", ""], "nothing is known of its training"


@pytest.mark.parametrize("wrong", ['"reason"', '["poems"]', "[1]", "null"])
def test_a_profile_names_kinds_that_there_are(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "vqabot.json").write_text(f'{{"untaught": {wrong}}}')
    with pytest.raises(ModelError, match="profile_unreadable"):
        Profile.read(tmp_path)
    Profile(untaught=("name", "text")).write(tmp_path)
    assert json.loads((tmp_path / "vqabot.json").read_text())["untaught"] == ["name", "text"]
    assert Profile.read(tmp_path).untaught == ("name", "text")
