"""What is kept of what somebody says is right, and which short replies are answers."""

from __future__ import annotations

import pytest

from bot.conversation.right_answers import kept, same, short_answer


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
    ("right", "question", "answer", "outright", "what"),
    [
        ("standing", "are they sitting", "no", False, "no"), ("standing", "are they sitting", "no", True, ""),
        ("black", "is it black?", "no", False, "yes"), ("white", "is it black", "yes", True, "no"),
        ("a dog", "are there any dogs?", "no", True, "yes"), ("yes", "is it red", "maybe", True, "yes"),
        ("not black", "is it black", "yes", True, "no"), ("black", "is it black", "yes", True, ""),
        ("yellow", "can you see me", "no", True, ""), ("yellow", "what is she holding", "kite", True, ""),
        ("2", "what is she holding", "kite", True, ""), ("2", "what number is it", "kite", True, "2"),
        ("yellow", "what is the color of it", "red", True, "yellow"),
        ("a yellow car", "what colour", "red", True, "yellow"),
        ("blue", "and its shape", "red", True, "blue"), ("three cars", "how many cars", "2", True, "three"),
        ("a lot", "how many cars", "2", True, ""), ("a kite", "what is she holding", "ball", True, "a kite"),
        ("red", "is it red or blue", "blue", True, "red"), ("", "what is it", "dog", True, ""),
    ],
)  # fmt: skip
def test_only_what_answers_the_question_is_kept(
    right: str, question: str, answer: str, outright: bool, what: str
) -> None:
    assert kept(right, question, answer, outright=outright) == what


def test_two_ways_to_say_the_same() -> None:
    assert same("two", "2") and same("A cat.", "cat") and not same("3", "2") and not same("a black cat", "cat")
