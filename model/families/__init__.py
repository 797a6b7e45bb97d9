"""Model families, a package each, named as `config.json` names the type of model; `base.py` has what they owe.

Its module `model` has `load`, and `baseline` where transformers answers with another class or prompt than usual. The
package itself, which imports no torch, may have `profile` (of models without a vqabot.json) and `native_id`; a module
`flops` may have `count_flops`.
"""

from __future__ import annotations

import pkgutil


def names() -> list[str]:
    """The families of this project."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
