"""Questions on the command line lean on the one before, and on what was answered to it about the same picture."""

from __future__ import annotations

from bot.commands.questions_in_order import QuestionsInOrder
from bot.conversation.follow_ups import Before


def test_the_answer_before_is_that_about_the_same_picture() -> None:
    asked = QuestionsInOrder(["What is the girl holding?", "what colour is it?"], 2)
    asked.note(0, "a", Before("What is the girl holding?", "kite"))
    asked.note(0, "b", Before("What is the girl holding?", "ball"))
    assert asked.asked_as(1, "what colour is it?", ["a"]) == "What colour is the kite?"
    assert asked.asked_as(1, "what colour is it?", ["b"]) == "What colour is the ball?"
    assert asked.asked_as(0, "What is the girl holding?", ["a"]) is None


def test_she_is_who_was_named_before_the_animal() -> None:
    typed = ["Is the girl happy?", "Is there a dog?", "what is she doing?"]
    asked = QuestionsInOrder(typed, 1)
    for place, (question, answer) in enumerate(zip(typed, ("yes", "yes"), strict=False)):
        asked.note(place, "a", Before(question, answer))
    assert asked.asked_as(2, typed[2], ["a"]) == "What is the girl doing?"


def test_pictures_that_are_compared_are_meant_by_they() -> None:
    asked = QuestionsInOrder(["How many dogs are there?", "are they the same?"], 2)
    assert asked.asked_as(1, "are they the same?", ["a", "b"]) is None


def test_of_one_picture_the_first_is_that() -> None:
    typed = ["Is there a cat?", "In the first picture, is there a dog?", "what colour is the dog in the first picture?"]
    asked = QuestionsInOrder(typed, 1)
    assert asked.asked_as(1, typed[1], ["a"]) == "Is there a dog?"
    assert asked.asked_as(2, typed[2], ["a"]) == "What colour is the dog in the picture?"
