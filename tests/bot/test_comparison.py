"""Which questions are about several pictures together, and which about each."""

from __future__ import annotations

import random

import pytest

from bot.conversation.comparison import (
    asked_together,
    asks_whether_alike,
    compared_in_steps,
    counted_in_each,
    is_comparison,
    may_be_about_each,
    names_another,
    needs_two,
    sought_in_each,
)
from training.scenes import art, layout, pair_questions
from training.scenes.questions import ask
from training.scenes.variety import WIDE

TWO = [
    *("What changed?", "what's changed", "What has changed between these?", "did anything change?", "any changes?"),
    *("What is different?", "what's the difference", "spot the difference", "Differences?", "How do they differ?"),
    *("Are they the same?", "are these the same", "Are both pictures the same?", "same?", "identical"),
    *("Is it the same?", "Are the pictures identical?", "compare them", "Compare these two"),
    *("Is it the same dog?", "is this still the same girl", "same place?", "are they the same people as before?"),
    *(
        "what is the difference between the pictures",
        "wat changed",
        "is there any change",
        "did the ball change colour?",
    ),
]
SEVERAL = [
    *("Which one has a dog?", "which picture shows a cat?", "Which of them is at night?", "In which is it raining?"),
    *("Which has more balls?", "which is bigger?", "Is the second picture darker?", "are both outside?"),
    *("What do they have in common?", "Are they the same colour?", "how many of them show a dog", "what is missing?"),
    *("What disappeared?", "did anything disappear", "what appeared", "what's been added?", "Was something added?"),
    *(
        "What got removed?",
        "what did they add",
        "did something move?",
        "Has something been moved?",
        "who left?",
        "did the ball move?",
    ),
    *(
        "Who is missing?",
        "is something missing now",
        "Is anything gone?",
        "what vanished from the table?",
        "what was replaced",
    ),
    *("Which of the two shows a cat?", "which of these two is darker", "Is the dog in the first or the second?"),
    *("are they the same species?", "is it the same number?", "are they still the same size", "same pattern?"),
    *("What's new?", "Is the dog in the first one or in the other one?", "Where are more trees?"),
]
EACH = [
    *("What colour is the ball?", "Which colour is the ball?", "which color is it", "How many dogs are there?"),
    *("Is there a dog?", "Where is the cat?", "What is this?", "ball?", "who is there", "what is the girl doing?"),
    *("Who is missing a shoe?", "what is moving?", "What is between the two dogs?", "which of the two dogs is bigger"),
    *("What is on the left?", "who is on the left", "what appears to be on the table?", "who is in the moving car?"),
    *("Is it day or night?", "What is the weather like?", "Is the ball red?", "which animal is on the tree?"),
    *("Is the man on the left?", "what is in the first row", "Can I change the colour?", ""),
    *("How many dogs are there in both pictures?", "what is the total number of balls?", "how many people altogether"),
    *("Which one is bigger, the cow or the table?", "which are there more of, balls or dogs?", "on which side is it?"),
]


@pytest.mark.parametrize("question", TWO)
def test_what_makes_no_sense_about_one_picture(question: str) -> None:
    assert needs_two(question) and is_comparison(question)


@pytest.mark.parametrize("question", SEVERAL)
def test_what_is_about_several_where_there_are_several(question: str) -> None:
    assert is_comparison(question) and not needs_two(question)


@pytest.mark.parametrize("question", EACH)
def test_what_is_about_each(question: str) -> None:
    assert not is_comparison(question)


@pytest.mark.parametrize(
    ("question", "another"),
    [
        ("Is it the same as in the first picture?", True),
        ("What is in the other picture that is not here?", True),
        ("Is the dog bigger than in the previous photo?", True),
        ("same as before?", True),
        ("What colour is the other ball?", False),
        ("What about the other one?", False),
        ("Is there any other picture on the wall?", False),
        ("How many people are in the first picture?", False),
    ],
)
def test_which_questions_name_another_picture(question: str, another: bool) -> None:
    assert names_another(question) == another
    assert is_comparison(question) or not another


