"""What differs between the families when they are trained. `onepass.py` names the verbs. Needs no torch."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from model.errors import ModelError
from model.loading import model_type

if TYPE_CHECKING:
    from pathlib import Path

    from training.finetune.families.onepass import Adapter

ADAPTERS = {"florence2": "training.finetune.families.florence2.adapter"}
"""`model_type` in config.json -> the module that knows how such a model is trained."""


def check_trainable(folder: Path, model: str) -> str:
    """The family of the model in a folder.

    Args:
        folder: The model's.
        model: Its name, for people.

    Raises:
        ModelError: It is of a family that cannot be trained.
    """
    kind = model_type(folder)
    if kind not in ADAPTERS:
        raise ModelError(f"{model} is of type {kind!r}, which cannot be trained; supported: {', '.join(ADAPTERS)}.")
    return kind


def adapter_of(folder: Path, model: str) -> Adapter:
    """How the model in a folder is trained.

    Raises:
        ModelError: It is of a family that cannot be trained.
    """
    return cast("Adapter", importlib.import_module(ADAPTERS[check_trainable(folder, model)]))
