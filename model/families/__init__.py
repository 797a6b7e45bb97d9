"""Model families, a package each, named as `config.json` names the type of model; `base.py` has what they owe.

The package itself has `load`, and where they can be had `profile` (of models without a vqabot.json), `native_id`,
`count_flops` and `plain` (what the plain way to answer is); what needs torch it imports late.
"""

from __future__ import annotations

import pkgutil


def names() -> list[str]:
    """The families of this project."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
