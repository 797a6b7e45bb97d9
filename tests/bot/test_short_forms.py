"""A thing alone asks whether there is one; what is no thing stays as it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.follow_ups import Before
from bot.conversation.several_questions import in_full, questions_in
from bot.conversation.short_forms import existence_question


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("dog?", "Is there a dog?"),
        ("anyone?", "Are there any people?"),
        ("Is somebody here?", "Are there any people?"),
        ("Ball", "Is there a ball?"),
        ("  red   ball ??", "Is there a red ball?"),
        ("dogs?", "Are there any dogs?"),
        ("a dog?", "Is there a dog?"),
        ("a owl?", "Is there an owl?"),
        ("umbrella?", "Is there an umbrella?"),
        ("unicorn?", "Is there a unicorn?"),
        ("any animals?", "Are there any animals?"),
        ("some water?", "Is there water?"),
        ("grass?", "Is there grass?"),
        ("two small dogs?", "Are there two small dogs?"),
        ("boxes?", "Are there any boxes?"),
        ("strawberries?", "Are there any strawberries?"),
        ("knives?", "Are there any knives?"),
        ("glass?", "Is there a glass?"),
        ("tv?", "Is there a tv?"),
        ("police car?", "Is there a police car?"),
        ("glasses?", "Are there any glasses?"),
        ("sheep?", "Is there a sheep?"),
        ("man?", "Is there a man?"),
        ("women?", "Are there any women?"),
        ("boy?", "Is there a boy?"),
        ("baby?", "Is there a baby?"),
        ("person?", "Is there a person?"),
        ("people?", "Are there any people?"),
        ("children?", "Are there any children?"),
        ("hat?", "Is there a hat?"),
        ("shoes?", "Are there any shoes?"),
        ("table?", "Is there a table?"),
        ("house?", "Is there a house?"),
        ("trees?", "Are there any trees?"),
        ("teddy bear?", "Is there a teddy bear?"),
        ("soccer balls?", "Are there any soccer balls?"),
        ("apple tree?", "Is there an apple tree?"),
        ("rose?", "Is there a rose?"),
        ("sleeping dog?", "Is there a sleeping dog?"),
        ("happy girls?", "Are there any happy girls?"),
        ("bird in tree?", "Is there a bird in tree?"),
        ("skis?", "Are there any skis?"),
        ("dogs here?", "Are there any dogs?"),
        ("woman in a hat?", "Is there a woman in a hat?"),
        ("red balls on the table?", "Are there any red balls on the table?"),
        ("any dogs in the picture?", "Are there any dogs in the picture?"),
        ("a girl holding a kite?", "Is there a girl holding a kite?"),
        ("dog in front of the house?", "Is there a dog in front of the house?"),
    ],
)
def test_a_thing_alone_asks_whether_there_is_one(typed: str, whole: str) -> None:
    assert existence_question(typed) == whole
    assert existence_question(whole) is None, "it is in full"


@pytest.mark.parametrize(
    "typed",
    [
        *("price?", "colour?", "color?", "weather?", "name?", "time?", "age?", "size?", "mood?", "family?", "place?"),
        *("red?", "orange?", "gold?", "two?", "happy?", "sleeping?", "running?", "above?", "left?", "cancer?", "leo?"),
        *("night?", "symbol?", "face?", "mike?", "who?", "what dog?", "which ball?", "the dog?", "his hat?", "no dog?"),
        *(
            "first picture?",
            "other dog?",
            "dog or cat?",
            "dog and cat?",
            "dog in which house?",
            "here?",
            "is there a dog?",
        ),
        *("wearing glasses", "eating cake", "girl in the middle happy", "goat on a rope or loose", "bear with me"),
        *("man beside bride her dad", "horses in the stable how many"),
        *("good weather?", "nice dog", "my dog", "hund?", "собака?", "سگ؟", "", "?", "a", "any?", "some dogs bark"),
    ],
)
def test_what_is_no_thing_alone_stays(typed: str) -> None:
    assert existence_question(typed) is None


def test_what_the_question_before_completes_comes_first() -> None:
    colour = Before("What colour is the ball?", "red")
    assert in_full("and the dog?", colour) == "What colour is the dog?"
    assert in_full("a hat?", Before("Does the man have a beard?", "no")) == "Does the man have a hat?"
    assert in_full("dog?", colour) == "Is there a dog?"
    assert in_full("dog?", None) == "Is there a dog?"
    assert in_full("and the dog?", None) is None
    assert in_full("what about dogs?", None) == "Are there any dogs?", "whatever it is bound to"
    assert in_full("and a tree?", Before("Is it raining?", "no")) == "Is there a tree?"


def test_things_one_after_the_other_are_several_questions() -> None:
    assert questions_in("dog? cats? a red ball?") == ["Is there a dog?", "Are there any cats?", "Is there a red ball?"]
    assert questions_in("dog? price?") == ["dog? price?"]


@given(st.text(max_size=60))
def test_any_text_is_a_thing_or_left(typed: str) -> None:
    whole = existence_question(typed)
    assert whole is None or (whole.endswith("?") and whole.startswith(("Is there ", "Are there ")))


def test_what_belongs_to_something_is_no_statement_about_it() -> None:
    assert in_full("the sad one's shirt color?", None) is None and in_full("the dog's name?", None) is None
    assert in_full("the dog's brown?", None) == "Is the dog brown?"
