"""Parts that are found by their names: those of this project, and those that installed packages offer.

A part of this project is a module, or a package, in the package of its kind, and nothing else has to name it. Another
package offers one as an entry point whose value is a module with the functions, under `vqabot.families`, say, for
`model.families`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any


def find(package: str, name: str, verb: str) -> Callable[..., Any] | None:
    """A function of the part that has a name; None where there is no such part.

    Args:
        package: The dotted name of the package of its kind.
        name: As a person or a file gives it: nothing is imported for one that is not known.
        verb: The function; "module.function" where a package of this project keeps it in a module of its own, which is
            then the first that is imported.

    Raises:
        ModuleNotFoundError: The part needs a package that is not installed.
    """
    inside, _, verb = verb.rpartition(".")
    own = name.replace("-", "_")
    if own.isidentifier() and find_spec(f"{package}.{own}") is not None:
        module = f"{package}.{own}.{inside}".rstrip(".")
        return getattr(importlib.import_module(module), verb, None) if find_spec(module) is not None else None
    for point in entry_points(group=f"vqabot.{package.rpartition('.')[2]}", name=name):
        return getattr(point.load(), verb, None)
    return None
