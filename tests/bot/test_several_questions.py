"""What is several questions in one message, and what is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.follow_ups import Before
from bot.conversation.several_questions import MOST, MOST_LINES, on_one_line, questions_in, questions_of_each


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "what colour is the ball and how many dogs are there?",
            ["What colour is the ball?", "How many dogs are there?"],
        ),
        (
            "What colour is the ball? How many dogs are there?",
            ["What colour is the ball?", "How many dogs are there?"],
        ),
        ("what is the boy doing and what is he wearing", ["What is the boy doing?", "What is the boy wearing?"]),
        ("is there a dog and is it brown??", ["Is there a dog?", "Is the dog brown?"]),
        ("Is there a dog? Where?", ["Is there a dog?", "Where is the dog?"]),
        ("what colour is the ball? and the kite?", ["What colour is the ball?", "What colour is the kite?"]),
        (
            "Where is the cat, what is it doing, and what colour is it?",
            ["Where is the cat?", "What is the cat doing?", "What colour is the cat?"],
        ),
        ("is it day or night and what is the weather like", ["Is it day or night?", "What is the weather like?"]),
        (
            "what colour is the dog, the ball and the tree?",
            ["What colour is the dog?", "What colour is the ball?", "What colour is the tree?"],
        ),
        (
            "how many doors, windows and stars",
            ["How many doors are there?", "How many windows are there?", "How many stars are there?"],
        ),
        ("where is the cat and the dog", ["Where is the cat?", "Where is the dog?"]),
        (
            "tell me the dog color? ball color? tree?",
            ["What color is the dog?", "What color is the ball?", "What color is the tree?"],
        ),
        (
            "dog colour, ball colour, trees",
            ["What colour is the dog?", "What colour is the ball?", "What colour are the trees?"],
        ),
        ("color of the dog and ball?", ["What color is the dog?", "What color is the ball?"]),
        ("what color dog? ball size?", ["What color is the dog?", "What size is the ball?"]),
        ("dogs? cats? color of ball", ["Are there any dogs?", "Are there any cats?", "What color is the ball?"]),
        ("how many dogs? any cats", ["How many dogs?", "Are there any cats?"]),
        (
            "what is this? how many dogs are there? cats?",
            ["What is this?", "How many dogs are there?", "Are there any cats?"],
        ),
        ("dog or cat? anyone?", ["Is there a dog?", "Is there a cat?", "Are there any people?"]),
    ],
)
def test_several_questions_are_told_apart_and_each_is_in_full(text: str, asked: list[str]) -> None:
    assert questions_in(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "What is this?",
        "what colour are the ball and the kite?",
        "is there a cat and a dog?",
        "how many black and white dogs are there",
        "what colour is the dog that sits by the ball and the tree?",
        "which is bigger, the dog or the cat?",
        "what is on the table and under the chair?",
        "is the boy who is sitting and is wearing a hat happy?",
        "is it raining? thanks",
        "what? where? who?",
        "dog color?",
        "dog color? thanks",
        "tell me the color",
        "tell me what the boy is doing and what the girl is doing",
        " and ".join(["what is on the table"] * (MOST + 1)),
        "",
        "??",
    ],
)
def test_one_question_stays_as_it_was_typed(text: str) -> None:
    assert questions_in(text) == [text]


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("what colour is the dog\nhow many people are there", "what colour is the dog? how many people are there"),
        ("what colour is the dog\nand the ball\nand the tree", "what colour is the dog? and the ball? and the tree"),
        ("1) how many people 2) how many dogs?", "how many people? how many dogs?"),
        ("1. how many dogs 2. any cats", "how many dogs? any cats"),
        ("(1) dogs (2) cats (3) what color is the ball?", "dogs? cats? what color is the ball?"),
        ("answer these: 1.dog? 2.cat?", "dog? cat?"),
        ("1\ufe0f\u20e3 how many dogs 2\ufe0f\u20e3 any cats", "how many dogs? any cats"),
        ("how many dogs\nany cats", "how many dogs? any cats"),
        ("is it 1) red or 2) blue", "is it 1) red or 2) blue"),
        ("2. how many dogs 3. any cats", "2. how many dogs 3. any cats"),
        ("1. how many dogs", "1. how many dogs"),
        ("1. what is this\n2. where is it", "what is this? where is it"),
        ("hi\n what is  this", "hi what is this"),
        ("what is\nthis?", "what is this?"),
        ("is 1. true", "is 1. true"),
        ("", ""),
    ],
)
def test_what_stands_in_lines_or_behind_numbers_ends_as_questions_do(typed: str, line: str) -> None:
    assert on_one_line(typed) == line


def test_each_may_lean_on_the_question_before_the_message() -> None:
    before = Before("What colour is the ball?", "red")
    assert questions_in("and the dog? and the cat?", before) == ["What colour is the dog?", "What colour is the cat?"]
    assert questions_in("and the dog? thanks", before) == ["and the dog? thanks"]


def test_the_first_leans_on_the_question_before_the_message() -> None:
    before = Before("Is there a ball?", "yes")
    asked = questions_in("what colour is it and where is it?", before)
    assert asked == ["What colour is the ball?", "Where is the ball?"]


@pytest.mark.parametrize(("pictures", "questions"), [(2, 4), (5, 4), (6, 3), (7, 2), (9, 2), (10, 2)])
def test_of_many_pictures_as_many_are_asked_as_there_are_lines_for(pictures: int, questions: int) -> None:
    text = "Is there a dog? Is there a cat? Where is the ball? Who is smiling?"
    assert questions_of_each(text, pictures) == questions_in(text)[:questions]
    assert questions * pictures <= MOST_LINES


@given(st.lists(st.sampled_from(("what", "is", "the", "dog", "and", "?", ",", "it", "where", "how many")), max_size=14))
def test_any_order_of_words_is_cut_into_whole_questions_or_left(words: list[str]) -> None:
    text = " ".join(words)
    asked = questions_in(text)
    assert asked == [text] or (1 < len(asked) <= MOST and all(len(one) > 4 and one.endswith("?") for one in asked))
