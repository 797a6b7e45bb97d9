"""What differs between the families when they are trained. `onepass.py` names the verbs. Needs no torch.

A family's module here, named as `config.json` names the type of model, gives `for_training(folder)`, which reads a
`OnePass`, and `for_plain_loop(folder)`, which reads what that is held against.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from model.errors import ModelError
from model.loading import model_type
from model.plugins import find

if TYPE_CHECKING:
    from pathlib import Path

    from training.finetune.families.onepass import OnePass, PlainModel


def check_trainable(folder: Path, model: str) -> None:
    """See that the model in a folder can be trained; `model` is its name, for people.

    Raises:
        ModelError: It is of a family that cannot be trained.
    """
    _verb(folder, model, "for_training")


def read_for_training(folder: Path, model: str) -> OnePass:
    """The model in a folder, as it is trained; `model` is its name, for people.

    Raises:
        ModelError: It is of a family that cannot be trained, or its files do not make a complete model.
    """
    read: OnePass = _verb(folder, model, "for_training")(folder)
    return read


def read_for_plain_loop(folder: Path) -> PlainModel:
    """The model in a folder, as notebooks train it.

    Raises:
        ModelError: It is of a family that cannot be trained.
    """
    read: PlainModel = _verb(folder, str(folder), "for_plain_loop")(folder)
    return read


def _verb(folder: Path, model: str, name: str) -> Callable[..., Any]:
    kind = model_type(folder)
    verb = find(__name__, kind, name)
    if verb is None:
        known = ", ".join(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))
        raise ModelError(f"{model} is of type {kind!r}, which cannot be trained; supported: {known}.")
    return verb
