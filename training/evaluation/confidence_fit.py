"""Learns from answers how familiar what was asked was, and how often the model is right then.

Three parts of the pictures serve three ends: what is known, how sure to be, and judging both.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model import counting
from model.confidence.confidence_model import (
    ALONG,
    PLAIN,
    Assessment,
    ConfidenceModel,
    DistanceLimits,
    PictureFamiliarity,
    others_share,
    root_mean_square,
    words_of,
)
from model.confidence.spaces import Measure, Space, Vector
from training.errors import DataError
from training.evaluation.seen import OWN, RESERVED, Seen
from training.evaluation.shifts import NOTHING

FEWEST_PICTURES = 60
"""Of fewer own pictures nothing could be learnt that could be believed."""
_KNOWN, _SURE = 0.4, 0.4
"""Shares of the pictures that say what is known, and that say how sure to be; the others judge."""
_AXES = {"pixels": 48, "tokens": 48, "questions": 48}
_EXAMPLES = 300
_RIDGE = 0.05
"""Of the mean variance, added in every direction."""
_WITHIN = 0.99
_STRICTER = 0.995
"""Of the larger of a question's distances: what is known keeps within it 99 times in 100, with room for chance."""
_MOST_OTHERS = 0.75
"""Share of others' pictures, of those about which everything was answered rightly, that are not called unlike."""
_NOTHING_WITHIN = 0.1
"""Share of the pictures of nothing that may be among them by that."""
_STRENGTH = 0.3
"""Inverse strength of the penalty on the weights."""
_RARE = 0.01
"""Where more of the held-out own questions, but for further ones, have an unlisted word, the list is not closed."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The answers by what they serve."""

    known: list[Seen]
    sure: list[Seen]
    judged: list[Seen]


def too_few(pictures: int) -> str:
    """Why nothing can be learnt from so few pictures."""
    return f"{counting.too_few(pictures, 'picture')} to learn what is familiar: {FEWEST_PICTURES} are needed."


def divide(seen: Sequence[Seen], seed: int) -> Sides:
    """Divide by pictures, each set for itself: what comes from one picture stays together.

    Raises:
        DataError: There are too few own pictures.
    """
    pictures = sorted({one.asked.image_id for one in seen if one.asked.group == OWN})
    if len(pictures) < FEWEST_PICTURES:
        raise DataError(too_few(len(pictures)))
    others = sorted({one.asked.image_id for one in seen} - set(pictures))
    side: dict[int, int] = {}
    for some in (pictures, others):
        random.Random(f"evidence/{seed}").shuffle(some)
        for place, image_id in enumerate(some):
            share = (place + 0.5) / len(some)
            side[image_id] = 0 if share < _KNOWN else 1 if share < _KNOWN + _SURE else 2
    parts: tuple[list[Seen], list[Seen], list[Seen]] = ([], [], [])
    for one in seen:
        place = side[one.asked.image_id]
        # What is known is learnt from the own data alone; for the rest two sides are enough.
        parts[1 if place == 0 and one.asked.group != OWN else place].append(one)
    return Sides(*parts)


def learn(sides: Sides, words: Iterable[str], answers: Collection[str], coverage: float) -> ConfidenceModel:
    """Learn all of it.

    Args:
        sides: The divided answers.
        words: Further questions that the model knows, for their words.
        answers: The closed list of answers, beside those of the own data.
        coverage: How often the conformal set is to hold the right answer, 0 to 1.
    """
    inside = sides.known
    held = [one for one in sides.sure if one.asked.group == OWN]
    spaces = [
        _space(_distinct(inside, "statistics"), _AXES["pixels"]),
        _space(_distinct(inside, "token"), _AXES["tokens"]),
        _space(_states(inside), _AXES["questions"]) if inside[0].generation.prompt_state else None,
    ]
    assert spaces[0] is not None and spaces[1] is not None
    known = _words(inside, words)
    asked = [one.asked.question for one in held if not one.asked.further]
    outside = sum(any(word not in known for word in words_of(question)) for question in asked)
    own = [*inside, *held]
    started = ConfidenceModel(
        pixels=spaces[0],
        tokens=spaces[1],
        questions=spaces[2],
        limits=DistanceLimits((1.0, 1.0), (1.0, 1.0), 1.0, (1.0, 1.0), 1.0),
        words=frozenset(known | _words(held, ())) if outside <= _RARE * len(asked) else frozenset(),
        answers=frozenset({*answers, *(one.asked.answer for one in own if one.asked.answer)}),
        centre=np.zeros(0, np.float32),
        spread=np.zeros(0, np.float32),
        weights=np.zeros(0, np.float32),
        offset=0.0,
        least=0.0,
        coverage=coverage,
    )
    limited = replace(started, limits=_limits(started, held, sides.sure))
    weighed = _weigh(limited, sides.sure)
    return replace(weighed, least=_least(weighed, sides.sure, coverage))


