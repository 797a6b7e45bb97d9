"""Questions about two pictures: what changed, whether they are the same, which one has what."""

from __future__ import annotations

import random
from dataclasses import replace

from training.scenes import layout, typed
from training.scenes.facts import facts_of
from training.scenes.pairs import Pair
from training.scenes.wording import QA, a, name, names, sentence

_CHANGED = (
    *("what changed", "what has changed", "what changed between these", "what is different", "what's different"),
    *("what is the difference", "what is different in the second picture", "what changed between the pictures"),
    *("whats different", "differences", "difference", "spot the difference", "what's new", "whats changed", "changes"),
    *("what happened", "tell me what changed", "what is not the same", "find the difference", "what did change"),
    *("what changed from the first to the second", "what is the change", "any difference", "what differs"),
)
_SAME = (
    *("are they the same", "are these the same", "are the pictures the same", "is it the same", "same"),
    *("are both pictures the same", "do they look the same", "is everything the same", "same picture"),
    *("are these two identical", "identical", "are they equal", "are they alike", "is this the same scene"),
)


def ask_pair(pair: Pair, rng: random.Random, number: int = 2, *, changes: int = 1, typing: bool = True) -> list[QA]:
    """Ask about both pictures: always what changed, then whether they are the same, which one has what, and the like.

    Args:
        pair: A pair both of whose scenes have been rendered.
        rng: Decides choice and wording.
        number: How many questions.
        changes: How many of them ask what changed, in different words.
        typing: Whether they are worded as people type them.
    """
    changed = [QA(sentence(words), pair.answer, f"changed: {pair.kind}") for words in rng.sample(_CHANGED, changes)]
    others = [QA(sentence(rng.choice(_SAME)), "yes" if pair.kind == "same" else "no", "pair: same")]
    others += _which(pair, rng)
    rng.shuffle(others)
    asked = [*changed, *others[: number - changes]]
    return [_typed(qa, rng) if typing else qa for qa in asked]


def _typed(qa: QA, rng: random.Random) -> QA:
    if rng.random() < 0.25:
        words = qa.question.split()
        place = rng.randrange(len(words))
        words[place] = typed.slip(words[place], rng)
        return replace(qa, question=" ".join(words))
    return qa


def _which(pair: Pair, rng: random.Random) -> list[QA]:
    """Which one has a dog? first, second, both or neither. In which are there more balls?"""
    one, two = facts_of(pair.first), facts_of(pair.second)
    asked: list[QA] = []
    differing = sorted(
        kind for kind in {*one.by_kind, *two.by_kind} if (one.number(kind) > 0) != (two.number(kind) > 0)
    )
    shared = sorted(set(one.by_kind) & set(two.by_kind))
    usual = sorted(layout.usual_kinds(pair.first.indoors, rng, pair.first.variety) - {*one.by_kind, *two.by_kind})
    pool = [rng.choice(differing)] * 3 if differing else []
    pool += [rng.choice(group) for group in (shared, usual) if group]
    if pool:
        kind = rng.choice(pool)
        here = (one.number(kind) > 0, two.number(kind) > 0)
        answer = {(True, False): "first", (False, True): "second", (True, True): "both", (False, False): "neither"}[
            here
        ]
        what = a(name(kind, rng))
        forms = (
            "which one has {0}",
            "which picture has {0}",
            "where is {0}",
            "in which picture is {0}",
            "which has {0}",
        )
        more = (
            "which of them has {0}",
            "which of the pictures shows {0}",
            "which one shows {0}",
            "in which one is there {0}",
        )
        form = rng.choice([form for form in (*forms, *more) if form != "where is {0}"])
        asked.append(QA(sentence(form.format(what)), answer, "pair: which"))
    unequal = sorted(k for k in {*one.by_kind, *two.by_kind} if one.number(k) != two.number(k))
    if unequal:
        kind = rng.choice(unequal)
        form = rng.choice(
            ("which one has more {0}", "which picture has more {0}", "where are more {0}", "in which are more {0}")
        )
        answer = "first" if one.number(kind) > two.number(kind) else "second"
        asked.append(QA(sentence(form.format(names(kind, rng))), answer, "pair: which"))
    if pair.first.night != pair.second.night and not pair.first.indoors and not pair.second.indoors:
        form = rng.choice(("in which one is it {0}", "which picture is at {0}", "which one shows the {0}"))
        time = rng.choice(("night", "day"))
        asked.append(
            QA(
                sentence(form.format(time)),
                "first" if pair.first.night == (time == "night") else "second",
                "pair: which",
            )
        )
    return asked
