"""An answer of another kind than was asked for counts as one to a question that is new to the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest
import toys
from tiny import Picture

from model.answerer import Answerer
from model.confidence.answer_kind import Kind, fits, kind_of
from model.families.base import Prompt
from model.types import Generation, Request


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Is the dog bigger than the boy?", Kind.YES_NO),
        ("is dog bigger than boy", Kind.YES_NO),
        ("hi, isn’t there a cat?", Kind.YES_NO),
        ("do you see any dogs", Kind.YES_NO),
        ("Is it a ball or an apple?", Kind.CHOICE),
        ("is the boy happy/sad", Kind.CHOICE),
        ("are there more cats or dogs?", Kind.CHOICE),
        ("is there a cat or a dog?", None),  # whether there is one of both, or which of them
        ("is anybody sitting or lying?", None),
        ("How many dogs are there?", Kind.NUMBER),
        ("can you tell me the number of dogs", Kind.NUMBER),
        ("how many colours does the ball have", Kind.NUMBER),
        ("What colour is the ball?", Kind.COLOUR),
        ("what's the color of the ball", Kind.COLOUR),
        ("colour of ball", Kind.COLOUR),
        ("what has the colour of the ball?", Kind.OTHER),
        ("do you know where the dog is?", Kind.PLACE),
        ("who's sitting", Kind.PERSON),
        ("why is the girl sad?", Kind.OTHER),
        ("what about the dog?", None),
        ("what colour is it and where is it?", None),
        ("is there a dog, and what does it do?", None),
        ("is the man who is sitting happy?", None),
        ("dog?", None),
        ("was ist das?", None),
        ("is dat een hond?", None),
        ("do que é feito?", None),
        ("", None),
    ],
)
def test_what_a_question_asks_for(question: str, kind: Kind | None) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("question", "fitting", "unfitting"),
    [
        (
            "is the dog bigger than the boy?",
            "yes/no/maybe/it is/the dog is bigger than the boy",
            "dog/orange/2/on grass",
        ),
        ("is there anything on the table?", "yes/no/apple/2", "red"),
        ("is it a ball or an apple?", "ball/an apple/fruit/it is a ball", "yes/No/red/3"),
        ("is the boy happy or sad?", "happy/sad/glad", "yes"),
        ("is the dog bigger or the boy?", "dog/boy", "yes"),
        ("is the dog or cat asleep?", "dog/cat", "yes"),
        ("is the ball red or blue?", "red/dark red", "yes/green/2"),
        ("are those 2 or three dogs?", "2/three/dogs", "no/4/four"),
        ("is the dog asleep or not?", "not/asleep/not asleep", "brown"),
        ("how many dogs are there?", "0/12/two/2 dogs/a few/several", "dog/yes/red/on grass"),
        ("what color is the ball?", "red/orange/dark blue/red and white", "ball/yes/2/on grass"),
        ("where is the ball?", "on grass/table/1st picture/behind 2 trees/the red house", "yes/red/2"),
        ("who is sitting?", "girl/the man in red/two girls", "yes/1/blue"),
        ("what is on the table?", "ball/red/2", "yes/nope"),
        ("dog?", "yes/dog/red/2", ""),
    ],
)
def test_an_answer_fits_its_question(question: str, fitting: str, unfitting: str) -> None:
    assert [answer for answer in fitting.split("/") if not fits(question, answer)] == []
    assert [answer for answer in unfitting.split("/") if answer and fits(question, answer)] == []
    for answer in ("no dog", "nothing", "nobody", "none", "both", "neither", "the same", "unknown", "I don't know", ""):
        assert fits(question, answer), "fits whatever is asked"


def test_a_family_without_a_confidence_model_says_it(
    picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.install(tmp_path / "site", monkeypatch)
    toy = Answerer.load(str(toys.build(tmp_path / "toy")))  # says nothing but a colour
    questions = ("How many dogs are there?", "What colour is the dog?")
    one, other = toy.answer([Request(text, picture(1), text) for text in questions])
    assert one.text == other.text and (one.known_words, other.known_words) == (False, None)
    assert (one.known_picture, one.confidence) == (None, other.confidence), "nothing else changes"


def test_a_confidence_model_is_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    builtin = Answerer.load("builtin")
    scene = (files("bot.demo") / "scenes" / "beach.png").read_bytes()
    generate = builtin.family.generate

    def misread(prompts: Sequence[Prompt]) -> list[Generation]:
        return [dataclasses.replace(one, text="yes") for one in generate(prompts)]

    questions = ("What is the girl doing?", "Is there a girl?")
    read = builtin.answer([Request(text, scene, text) for text in questions])
    assert [one.known_words for one in read] == [True, True]
    monkeypatch.setattr(builtin.family, "generate", misread)
    answered = builtin.answer([Request(text, scene, text) for text in questions])
    assert [one.known_words for one in answered] == [False, True]
    assert [one.unknown_words for one in answered] == [(), ()], "no word is blamed"
