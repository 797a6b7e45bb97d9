"""Whether two models differ: the difference on the same questions, resampled by pictures."""

from __future__ import annotations

import numpy as np

from training.evaluation.intervals import Difference

DRAWS = 4000


def paired_bootstrap(first: dict[int, float], second: dict[int, float], picture_of: dict[int, int]) -> Difference:
    """How much better the first is on the questions of both, with its 95 % interval.

    Whole pictures are drawn, with repetition: their questions are right or wrong together. The same questions always
    give the same interval.

    Args:
        first: Scores by question, 0 to 1.
        second: The other's.
        picture_of: The picture of each question.
    """
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return Difference(0.0, -1.0, 1.0, 0, 0)
    gains = np.array([first[number] - second[number] for number in shared])
    _, places = np.unique([picture_of[number] for number in shared], return_inverse=True)
    sums = np.bincount(places, gains)  # of each picture
    counts = np.bincount(places).astype(float)
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(sums), size=(DRAWS, len(sums)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Difference(float(gains.mean()), float(low), float(high), int((gains > 0).sum()), int((gains < 0).sum()))
