"""How likely a message asks nothing about a picture, by what it is made of: for wordings that no list has.

A logistic regression over words, pairs of words, the parts of words and the shape of the sentence, in all languages at
once. Its weights lie in `talk_weights.bin`, one byte for each hash of such a feature; `python -m
bot.commands.fit_talk_score` learns them from `talk_examples/` and `small_talk.txt`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import exp
from unicodedata import category
from zlib import crc32

from bot.conversation.phrases import lexicon, plain

BUCKETS = 2**18
STEP = 1 / 24
"""Of a weight: weights are whole numbers of steps, from -127 to 127."""
_PARTS = (2, 3, 4)
"""Letters of a part of a word; its beginning and its end count as one."""
_MOST_WORDS = 6
_SHORT = 3
"""Letters of a word that says by itself what it does in a sentence, in most of the languages."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt."""

    examples: str
    """Which examples it was learnt from: a hash of their files."""
    bias: float
    steps: array[int]
    """Of each bucket."""


def talk_score(text: str) -> float:
    """The probability that a message asks nothing, from 0 to 1."""
    learnt = weights()
    score = learnt.bias + STEP * sum(learnt.steps[bucket] for bucket in features(text))
    return 1 / (1 + exp(-max(-50.0, min(50.0, score))))


def features(text: str) -> set[int]:
    """The buckets of what a message is made of."""
    return {crc32(feature.encode()) % BUCKETS for feature in _features(text)}


def _features(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", plain(text))
    for word in words:
        yield f"={word}"
        bounded = f"<{word}>"
        for length in _PARTS:
            for place in range(len(bounded) - length + 1):
                yield bounded[place : place + length]
    said, shape = ["^", *words, "$"], ["^", *map(_class, words), "$"]
    yield from (f"{one} {other}" for one, other in pairwise(said))
    yield from (f"{one} _ {other}" for one, other in zip(said, said[2:], strict=False))
    yield from (f"~{one} {other}" for one, other in pairwise(shape))
    yield from ("~" + " ".join(three) for three in zip(shape, shape[1:], shape[2:], strict=False))
    yield f"{said[1]} .. {said[-2]}"
    yield f"#{min(len(words), _MOST_WORDS)}"
    yield from (f"#{mark}" for mark in "?!" if mark in text.replace("؟", "?"))
    if any(category(sign) == "So" for sign in text):
        yield "#emoji"


@lru_cache(maxsize=4096)
def _class(word: str) -> str:
    """A word as a place in a sentence: a short one as it is, a thing as one, of others the ending."""
    if len(word) <= _SHORT:
        return word
    return "T" if lexicon().is_thing(word) else f"-{word[-2:]}"


@cache
def weights() -> Weights:
    """The weights, read once."""
    head, _, steps = files("bot.conversation").joinpath("talk_weights.bin").read_bytes().partition(b"\n")
    examples, bias = head.decode().split()
    return Weights(examples, float(bias), array("b", steps))
