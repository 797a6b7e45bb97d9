"""How far a share may be off by chance: Wilson's interval, with fewer answers counted where pictures hang together.

The questions of a picture are right or wrong together more often than chance would have it. The variance between
pictures says how many independent answers they are worth; Wilson's interval of so many stays sensible also where all
are right.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Z = 1.959964
"""Of 95 % on both sides of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval; all from 0 to 1."""

    value: float
    low: float
    high: float
    count: int

    def percent(self) -> list[float]:
        """Both ends in percent, for JSON."""
        return [round(100 * self.low, 2), round(100 * self.high, 2)]

    def as_dict(self) -> dict[str, object]:
        """For JSON; in percent."""
        return {"percent": round(100 * self.value, 2), "interval": self.percent()}


def estimate(values: Sequence[float], clusters: Sequence[Hashable]) -> Estimate:
    """The mean of values from 0 to 1.

    Args:
        values: At least one.
        clusters: For each value what it hangs together by, such as its picture.
    """
    count = len(values)
    mean = math.fsum(values) / count
    worth = _worth(values, clusters, mean)
    low, high = wilson(mean, worth)
    return Estimate(mean, low, high, count)


def wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of so many independent answers."""
    if count <= 0:
        return 0.0, 1.0
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    spread = Z / (1 + Z * Z / count) * math.sqrt(max(0.0, share * (1 - share)) / count + Z * Z / (4 * count * count))
    return 0.0 if share <= 0 else max(0.0, middle - spread), 1.0 if share >= 1 else min(1.0, middle + spread)


def _worth(values: Sequence[float], clusters: Sequence[Hashable], mean: float) -> float:
    """How many independent answers these are worth."""
    off: dict[Hashable, float] = defaultdict(float)
    for value, cluster in zip(values, clusters, strict=True):
        off[cluster] += value - mean
    groups = len(off)
    if groups < 2:
        return 1.0
    variance = groups / (groups - 1) * math.fsum(each * each for each in off.values()) / len(values) ** 2
    alone = mean * (1 - mean)
    if variance <= 0 or alone <= 0:
        return float(groups)
    return min(float(len(values)), max(1.0, alone / variance))


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one is than another on the same questions; from -1 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float
    better: int
    """Questions that the first one answers better."""
    worse: int


def difference(first: Sequence[float], second: Sequence[float], clusters: Sequence[Hashable]) -> Difference:
    """Hold two against each other, question by question; the interval knows which questions share a picture."""
    gains = [one - other for one, other in zip(first, second, strict=True)]
    mean = math.fsum(gains) / len(gains)
    off: dict[Hashable, float] = defaultdict(float)
    for gain, cluster in zip(gains, clusters, strict=True):
        off[cluster] += gain - mean
    groups = len(off)
    spread = 1.0
    if groups > 1:
        spread = Z * math.sqrt(groups / (groups - 1) * math.fsum(each * each for each in off.values())) / len(gains)
    better, worse = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    return Difference(mean, max(-1.0, mean - spread), min(1.0, mean + spread), better, worse)
