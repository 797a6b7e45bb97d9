"""Learns which messages ask nothing, for `bot/conversation/talk_score.py`:

    python -m bot.commands.fit_talk_score [LIST]

Examples are the phrases of `small_talk.txt`, the messages in `talk_examples/` and questions that are put together
there; some with a slip of the fingers or without their mark. With the name of a list in `talk_examples/lists/` (fresh)
nothing is written: everything is learnt but that list, and how many of its messages are then taken for the other kind
is said. The rules are judged with it, and they may have been made by somebody who had seen the list.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
import warnings
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import chain
from pathlib import Path

from bot.conversation import talk_score
from bot.conversation.phrases import first_names
from bot.conversation.small_talk import says_nothing, small_talk
from bot.conversation.talk_score import BUCKETS, STEP, Weights, features
from training.scenes.typed import slip

EXAMPLES = (
    "small_talk.txt",
    "talk_examples/no_questions.txt",
    "talk_examples/chatter.txt",
    "talk_examples/questions.txt",
    "talk_examples/things.txt",
    "talk_examples/statements.txt",
    "talk_examples/conversations.txt",
)
LISTS = ("phones", "fresh", "kinds", "written", "sealed", "varied", "chats")
"""Of messages, one a line, each as `no_questions_` and `short_questions_`."""
_ROOM = files("bot.conversation")
_KIND = {0: "short_questions", 1: "no_questions"}
_LISTED = 2
"""How often each message of the lists counts: what somebody typed is worth more than what is put together."""
_SEED = "small talk"
_PASSES = 100
"""Over all examples."""
_NO_MESSAGES = ("filler", "comment", "introduction")
"""Sections of `small_talk.txt` whose phrases are no messages of their own."""
_MADE = 8
"""Questions that are put together in each way."""
_SLIPS = {0: 0.3, 1: 0.5}
"""The share of questions, and of other messages, that come a second time with a slip."""
_NO_MARK = 0.5
_SHOUTED = 0.05
"""The share of questions without a mark that end in another: "count the dogs!"."""
_WEIGHT = {0: 1.0, 1: 0.6}
"""A question that is turned away is worse than a remark that is answered."""
_ASKING = re.compile(r"(?:are|do|does|can|is|how|who|what|whats|where) ")
_QUALITIES = ("nice", "good", "bad", "funny", "cute", "stupid", "ugly", "happy", "angry", "big", "small", "red", "new")
_ARTICLES = {
    "en": ("the", "a", "any", "my", "his", "her"),
    "it": ("il", "la", "un", "una"),
    "de": ("der", "die", "das", "ein", "eine"),
    "es": ("el", "la", "un", "una"),
    "fr": ("le", "la", "un", "une"),
    "pt": ("o", "a", "um", "uma"),
}
Example = tuple[str, int]
"""A message, and 1 where it asks nothing."""


def examples_hash() -> str:
    """Which examples there are: the weights hold it, so that a test knows whether they were learnt from these."""
    names = [*EXAMPLES, *(_file(name, asks) for name in LISTS for asks in _KIND)]
    read = (_ROOM.joinpath(name).read_bytes() for name in names)
    return hashlib.sha256(b"".join(read)).hexdigest()[:16]


def messages_of(name: str, asks: int) -> list[str]:
    """The messages of a list that ask nothing (1), or those that ask (0)."""
    return [line for line in _ROOM.joinpath(_file(name, asks)).read_text(encoding="utf-8").split("\n") if line]


def examples(rng: random.Random, lists: Sequence[str] = LISTS) -> list[Example]:
    """All examples, those that a seed draws among them."""
    found = [*((text, 0) for text in _questions(rng)), *((text, 1) for text in _messages(rng))]
    found += [(text, asks) for name in lists for asks in _KIND for text in messages_of(name, asks) * _LISTED]
    found += [(_unmarked(text, rng), asks) for text, asks in found if asks == 0 and rng.random() < _NO_MARK]
    return found + [(_with_slip(text, rng), asks) for text, asks in found if rng.random() < _SLIPS[asks]]


def _file(name: str, asks: int) -> str:
    return f"talk_examples/lists/{_KIND[asks]}_{name}.txt"


def _unmarked(text: str, rng: random.Random) -> str:
    return text.rstrip("?؟ ") + "!" * (rng.random() < _SHOUTED)


def _messages(rng: random.Random) -> Iterator[str]:
    """What asks nothing; some of it with a mark."""
    listed = _sections("small_talk.txt")
    own = {kind: phrases for kind, phrases in listed.items() if kind not in _NO_MESSAGES}
    names = first_names()
    found = [f"{begun} {rng.choice(names)}" for begun in listed["introduction"] * _MADE]
    words = _words()
    for name, phrases in words.items():
        language, *kind = name.split()
        if kind in ([], ["way"]):
            found += [_made(phrase, words, language, rng) for phrase in phrases * (_MADE if kind else 1)]
    for text in [*chain.from_iterable(own.values()), *found]:
        yield text
        if rng.random() < 0.25:
            yield text + ("?" if _ASKING.match(text) or rng.random() < 0.1 else rng.choice("!."))


def _questions(rng: random.Random) -> Iterator[str]:
    """What asks."""
    sections = _words()
    for name, listed in _sections("talk_examples/questions.txt").items():
        language, kind = name.split(maxsplit=1)
        if kind == "thing":
            yield from (thing + mark for thing in listed for mark in ("", "?"))
        elif kind == "whole":
            yield from listed * 2
        elif kind == "ask":
            for way in listed * _MADE:
                made = _made(way, sections, language, rng)
                yield made
                apart = re.sub(r"^(what|who|where|how)s\b", r"\1's", made)
                if apart != made:
                    yield apart
    for name, things in _sections("talk_examples/things.txt").items():
        language = name.split()[0]
        for thing in things:
            yield thing
            if language == "en" and rng.random() < 0.3:
                yield thing if thing.endswith("s") else f"{thing}s"
            if language in _ARTICLES and rng.random() < 0.3:
                yield f"{rng.choice(_ARTICLES[language])} {thing}"
            if language == "en" and rng.random() < 0.3:
                yield f"{rng.choice([*_QUALITIES, rng.choice(things)])} {thing}"


def _words() -> dict[str, list[str]]:
    """What messages are put together of, by section."""
    found: dict[str, list[str]] = {}
    for file in EXAMPLES[1:]:
        for name, listed in _sections(file).items():
            found.setdefault(name, []).extend(listed)
    return found


def _made(way: str, words: Mapping[str, Sequence[str]], language: str, rng: random.Random) -> str:
    """What is put together in a way: "the {thing}?"."""
    return re.sub(r"\{([\w ]+)\}", lambda kind: rng.choice(words[f"{language} {kind[1]}"]), way)


def _with_slip(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    place = rng.randrange(len(words))
    words[place] = slip(words[place], rng)
    return " ".join(words)


def _sections(name: str) -> dict[str, list[str]]:
    """What stands in a file between commas, by section."""
    sections: dict[str, list[str]] = {}
    for line in _ROOM.joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            listed = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            listed += [text.strip() for text in line.split(",") if text.strip()]
    return sections


def fit(found: Sequence[Example]) -> tuple[float, array[int]]:
    """The bias, and the weight of each bucket in steps."""
    import numpy as np
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    often = Counter(found)
    buckets = [sorted(features(text)) for text, _ in often]
    starts = np.cumsum([0, *map(len, buckets)])
    columns = np.concatenate(buckets)
    table = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(often), BUCKETS))
    asks = np.array([asks for _, asks in often])
    weights = np.array([_WEIGHT[asks] * count for (_, asks), count in often.items()])
    # Coordinate by coordinate: what stands in a few of 200,000 messages moves the loss too little for a solver that
    # stops at a small gradient. After so many passes hardly a decision changes any more.
    learnt = LogisticRegression(solver="liblinear", dual=True, max_iter=_PASSES, random_state=0)
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        learnt.fit(table, asks, weights)
    steps = np.clip(np.rint(learnt.coef_[0] / STEP), -127, 127).astype(int)
    return float(learnt.intercept_[0]), array("b", steps.tolist())


def main() -> None:
    """Learn, and write the weights into the source tree; or say how a list fares that was not learnt from."""
    held_out = sys.argv[1:]
    if unknown := {*held_out} - {*LISTS}:
        sys.exit(f"There is no list {', '.join(sorted(unknown))}; there are {', '.join(LISTS)}.")
    bias, steps = fit(examples(random.Random(_SEED), [name for name in LISTS if name not in held_out]))
    learnt = Weights(examples_hash(), bias, steps)
    talk_score.weights = lambda: learnt  # type: ignore[assignment]  # the rules ask these instead of those that ship
    for name in held_out:
        for asks, kind in _KIND.items():
            told = messages_of(name, asks)
            wrong = sum((small_talk(text) is not None or says_nothing(text)) != asks for text in told)
            sys.stdout.write(f"{kind}_{name}: {wrong} of {len(told)} wrong ({wrong / len(told):.1%})\n")
    if not held_out:
        target = Path(__file__).parents[1] / "conversation" / "talk_weights.bin"
        target.write_bytes(f"{examples_hash()} {bias:.4f}\n".encode() + steps.tobytes())


if __name__ == "__main__":
    main()
