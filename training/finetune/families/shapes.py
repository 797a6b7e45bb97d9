"""Shapes with random weights by name, made without a network: to measure with, and to try a machine."""

from __future__ import annotations

from pathlib import Path

from model.plugins import find

SHAPES = ("florence2-base", "florence2-large", "blip-base", "paligemma-3b")
"""FAMILY-SHAPE: each family's module `shapes` has `save_random`, which knows its own."""


def save_shape(name: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a model with random weights, in a real one's shape and as a real one is saved.

    Args:
        name: One of `SHAPES`.
        folder: Where.
        size: Width and height of its pictures.
        dropout: Without it every step is a function of its batch alone, so that two ways to compute it can be compared.
    """
    family, _, shape = name.partition("-")
    save = find("training.finetune.families", family, "shapes.save_random")
    if save is None:
        raise ValueError(f"no family has the shape {name}")
    made: Path = save(shape, folder, size, dropout=dropout)
    return made
