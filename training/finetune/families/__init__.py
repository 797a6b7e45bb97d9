"""What differs between the families when they are trained. `onepass.py` names the verbs. Needs no torch.

A family's package here, named as `config.json` names the type of model, has in its module `adapter` the functions
`for_training(folder)`, which reads a `OnePass`, and `baseline(folder)`, which reads what that is held against.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from model.errors import ModelError
from model.loading import model_type
from model.plugins import find

if TYPE_CHECKING:
    from pathlib import Path

    from training.finetune.families.onepass import BaselineModel, OnePass


def check_trainable(folder: Path, model: str) -> None:
    """See that the model in a folder can be trained, without torch; `model` is its name, for people.

    Raises:
        ModelError: It is of a family that cannot be trained.
    """
    kind, known = model_type(folder), sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    if kind not in known and find(__name__, kind, "for_training") is None:
        raise ModelError(f"{model} is of type {kind!r}, which cannot be trained; supported: {', '.join(known)}.")


def read_for_training(folder: Path, model: str) -> OnePass:
    """The model in a folder, as it is trained, in fp32 on the CPU; `model` is its name, for people.

    Raises:
        ModelError: It is of a family that cannot be trained, or its files do not make a complete model.
    """
    check_trainable(folder, model)
    return cast("OnePass", _verb(folder, "for_training")(folder))


def read_baseline(folder: Path) -> BaselineModel:
    """The model in a folder, as notebooks train it, in fp32 on the CPU."""
    return cast("BaselineModel", _verb(folder, "baseline")(folder))


def _verb(folder: Path, name: str) -> Callable[[Path], Any]:
    verb = find(__name__, model_type(folder), f"adapter.{name}")
    assert verb is not None
    return verb
