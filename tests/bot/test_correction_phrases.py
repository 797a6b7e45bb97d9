"""What is meant by a message about an answer: that it is wrong, and what is right."""

from __future__ import annotations

import pytest

from bot.conversation.corrections import correction, objection, value_alone


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("red", "red"), ("No, it's red.", "red"), ("it is a red ball!", "a red ball"), ("The answer is 3", "3"),
        ("no", "no"), ("they are two dogs", "two dogs"), ("And the dog?", None), ("رنگش چیست؟", None), ("", None),
        ("it is", "it is"), ("/ask red", None), ("x" * 61, None), ("  ", None), ("It was “blue”", "blue"),
    ],
)  # fmt: skip
def test_what_is_right_is_what_stands_behind_it_is(said: str, right: str | None) -> None:
    assert correction(said) == right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("wrong, it is blue", "blue"), ("No, it's Blue.", "Blue"), ("nope, there are three!", "three"),
        ("that's wrong, it should be 3", "3"), ("That is not right. It is a cat", "a cat"),
        ("wrong", ""), ("that's wrong!", ""), ("no, it is not blue", ""), ("your answer is incorrect", ""),
        ("no", None), ("is it blue?", None), ("is it blue", None), ("it's blue", None), ("no, the left one", None),
        ("no its brown", "brown"), ("nah its grey mate", "grey"), ("nope 3", "3"), ("no, blue", "blue"),
        ("should be 2", "2"), ("should have been red", "red"), ("the answer is 2", "2"),
        ("i think it's black", "black"), ("it looks orange to me", "orange"), ("thats wrong lol", ""),
        ("not a dog", ""), ("that's not red", ""), ("ur wrong", ""), ("haha it's so wrong", ""), ("wrong again", ""),
        ("look again", ""), ("no it's fine", None), ("it should be fun", None), ("i think it's nice", None),
        ("no one", None),
        ("no, the dress is yellow not blue", "yellow"), ("it's not a boy it's a man", "a man"),
        ("there are three cars, not two", "three cars"), ("not 2, 3", "3"), ("not a boy but a man", "a man"),
        ("you forgot one", ""), ("u missed the yellow one", ""), ("wrong he is happy", "happy"),
        ("u wrong its black", "black"), ("actually it's one dog", "one dog"), ("i count 3", "3"),
        ("no they are standing", "standing"), ("not dogs, balls", None), ("you missed the point", None),
        ("great, not bad", None), ("i'm here not there", None), ("no, he is my brother", None),
        ("no, it's so cute", None),
        ("not a clue", None), ("it's not fair", None), ("no, its tail", None), ("i think it's 2000", None),
        ("no, it is the ball, what colour is it", None), ("wrong colour", None), ("no, it is " + "x" * 61, None),
    ],
)  # fmt: skip
def test_only_who_surely_means_it_calls_an_answer_wrong(said: str, right: str | None) -> None:
    assert objection(said) == right
    if right:
        assert correction(said) == right, "a reply means the same"


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("brown", "brown"), ("a cat", "a cat"), ("2", "2"), ("its red!", "red"), ("it's a cat", "a cat"),
        ("dog?", None), ("the ball", None), ("hello", None), ("and dog", None), ("false", None),
        ("123", None), ("/help", None),
    ],
)  # fmt: skip
def test_a_value_alone_may_say_what_is_right(said: str, right: str | None) -> None:
    assert value_alone(said) == right