def assess(model: ConfidenceModel, seen: Sequence[Seen]) -> list[Assessment]:
    """What the worker would say of these answers."""
    pictures: dict[str, PictureFamiliarity] = {}
    judged = []
    for one in seen:
        if one.asked.key not in pictures:
            pictures[one.asked.key] = model.picture(one.statistics, one.token)
        judged.append(model.assess(one.asked.question, one.generation, [pictures[one.asked.key]]))
    return judged


def balance(seen: Sequence[Seen]) -> NDArray[np.float64]:
    """A weight for each answer: the own set counts as much as all others together, these the same among themselves."""
    counts: dict[str, int] = defaultdict(int)
    for one in seen:
        counts[one.asked.group] += 1
    others = max(1, len(counts) - (OWN in counts))
    shares = np.array([(1.0 if g == OWN else 1 / others) / counts[g] for g in (one.asked.group for one in seen)])
    weights: NDArray[np.float64] = shares / shares.mean()
    return weights


def _space(vectors: Vector, most: int) -> Space:
    """The main axes of vectors [N, D] and some of them as examples."""
    mean = vectors.mean(0)
    off = (vectors - mean).astype(np.float64)
    _, singular, rows = np.linalg.svd(off, full_matrices=False)
    variances = singular**2 / max(1, len(vectors) - 1)
    ridge = _RIDGE * variances.sum() / vectors.shape[1] + 1e-8
    count = min(most, max(1, len(vectors) // 3), len(variances))
    axes, scales = rows[:count].T, np.sqrt(variances[:count] + ridge)
    rest = np.sqrt(variances[count:].sum() / max(1, vectors.shape[1] - count) + ridge)
    chosen = np.random.default_rng(0).permutation(len(vectors))[:_EXAMPLES]
    examples = off[chosen] @ axes / scales
    return Space(
        mean.astype(np.float32),
        axes.astype(np.float32),
        scales.astype(np.float32),
        float(rest),
        examples.astype(np.float32),
    )


def _distinct(seen: Sequence[Seen], name: str) -> Vector:
    """A vector a picture, [N, D]."""
    return np.stack(list({one.asked.key: getattr(one, name) for one in seen}.values()))


def _states(seen: Sequence[Seen]) -> Vector:
    return np.array([one.generation.prompt_state for one in seen], np.float32)


def _words(seen: Sequence[Seen], questions: Iterable[str]) -> set[str]:
    return {word for text in (*(one.asked.question for one in seen), *questions) for word in words_of(text)}


def _limits(model: ConfidenceModel, held: Sequence[Seen], seen: Sequence[Seen]) -> DistanceLimits:
    """What held-out own pictures and questions keep within; for pictures see `_reach`."""
    pixels = [model.pixels.measure(one) for one in _distinct(held, "statistics")]
    tokens = [model.tokens.measure(one) for one in _distinct(held, "token")]
    space = model.questions
    asked = [] if space is None else [space.measure(one) for one in _states(held)]

    def limit(found: Sequence[Measure]) -> tuple[float, float]:
        if not found:
            return 1.0, 1.0
        pairs = np.array([(one.mahalanobis, one.nearest) for one in found])
        first, second = np.quantile(pairs, _WITHIN, axis=0)
        return float(first), float(second)

    limits = limit(pixels), limit(tokens), limit(asked)
    pictures = [root_mean_square((*a.over(limits[0]), *b.over(limits[1]))) for a, b in zip(pixels, tokens, strict=True)]
    states = [max(one.over(limits[2])) for one in asked]
    return DistanceLimits(
        pixels=limits[0],
        tokens=limits[1],
        picture=_reach(model, limits[:2], float(np.quantile(pictures, _WITHIN)), seen),
        question=limits[2],
        asked=float(np.quantile(states, _STRICTER)) if states else 1.0,
    )


def _reach(model: ConfidenceModel, limits: Sequence[tuple[float, float]], own: float, seen: Sequence[Seen]) -> float:
    """How far a picture may lie: as far as `own` ones, and as most others' about which everything was answered rightly.

    Nearly all pictures with nothing to see stay beyond it.
    """
    distance: dict[str, dict[str, float]] = defaultdict(dict)
    wrong = {one.asked.key for one in seen if not one.right}
    for one in seen:
        if one.asked.group == NOTHING or (one.asked.group not in RESERVED and one.asked.key not in wrong):
            pixels = model.pixels.measure(one.statistics).over(limits[0])
            token = model.tokens.measure(one.token).over(limits[1])
            group = NOTHING if one.asked.group == NOTHING else ""
            distance[group][one.asked.key] = root_mean_square((*pixels, *token))
    if not distance[""] or not distance[NOTHING]:
        return own
    others = float(np.quantile(list(distance[""].values()), _MOST_OTHERS))
    nothing = float(np.quantile(list(distance[NOTHING].values()), _NOTHING_WITHIN))
    return max(own, min(others, nothing))


def _weigh(model: ConfidenceModel, seen: Sequence[Seen]) -> ConfidenceModel:
    """Fit the confidence: a logistic regression of being right on all features."""
    from sklearn.linear_model import LogisticRegression

    rows = []
    for one in seen:
        picture = model.picture(one.statistics, one.token)
        rows.append(model.features(one.asked.question, one.generation, picture)[0])
    features = np.stack(rows).astype(np.float64)
    share = balance(seen)
    centre = np.average(features, axis=0, weights=share)
    spread = np.sqrt(np.average((features - centre) ** 2, axis=0, weights=share))
    spread[spread < 1e-6] = 1.0  # what is always the same says nothing
    scaled = (features - centre) / spread
    # The coordinates are many and each says little: they are held back more.
    held_back = np.concatenate([np.ones(PLAIN), np.full(3 * ALONG, 0.3)])
    right = np.array([one.right for one in seen])
    if right.all() or not right.any():
        raise DataError("All answers are right, or none is: how sure to be cannot be learnt from that.")
    fitted = LogisticRegression(C=_STRENGTH, max_iter=5000).fit(scaled * held_back, right, sample_weight=share)
    return replace(
        model,
        centre=centre.astype(np.float32),
        spread=spread.astype(np.float32),
        weights=(fitted.coef_[0] * held_back).astype(np.float32),
        offset=float(fitted.intercept_[0]),
    )


def _least(model: ConfidenceModel, seen: Sequence[Seen], coverage: float) -> float:
    """The threshold of the conformal set (LAC): what the right answer reaches in a share of `coverage`, weighed."""
    reached = []
    asked = [one for one in seen if one.asked.answer is not None]
    for one, judged in zip(asked, assess(model, asked), strict=True):
        shares = dict(others_share(one.generation, judged.confidence))
        reached.append(judged.confidence if one.right else shares.get(one.asked.answer or "", 0.0))
    order = np.argsort(reached)
    share = balance(asked)[order]
    missed = np.cumsum(share) / (share.sum() + share.max())  # split conformal: one more than there are
    place = int(np.searchsorted(missed, 1 - coverage))
    return float(np.array(reached)[order][min(place, len(order) - 1)])