@pytest.mark.parametrize(
    ("question", "within"),
    [
        ("Are the balls the same colour?", True),
        ("are they the same colour", True),
        ("Are both dogs brown?", True),
        ("Is the ball as big as the dog?", False),
        ("Are they the same?", False),
        ("Are both pictures dark?", False),
        ("Which one has a dog?", False),
        ("What do they have in common?", False),
    ],
)
def test_which_comparisons_may_be_meant_within_each_picture(question: str, within: bool) -> None:
    assert may_be_about_each(question) is within


@pytest.mark.parametrize(
    ("question", "of_each"),
    [
        ("How many dogs in total?", "How many dogs?"),
        ("In total, how many dogs are there?", "how many dogs are there?"),
        ("how many dogs are there in all of these pictures", "how many dogs are there"),
        ("How many dogs are in both pictures?", "How many dogs are there?"),
        ("what is the total number of dogs?", "what is the number of dogs?"),
        ("How many dogs are there?", None),
        ("How many of them show a dog?", None),
        ("Is it dark in both pictures?", None),
        ("What is the man in overalls doing?", None),
    ],
)
def test_a_sum_is_counted_in_each_picture(question: str, of_each: str | None) -> None:
    assert counted_in_each(question) == of_each


@pytest.mark.parametrize(
    ("question", "of_each"),
    [
        ("which one has people?", "Are there people?"),
        ("which picture has the balls on the table?", "Are there balls on the table?"),
        ("Which one has the unicorn?", "Is there a unicorn?"),
        ("which one has the water?", "Is there water?"),
        ("Which one has a dog?", "Is there a dog?"),
        ("which of these three pictures shows dogs", "Are there dogs?"),
        ("In which picture is there the elephant?", "Is there an elephant?"),
        ("Which photo has a cat in it?", "Is there a cat?"),
        ("which pictures have two dogs?", "Are there two dogs?"),
        ("Which has more balls?", None),
        ("which one has the most dogs", None),
        ("Which one has a dog or a cat?", None),
        ("Which is bigger?", None),
        ("What changed?", None),
    ],
)
def test_what_one_of_many_pictures_has_is_looked_for_in_each(question: str, of_each: str | None) -> None:
    assert sought_in_each(question) == of_each
    assert asked_together(question, 3) is (of_each is None and is_comparison(question) and question != "What changed?")
    assert asked_together(question, 2) is is_comparison(question), "a model that compares looks at two"


@pytest.mark.parametrize(
    ("question", "in_steps"),
    [
        ("What changed?", True),
        ("what is different in these three pictures", True),
        ("Are they all the same?", True),
        ("all the same?", True),
        ("did anything move?", True),
        ("what's new", True),
        ("what was removed", True),
        ("what is different in the second picture?", True),
        ("What changed from the first to the last?", False),
        ("difference between picture 1 and picture 3", False),
        ("Which one is different?", False),
        ("Which one has a dog?", False),
        ("Are the balls the same colour?", False),
        ("What do they have in common?", False),
        ("What colour is the ball?", False),
        ("How many dogs in total?", False),
    ],
)
def test_what_compares_more_than_two_pictures_goes_from_each_to_the_next(question: str, in_steps: bool) -> None:
    assert compared_in_steps(question, 3) is in_steps and not compared_in_steps(question, 2)
    assert not (in_steps and asked_together(question, 3))


def test_which_questions_yes_means_the_same() -> None:
    assert all(map(asks_whether_alike, (*pair_questions._SAME, "Are they all the same?", "all the same")))
    assert not any(map(asks_whether_alike, (*pair_questions._CHANGED, "did anything change?", "Do they differ?")))


def test_the_wordings_that_models_are_trained_on_are_understood() -> None:
    missed = [text for text in (*pair_questions._CHANGED, *pair_questions._SAME) if not is_comparison(text)]
    assert not missed
    rng, asked, taken = random.Random(3), 0, []
    for _ in range(60):
        scene = layout.compose(rng, WIDE)
        art.render(scene, rng)
        questions = [qa.question for qa in ask(scene, rng, 20)]
        asked, taken = asked + len(questions), taken + list(filter(is_comparison, questions))
        assert not any(map(needs_two, questions))
    assert len(taken) < asked / 100, taken  # as people type them, with their typing errors
