"""Whom and what pronouns mean: people before animals, no thing for "he"; the weather and the time are not named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.follow_ups import Before, completed

GIRL_THEN_DOG = Before("Is there a dog?", "yes", Before("Is the girl happy?", "yes"))
DOG, KITE = Before("Is the dog big?", "no"), Before("What color is the kite?", "red")


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        (Before("whats the wether like", "sunny"), "why is he smiling"),
        (Before("Why is the sunny smiling?", "yes"), "is he happy or sad"),
        (KITE, "what color is her dress"),
        (KITE, "does she wear glasses or a hat"),
        (Before("Who has the ball?", "ball"), "what is he wearing"),
        (Before("How long is the string?"), "is she having fun"),
        (Before("What colours are the fish?", "orange"), "what is he wearing"),
        (Before("any difference to the previous?", "no"), "what color is his shirt"),
        (Before("can you see me", "no"), "when was it made?"),
        (Before("Is this underwater?", "yes"), "is it deep"),
        (Before("is this AI generated", "no"), "who drew it"),
        (Before("Who is taller?", "man"), "who is taller, him or her"),
        (Before("How many triangles?", "3"), "what does it mean"),
        (Before("How many dogs?", "3"), "does it run"),
        (DOG, "is it sunny?"),
        (DOG, "is it still raining"),
        (DOG, "is it going to snow"),
        (DOG, "is it late"),
        (DOG, "is it night"),
        (DOG, "it isn't raining, right?"),
        (DOG, "where is this"),
        (DOG, "guess what it is"),
        (Before("Is the painted Zebra big?", "yes"), "what is she holding"),
        (Before("Who painted the Zebra?"), "is she happy"),
        (Before("Is there a dog next to the boy?", "yes"), "is she happy"),
        (Before("Who is next to the dog?"), "what is she doing"),
        (Before("Is the dog bigger than the cat?", "no"), "is he happy"),
        (DOG, "what color is her dress"),
        (DOG, "what is he wearing"),
        (GIRL_THEN_DOG, "is he sad"),
        (Before("Is the dog happy?", "yes"), "and her hat?"),
        (DOG, "what is it"),
        (DOG, "is it ai"),
        (DOG, "is it real or drawn"),
        (DOG, "wrong he is happy"),
        (DOG, "make it black and white"),
        (DOG, "if it rains will he get wet"),
        (DOG, "Ich glaube der Ball ist rot. Is it?"),
    ],
)
def test_what_names_nobody_and_nothing_is_put_in_for_no_pronoun(before: Before, typed: str) -> None:
    assert completed(typed, before) is None


@pytest.mark.parametrize(
    ("before", "typed", "whole"),
    [
        (Before("is the dog left or right of the boy", "right"), "is he sitting?", "Is the boy sitting?"),
        (Before("is the boy left of the girl", "yes"), "is she happy", "Is the girl happy?"),
        (Before("Is the dog under the table?", "yes"), "is he sleeping", "Is the dog sleeping?"),
        (Before("Is the dog happy?", "yes"), "what is he doing?", "What is the dog doing?"),
        (Before("What animal is it?", "cat"), "is she sleeping", "Is the cat sleeping?"),
        (DOG, "is his tail long", "Is the dog's tail long?"),
        (GIRL_THEN_DOG, "is she sad", "Is the girl sad?"),
        (GIRL_THEN_DOG, "what color is it", "What color is the dog?"),
        (replace(GIRL_THEN_DOG, answer="no"), "what is her dress like", "What is the girl's dress like?"),
        (Before("When did the dog come?", "now"), "is it big", "Is the dog big?"),
        (Before("How many triangles?", "3"), "what do they look like", "What do the triangles look like?"),
        (Before("What color is the cat?", "orange"), "thanks, and is it big?", "Is the cat big?"),
        (Before("Does the boy have a ball?", "yes"), "what color is it", "What color is the ball?"),
        (Before("Does the boy on the bench have a ball?", "yes"), "what color is it", "What color is the ball?"),
        (Before("Is the girl next to the tree?", "yes"), "is it tall", "Is the tree tall?"),
        (Before("Is there only one dog?", "yes"), "what color is it", "What color is the dog?"),
        (Before("Are there two men?", "yes"), "where are they", "Where are the two men?"),
        (Before("Is there an orange?", "yes"), "is it round", "Is the orange round?"),
        (Before("How many flowers?", "3"), "colors of them", "What color are the flowers?"),
    ],
)
def test_who_may_be_meant_is_named(before: Before, typed: str, whole: str) -> None:
    assert completed(typed, before) == whole
