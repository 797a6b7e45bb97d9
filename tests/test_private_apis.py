"""Names that other packages keep to themselves, each leaned on in one file: what to look at when a pin moves."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "model", "storage", "training")

PRIVATE = {
    # torch.ops.mkldnn: oneDNN's products with weights laid out once; torch's public ones lay them out at every call.
    "model/backends/linear.py": {"_is_mkldnn_bf16_supported", "_linear_pointwise", "_reorder_linear_weight"},
    # transformers: which attention a model has, to put it back after gradients went through the eager one.
    "model/families/florence2/where.py": {"_attn_implementation"},
    # torch: one pass over all weights of a moving average.
    "training/builtin/averages.py": {"_foreach_lerp_"},
    # transformers' Trainer has no public way to order questions by pictures, to leave the gradient's norm out, to check
    # weights before they are kept, to stand where a checkpoint stands, or to train on one GPU of several.
    "training/finetune/trainer.py": {
        "_get_grad_norm",
        "_get_train_sampler",
        "_load_from_checkpoint",
        "_n_gpu",
        "_save_checkpoint",
    },
}
"""By file: the names, and why."""


def test_private_names_of_other_packages_are_used_where_the_list_says() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in files}
    ours = {name for tree in trees.values() for name in _defined(tree)}
    found = {file: names for file, tree in trees.items() if (names := set(_private(tree, ours)))}
    assert found == PRIVATE
    every = [name for names in PRIVATE.values() for name in names]
    assert len(every) == len(set(every)), "each stands behind one fence"


def test_the_packages_whose_private_names_are_used_are_pinned() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    inference = settings["project"]["optional-dependencies"]["inference"]
    assert {one.partition("==")[0] for one in inference if "==" in one} == {"torch", "transformers"}


def _defined(tree: ast.Module) -> Iterator[str]:
    """Names that a file gives to something of its own; a method that a foreign class calls is none of them."""
    overridden = set(_overrides(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name not in overridden:
                yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _root(node) in ("self", "cls"):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def _private(tree: ast.Module, ours: set[str]) -> Iterator[str]:
    """Private names that a file reads, sets, imports or overrides and that are not its own."""
    imported = dict(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            foreign = _is_foreign(imported.get(_root(node), ""))
            if foreign or (node.attr not in ours and _root(node) not in imported):
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and _is_foreign(node.module or ""):
            yield from (
                part for alias in node.names for part in f"{node.module}.{alias.name}".split(".") if _is_private(part)
            )
    yield from _overrides(tree)


def _overrides(tree: ast.Module) -> Iterator[str]:
    """Private methods of classes of other packages that classes here replace."""
    imported = dict(_imported(tree))
    for node in ast.walk(tree):
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            module = imported.get(base.id, "") if isinstance(base, ast.Name) else ""
            if _is_foreign(module):
                parent = getattr(import_module(module), ast.unparse(base))
                names = (method.name for method in node.body if isinstance(method, ast.FunctionDef))
                yield from (name for name in names if _is_private(name) and hasattr(parent, name))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, node.module or "") for alias in node.names)


def _is_foreign(module: str) -> bool:
    top = module.partition(".")[0]
    return bool(top) and top not in (*ROOMS, *sys.stdlib_module_names)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name != "_"


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
