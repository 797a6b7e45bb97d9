"""Writes how questions are worded when they are spoken, for `model/speech`:

    python -m training.scenes.spoken > model/speech/wordings.txt

A wording is a question with its things and colours left open: "what color is the {thing}". What words may stand there
is written first, a line for each kind; behind each word and before each wording stands how often it came up.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from training.scenes import art, layout, questions, typed
from training.scenes.catalogue import ALL, CATALOGUE
from training.scenes.variety import WIDE
from training.scenes.wording import BESIDES, PLURAL_SYNONYMS, SYNONYMS

SCENES = 2500
LEAST = 2
"""A wording that comes up less often is an accident."""
_CAREFUL = replace(WIDE, wordings=False)
_SIZE = 0.25


def said(question: str) -> str:
    """A question as it is spoken: small letters, no marks; both spellings of "colour" sound the same."""
    words = re.sub(r"[^a-z' ]+", " ", question.lower()).replace("colour", "color")
    return " ".join(words.split())


def kinds() -> dict[str, list[str]]:
    """The words that may stand for one another, by the name of their kind."""
    things: set[str] = set()
    many: set[str] = set()
    for kind in CATALOGUE.values():
        names = (kind.name, *SYNONYMS.get(kind.name, ()), *BESIDES.get(kind.name, ()))
        things.update(names)
        many.update((kind.many, *PLURAL_SYNONYMS.get(kind.many, ())))
        if kind.many != kind.name:
            many.update(typed.plural(name) for name in names[1:])
    return {"thing": sorted(things - many), "things": sorted(many), "color": sorted(ALL)}


def spoken_questions(scenes: int, seed: str = "speech") -> Iterator[str]:
    """Questions about scenes, carefully worded and in other ways, as they are spoken."""
    for number in range(scenes):
        rng = random.Random(f"{seed}/{number}")
        scene = layout.compose(rng, _CAREFUL)
        art.render(scene, rng, _SIZE)
        for qa in questions.ask(scene, rng, 8):
            yield said(qa.question)
            for _ in range(2):
                yield said(typed.in_other_words(qa.question, rng))


def wordings(scenes: int = SCENES) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """How often each word of each kind came up, and each wording."""
    by_word = {word: kind for kind, words in kinds().items() for word in words}
    listed = "|".join(map(re.escape, sorted(by_word, key=len, reverse=True)))
    pattern = re.compile(rf"\b(?:{listed})\b")
    words: dict[str, Counter[str]] = {kind: Counter() for kind in kinds()}

    def opened(found: re.Match[str]) -> str:
        kind = by_word[found[0]]
        words[kind][found[0]] += 1
        return f"{{{kind}}}"

    return words, Counter(pattern.sub(opened, text) for text in spoken_questions(scenes))


def main() -> None:
    """Write kinds and wordings, the commonest first."""
    words, found = wordings()
    for kind, counts in words.items():
        listed = ", ".join(f"{word} {count}" for word, count in sorted(counts.items()))
        print(f"{kind}: {listed}")  # noqa: T201 - it is what the program is for
    for wording, count in found.most_common():
        if count >= LEAST:
            print(f"{count} {wording}")  # noqa: T201


if __name__ == "__main__":
    main()
