"""How questions are worded when they are spoken: what a language model is made of, and what sounds like a question.

`wordings.txt` is written by `training.scenes.spoken`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files

MOST = 80
"""Sentences that are made of a wording at most."""


class Wordings:
    """All wordings of questions, with the words that may stand in their places."""

    def __init__(self, text: str | None = None) -> None:
        """Read `wordings.txt`, or a text like it."""
        self._kinds: dict[str, dict[str, int]] = {}
        self._counts: dict[str, int] = {}
        for line in (text or (files("model.speech") / "wordings.txt").read_text(encoding="utf-8")).splitlines():
            kind, colon, words = line.partition(": ")
            if colon:
                counted = (one.rpartition(" ") for one in words.split(", "))
                self._kinds[kind] = {word: int(times) for word, _, times in counted}
            else:
                count, _, wording = line.partition(" ")
                self._counts[wording] = int(count)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that can be heard."""
        texts = [*self._counts, *(word for words in self._kinds.values() for word in words)]
        return frozenset(word for text in texts for word in text.split() if not word.startswith("{"))

    def sentences(self) -> Iterator[str]:
        """Questions as they are said, common wordings more often; the same each time."""
        rng = random.Random(0)
        drawn = {kind: (list(words), list(words.values())) for kind, words in self._kinds.items()}
        for wording, count in self._counts.items():
            for _ in range(min(MOST, count)):
                yield re.sub(r"\{(\w+)\}", lambda found: rng.choices(*drawn[found[1]])[0], wording)

    def is_question(self, text: str) -> bool:
        """Whether somebody asks in this way."""
        return self._pattern.sub(lambda found: f"{{{self._kind_of[found[0]]}}}", text) in self._counts

    @cached_property
    def _kind_of(self) -> dict[str, str]:
        return {word: kind for kind, words in self._kinds.items() for word in words}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        listed = "|".join(map(re.escape, sorted(self._kind_of, key=len, reverse=True)))
        return re.compile(rf"\b(?:{listed})\b")
