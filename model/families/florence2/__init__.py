"""Florence-2: all that differs between it and other families."""

from __future__ import annotations

from model.profile import Profile


def profile() -> Profile:
    """How the stock checkpoints want their questions; their tokenizer reads the task as ordinary text."""
    return Profile(prompt_prefix="<VQA>")


def native_id(hub_id: str) -> str | None:
    """Where the hub has the same weights for transformers' own classes, for a model that needs code of others."""
    owner, _, name = hub_id.partition("/")
    return (
        f"florence-community/{name}" if owner.lower() == "microsoft" and name.lower().startswith("florence-2") else None
    )
