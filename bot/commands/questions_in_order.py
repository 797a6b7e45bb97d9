"""Questions that `vqabot ask` gets one after the other, as in a chat: each may lean on the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.comparison import needs_two
from bot.conversation.follow_ups import FURTHER_BACK, Before
from bot.conversation.one_of_several import OneOfSeveral, one_of_several, the_only_one
from bot.conversation.several_questions import in_full


class QuestionsInOrder:
    """Questions about the same pictures, and what was answered to those before."""

    def __init__(self, questions: Sequence[str], pictures: int) -> None:
        """Of the questions, as they were typed, each is asked of so many pictures, or of the one that it names."""
        self._before = [None, *map(Before, questions)]
        self._answered: dict[tuple[int, str], Before] = {}
        typed = zip(questions, self._before, strict=False)
        named = [
            one_of_several(one, pictures, b) or (the_only_one(one, b) if pictures < 2 else None) for one, b in typed
        ]
        self.named: dict[int, OneOfSeveral] = {place: one for place, one in enumerate(named) if one is not None}
        """What is asked of one picture alone, by the question's place in their order, counted from 0."""

    def asked_as(self, place: int, question: str, picture_keys: Sequence[str]) -> str | None:
        """A question about some pictures in full; None where it is that as it was typed."""
        if place in self.named:
            return self.named[place].question
        if len(picture_keys) > 1 and needs_two(question):  # "they" are the pictures
            return None
        return in_full(question, self._answered.get((place - 1, picture_keys[0]), self._before[place]))

    def note(self, place: int, picture_key: str, answered: Before) -> None:
        """A question was answered about a picture, the first of several: `answered` is how it was put, and what to."""
        earlier = self._answered.get((place - 1, picture_key), self._before[place])
        self._answered[place, picture_key] = replace(answered, earlier=earlier).back(FURTHER_BACK)
