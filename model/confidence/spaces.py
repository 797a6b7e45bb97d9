"""How far a vector lies from those that a model knows. numpy alone: the worker measures every answer with it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]

NEIGHBOUR = 5
"""The distance to the so-manieth nearest counts: one odd neighbour says little."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Where a vector lies among those that are known."""

    mahalanobis: float
    nearest: float
    """Distance to the `NEIGHBOUR`th nearest known vector, in units of standard deviations."""
    coordinates: Vector
    """Along the main axes of what is known, whitened, [K]."""

    def over(self, limits: tuple[float, float]) -> tuple[float, float]:
        """Both distances as multiples of their limits."""
        return self.mahalanobis / limits[0], self.nearest / limits[1]


@dataclass(frozen=True, slots=True)
class Space:
    """What is known of vectors [D] of some kind: their main axes by a ridge covariance, and examples."""

    mean: Vector
    """[D]"""
    axes: Vector
    """Orthonormal, [D, K]."""
    scales: Vector
    """Standard deviations along the axes, ridge included, [K]."""
    rest: float
    """Standard deviation in every other direction, ridge included."""
    examples: Vector
    """Whitened coordinates of known vectors, [N, K]."""

    def measure(self, vector: Vector) -> Measure:
        """Where a vector [D] lies; infinitely far when it is of another length or holds no numbers."""
        if vector.shape != self.mean.shape or not np.isfinite(vector).all():
            return Measure(float("inf"), float("inf"), np.zeros_like(self.scales))
        off = vector - self.mean
        along = off @ self.axes
        coordinates = (along / self.scales).astype(np.float32)
        outside = max(0.0, float(off @ off - along @ along)) / self.rest**2
        squares = ((self.examples - coordinates) ** 2).sum(1)  # [N]
        near = float(np.partition(squares, min(NEIGHBOUR, len(squares)) - 1)[min(NEIGHBOUR, len(squares)) - 1])
        # What lies outside of the axes is as far from every example.
        return Measure(float(np.sqrt(coordinates @ coordinates + outside)), float(np.sqrt(near + outside)), coordinates)

    def as_json(self) -> dict[str, Any]:
        """For a file; in half precision, which is enough for distances."""
        return {
            "mean": _encode(self.mean),
            "axes": _encode(self.axes),
            "scales": _encode(self.scales, np.float32),
            "rest": self.rest,
            "examples": _encode(self.examples),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Space:
        """What `as_json` gave.

        Raises:
            ValueError, KeyError, TypeError: It is something else.
        """
        arrays = {name: _decode(values[name]) for name in ("mean", "axes", "scales", "examples")}
        space = cls(**arrays, rest=float(values["rest"]))
        width, count = space.axes.shape
        if space.mean.shape != (width,) or space.scales.shape != (count,) or space.examples.shape[1:] != (count,):
            raise ValueError("the parts of a space do not fit each other")
        return space


def _encode(array: Vector, kind: type[np.floating[Any]] = np.float16) -> dict[str, Any]:
    data = np.clip(array, -65000, 65000).astype(kind)
    return {"shape": list(data.shape), "type": data.dtype.name, "data": base64.b64encode(data.tobytes()).decode()}


def _decode(values: Mapping[str, Any]) -> Vector:
    kind = {"float16": np.float16, "float32": np.float32}[values["type"]]
    flat = np.frombuffer(base64.b64decode(values["data"], validate=True), kind)
    return flat.reshape(values["shape"]).astype(np.float32)
