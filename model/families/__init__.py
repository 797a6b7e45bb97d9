"""Model families, a package each, named as `config.json` names the type of model; `base.py` has what they owe.

The package itself has `load`, and where they can be had `profile` (of models without a vqabot.json), `native_id` and
`count_flops`; what needs torch it imports late.
"""

from __future__ import annotations

import pkgutil


def names() -> list[str]:
    """The families of this project."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
