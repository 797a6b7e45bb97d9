"""What is kept of what somebody says is right, and which short replies are answers."""

from __future__ import annotations

import pytest

from bot.conversation.right_answers import kept, may_agree, same, short_answer


@pytest.mark.parametrize(
    ("text", "question", "answer", "right"),
    [
        ("3", "how many cats", "2", "3"), ("3 cats!", "how many", "2", "3"), ("none", "how many", "2", "0"),
        ("two", "how many cats", "2", "two"), ("dog", "how many cats", "2", None), ("how many", "how many", "2", None),
        ("black", "what color is the dog", "brown", "black"), ("it's dark blue", "what color", "red", "dark blue"),
        ("the dog", "what color is the cat", "red", None), ("left one", "what color is it", "red", None),
        ("girl", "who is holding the kite", "man", "girl"), ("nobody", "who is it", "man", "nobody"),
        ("nothing", "what is the boy holding", "ball", "nothing"), ("no", "what is he holding", "ball", ""),
        ("yes", "how many cats", "2", "2"), ("no", "is there a dog", "no", "no"), ("yep", "is it red", "no", "yes"),
        ("the dog", "is there a cat", "no", None), ("and a dog", "what is it", "cat", None),
        ("what about dogs", "how many cats", "2", None), ("3?", "how many cats", "2", None),
        ("in the tree", "where is the cat", "on grass", "in the tree"), ("tree", "where is the cat", "on grass", None),
        ("standing", "what is the boy doing", "waving", "standing"), ("big", "is it big or small", "small", "big"),
        ("thanks", "who is it", "man", None), ("ok", "is it red", "no", None), ("a cat", "what is it", "dog", "a cat"),
    ],
)  # fmt: skip
def test_a_short_reply_of_the_same_kind_is_an_answer(text: str, question: str, answer: str, right: str | None) -> None:
    assert short_answer(text, question, answer) == right


@pytest.mark.parametrize(
    ("right", "question", "answer", "what"),
    [
        ("standing", "are they sitting", "no", ""),
        ("black", "is it black?", "no", "yes"), ("white", "is it black", "yes", "no"),
        ("a dog", "are there any dogs?", "no", "yes"), ("yes", "is it red", "maybe", "yes"),
        ("not black", "is it black", "yes", "no"), ("black", "is it black", "yes", ""),
        ("yellow", "can you see me", "no", ""), ("yellow", "what is she holding", "kite", ""),
        ("2", "what is she holding", "kite", ""), ("2", "what number is it", "kite", "2"),
        ("yellow", "what is the color of it", "red", "yellow"),
        ("a yellow car", "what colour", "red", "yellow"),
        ("blue", "and its shape", "red", "blue"), ("three cars", "how many cars", "2", "three"),
        ("a lot", "how many cars", "2", ""), ("a kite", "what is she holding", "ball", "a kite"),
        ("red", "is it red or blue", "blue", "red"), ("", "what is it", "dog", ""),
    ],
)  # fmt: skip
def test_only_what_answers_the_question_is_kept(right: str, question: str, answer: str, what: str) -> None:
    assert kept(right, question, answer) == what


def test_two_ways_to_say_the_same() -> None:
    assert same("two", "2") and same("A cat.", "cat") and not same("3", "2") and not same("a black cat", "cat")


@pytest.mark.parametrize(
    ("text", "question", "answer", "may"),
    [
        ("no, its blue", "is the ball red", "no", True), ("nope there are two", "are there any dogs", "No", True),
        ("no, its blue", "is the ball red", "yes", False), ("its blue", "is the ball red", "no", False),
        ("no, its blue", "what colour is the ball", "red", False), ("no", "what is he holding", "no", False),
    ],
)  # fmt: skip
def test_no_and_something_else_under_a_no_may_agree(text: str, question: str, answer: str, may: bool) -> None:
    assert may_agree(text, question, answer) == may
