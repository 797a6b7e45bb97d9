"""Which questions lean on the one before, and what they ask in full."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.follow_ups import Before, completed

COLOUR, BALL = Before("What colour is the cat?", "black"), Before("Where is the ball?", "under the table")
DOG = Before("Is there a dog?", "yes")


@pytest.mark.parametrize(
    ("before", "typed", "whole"),
    [
        (Before("Is there a ball?", "yes"), "red?", "Is the ball red?"),
        (COLOUR, "black?", "Is the cat black?"),
        (Before("Where are the balls?", "on grass"), "and red?", "Are the balls red?"),
        # The same of something else
        (COLOUR, "and the dog?", "What colour is the dog?"),
        (COLOUR, "And the dog", "What colour is the dog?"),
        (COLOUR, "not dogs, balls", "What colour are the balls?"),
        (COLOUR, "the dude on the left?", "What colour is the dude on the left?"),
        (COLOUR, "the dog?", "What colour is the dog?"),
        (COLOUR, "and dog?", "What colour is the dog?"),
        (COLOUR, "what about the balls?", "What colour are the balls?"),
        (COLOUR, "and the girl's hat?", "What colour is the girl's hat?"),
        (Before("what color is the girl's hat", "red"), "and the boy's shirt", "What color is the boy's shirt?"),
        (Before("what color is the girl's hat", "red"), "and the boy?", "What color is the boy's hat?"),
        (Before("what color is the girl's hat", "red"), "and his?", "What color is his hat?"),
        (Before("What color is the hat?", "red"), "and hers", "What color is her hat?"),
        (Before("Is her dog big?", "yes"), "his?", "Is his dog big?"),
        (Before("Is the girl's brother happy?", "no"), "and the boy's?", "Is the boy's brother happy?"),
        (Before("what color is the girl's hat", "red"), "and the shirt?", "What color is the girl's shirt?"),
        (Before("what color is the girl's hat", "red"), "where is she", "Where is the girl?"),
        (Before("what color is the girl's hat", "red"), "is it big", "Is the girl's hat big?"),
        (Before("What colour are the flowers?"), "and the tree?", "What colour is the tree?"),
        (Before("Is there a dog?", "no dog"), "and a cat?", "Is there a cat?"),
        (Before("Is there a red ball?", "no"), "and a blue one?", "Is there a blue ball?"),
        (Before("Is there a red ball?", "no"), "a blue one?", "Is there a blue ball?"),
        (Before("Is there a red ball?", "no"), "and blue?", "Is there a blue ball?"),
        (Before("How many dogs are there?", "2"), "and cats?", "How many cats are there?"),
        (Before("How many dogs are there?", "2"), "and the cats?", "How many cats are there?"),
        (Before("What is the girl doing?", "running"), "and the boy?", "What is the boy doing?"),
        (Before("What is the girl holding?", "kite"), "and the boy?", "What is the boy holding?"),
        (Before("How does the girl feel?", "happy"), "and the boy?", "How does the boy feel?"),
        (Before("Where's the ball?", "left"), "and the dog?", "Where is the dog?"),
        (Before("What is the girl doing?", "running"), "and him?", "What is he doing?"),
        (Before("Is the door open?", "no"), "and the window", "Is the window open?"),
        # Another word in its place
        (Before("Is the girl sad?", "no"), "happy?", "Is the girl happy?"),
        (Before("Is it raining?", "no"), "snowing?", "Is it snowing?"),
        (DOG, "a cat?", "Is there a cat?"),
        (DOG, "and any cats?", "Are there any cats?"),
        (Before("Does the man have a beard?", "no"), "and glasses?", "Does the man have glasses?"),
        (
            Before("Who is bigger, the boy or the girl?", "the boy"),
            "who is smaller?",
            "Who is smaller, the boy or the girl?",
        ),
        (Before("What is on the table?", "cake"), "and under it?", "What is under the table?"),
        # Something else of the same
        (COLOUR, "size?", "What size is the cat?"),
        (COLOUR, "where?", "Where is the cat?"),
        (COLOUR, "where is it?", "Where is the cat?"),
        (COLOUR, "where is it", "Where is the cat?"),
        (COLOUR, "what is it doing?", "What is the cat doing?"),
        (COLOUR, "and where?", "Where is the cat?"),
        (COLOUR, "how many?", "How many cats are there?"),
        (BALL, "what colour is it?", "What colour is the ball?"),
        (BALL, "what color is it", "What color is the ball?"),
        (BALL, "what colour?", "What colour is the ball?"),
        (BALL, "and the colour?", "What colour is the ball?"),
        (BALL, "colour?", "What colour is the ball?"),
        (BALL, "is it red?", "Is the ball red?"),
        (BALL, "is it under the table?", "Is the ball under the table?"),
        (BALL, "red or blue?", "Is the ball red or blue?"),
        (DOG, "where?", "Where is the dog?"),
        (DOG, "what colour is it?", "What colour is the dog?"),
        (DOG, "how many?", "How many dogs are there?"),
        (DOG, "and how many?", "How many dogs are there?"),
        (DOG, "is it big?", "Is the dog big?"),
        (Before("How many dogs are there?", "2"), "where?", "Where are the dogs?"),
        (Before("How many dogs are there?", "2"), "what colour are they?", "What colour are the dogs?"),
        (Before("How many dogs are there?", "2"), "how many of them are brown?", "How many of the dogs are brown?"),
        (Before("Are there any balls?", "yes"), "where are they?", "Where are the balls?"),
        # What the answer named
        (Before("What is on the table?", "a book"), "what colour is it?", "What colour is the book?"),
        (Before("What is on the table?", "book"), "and the colour?", "What colour is the book?"),
        (Before("What is the girl holding?", "kite"), "what colour is it?", "What colour is the kite?"),
        (Before("What is the girl holding?", "kite"), "where is she?", "Where is the girl?"),
        (Before("Who is holding the ball?", "boy"), "what is he wearing?", "What is the boy wearing?"),
        (Before("Who is holding the ball?", "boy"), "what colour is his shirt?", "What colour is the boy's shirt?"),
        (Before("Is anyone holding a ball?", "yes"), "who?", "Who is holding a ball?"),
        (Before("Is there anything on the table?", "yes"), "what?", "What is on the table?"),
        # Elsewhere
        (Before("What is on the table?", "book"), "and on the bench?", "What is on the bench?"),
        (Before("What is on the left?", "tree"), "and on the right?", "What is on the right?"),
        (Before("How many balls are there?", "3"), "on the table?", "How many balls are there on the table?"),
        (Before("Is there a ball on the table?", "no"), "under the table?", "Is there a ball under the table?"),
        (DOG, "is there one on the left?", "Is there a dog on the left?"),
        (COLOUR, "and what colour is that?", "What colour is the cat?"),
        (COLOUR, "where are those?", "Where is the cat?"),
        # Who was not named
        (Before("What is he doing?", "standing"), "and the girl?", "What is the girl doing?"),
        (Before("What are they doing?", "running"), "and the girl?", "What is the girl doing?"),
        (Before("What is he doing?", "standing"), "and girl?", "What is the girl doing?"),
        (Before("What is he doing?", "standing"), "and her?", "What is she doing?"),
        (Before("What is the man wearing?", "glasses"), "and holding?", "What is the man holding?"),
        (Before("What is the man wearing?", "glasses"), "what colour is his hat?", "What colour is the man's hat?"),
        (Before("What color is the man's hat?", "red"), "and the girl's?", "What color is the girl's hat?"),
        (Before("What is the dog doing?", "running"), "is he black?", "Is the dog black?"),
        # Put otherwise
        (BALL, "bigger than the dog?", "Is the ball bigger than the dog?"),
        (COLOUR, "what about a dog?", "What colour is the dog?"),
        (COLOUR, "same for the dog", "What colour is the dog?"),
        (COLOUR, "no, the dog", "What colour is the dog?"),
        (Before("Is it red?", "no"), "what about the hat?", "Is the hat red?"),
        (Before("Who is bigger?", "boy"), "what about a tree?", "Is there a tree?"),
        (Before("Who is bigger?", "boy"), "and any trees?", "Are there any trees?"),
        (Before("Is there a dog?", "no"), "and people?", "Are there people?"),
        (Before("Is there a dog?", "no"), "and unicorn?", "Is there a unicorn?"),
        (Before("Is there a dog?", "no"), "and water?", "Is there water?"),
        # What is no part of the thing, and what belongs to it
        (Before("Is the dog married?", "no"), "is it in America?", "Is the dog in America?"),
        (Before("Is the ball alone?", "no"), "what breed is it", "What breed is the ball?"),
        (Before("Is that a house?", "yes"), "what colour is it then", "What colour is the house?"),
        (Before("Is there no dog?", "no"), "is he outside", "Is the dog outside?"),
        (Before("How many cats?", "1"), "what's it holding", "What is the cat holding?"),
        (Before("How many wolves?", "1"), "what's it holding", "What is the wolf holding?"),
        (
            Before("What is the boy on the left wearing?", "hat"),
            "and the one on the right",
            "What is the boy on the right wearing?",
        ),
        (
            Before("Is the man to the left of the woman?", "yes"),
            "to the right?",
            "Is the man to the right of the woman?",
        ),
        (Before("what colour is the dog pls", "gray"), "what shape", "What shape is the dog?"),
        (Before("Hey what colour is the dog", "gray"), "and the ball", "What colour is the ball?"),
        (
            Before("Can you tell me what the boy is holding?", "kite"),
            "and the girl?",
            "Can you tell me what the girl is holding?",
        ),
        (Before("Are there any clouds?", "yes"), "any people?", "Are there any people?"),
        (Before("Are there any flowers?", "yes"), "how many of them", "How many flowers are there?"),
        (Before("How many dogs are there?", "2"), "where r they", "Where are the dogs?"),
        # Only bound to it
        (COLOUR, "and how many dogs are there?", "How many dogs are there?"),
        (COLOUR, "ok, where is the ball?", "Where is the ball?"),
    ],
)
def test_what_leans_on_the_question_before_is_completed(before: Before, typed: str, whole: str) -> None:
    assert completed(typed, before) == whole


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        (COLOUR, "what colour is the dog?"),
        (Before("What changed?", "the dog moved"), "what colour is it?"),
        (Before("What is different from the one before?", "everything"), "Is it darker than in the previous picture?"),
        (Before("What is different in the other picture?", "everything"), "are they the same?"),
        (COLOUR, "dog?"),
        (COLOUR, "cats?"),
        (COLOUR, "is it raining?"),
        (COLOUR, "is it day or night?"),
        (COLOUR, "what is it?"),
        (COLOUR, "what time is it?"),
        (COLOUR, "is the girl with her dog happy?"),
        (COLOUR, "why?"),
        (COLOUR, "what is that?"),
        (COLOUR, "what animal is this?"),
        (COLOUR, "does it look like summer?"),
        (COLOUR, "and the dog? and the ball?"),
        (Before("What colour is the girl's hat?", "red"), "is he sitting?"),
        (Before("What colour are the eyes?", "red"), "is he old?"),
        (COLOUR, "and in the first?"),
        (COLOUR, "is it a cat or a dog?"),
        (COLOUR, "no dog?"),
        (Before("Who is bigger?", "boy"), "and a red one?"),
        (Before("Is it raining?", "no"), "and the boy?"),
        (COLOUR, "?"),
        (COLOUR, "and"),
        (COLOUR, "what is in the picture?"),
        (Before("Is this a dog?", "no"), "what is it then"),
        (Before("Where is the cat?", "no cat"), "is it empty"),
        (Before("Is the apple round?", "yes"), "is it a ball or an apple?"),
        (Before("Is the girl blonde?", "no"), "is it a happy picture"),
        (Before("How is the weather?", "sunny"), "where are they"),
        (Before("Which one is a cat?", "both"), "what colour are they"),
        (Before("What is on the table?"), "what fruit is it"),
        (Before("What is the girl holding?"), "what colour is it"),
        (Before("Is she holding an umbrella?", "yes"), "who is she"),
        (Before("How many are red?", "1"), "is it big"),
        (Before("Any clouds?", "yes"), "what car is it"),
        (Before("Who is this?", "on grass"), "whose umbrella is it"),
        (Before("Where is its tail?", "behind"), "what is it doing"),
        (Before("Tell me what is on the grass", "ball"), "the ball is yellow?"),
        (COLOUR, "di che colore è?"),
        (Before("Is it raining?", "no"), "where?"),
        (Before("Is it raining?", "no"), "and the dog?"),
        (Before("What colour?", "red"), "And now?"),
        (Before("?", ""), "and the dog?"),
        (Before("What is the weather?", "sunny"), "and now?"),
    ],
)
def test_what_stands_by_itself_or_cannot_be_known_stays(before: Before, typed: str) -> None:
    assert completed(typed, before) is None


@given(st.text(max_size=80), st.text(max_size=80), st.none() | st.text(max_size=20))
def test_any_texts_are_understood_or_left(typed: str, before: str, answer: str | None) -> None:
    whole = completed(typed, Before(before, answer))
    assert whole is None or (whole.endswith("?") and whole.strip() == whole)


WORDS = st.lists(
    st.sampled_from(
        (
            *(
                "what",
                "colour",
                "is",
                "are",
                "it",
                "the",
                "a",
                "dog",
                "ball",
                "red",
                "where",
                "and",
                "how",
                "many",
                "he",
            ),
            *("she", "girl's", "on", "table", "or", "one", "?", "there", "who"),
        )
    ),
    max_size=9,
).map(" ".join)


@given(WORDS, WORDS, st.none() | st.sampled_from(("1", "0", "no", "no dog")) | WORDS)
def test_any_order_of_the_usual_words_is_understood_or_left(typed: str, before: str, answer: str | None) -> None:
    assert completed(typed, Before(before, answer)) != typed


def test_what_names_nothing_lets_a_question_lean_on_the_one_before_it() -> None:
    ball = Before("Where is the ball?", "on grass")
    unknown = Before("what is it", None, ball)
    assert unknown.names_nothing and completed("colour?", unknown) == "What colour is the ball?"
    assert completed("red?", Before("what is that", None, unknown)) == "Is the ball red?", "two further back"
    named = Before("what is it", "cat", ball)
    assert not named.names_nothing and completed("colour?", named) == "What colour is the cat?"
    assert completed("colour?", Before("what is it")) is None
    assert completed("Is there a dog?", unknown) is None, "it stands by itself"
