"""One bad item of a batch, or too little memory for all of it, costs its batch-mates nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from model.progress import progress

log = logging.getLogger(__name__)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def bisect_on_failure(
    work: Callable[[Sequence[_Item]], Sequence[_Result]], items: Sequence[_Item]
) -> list[_Result | None]:
    """Run `work` on a batch; when it fails (out of memory, one bad item) on its halves, until the bad item is alone.

    Returns:
        One result an item, in order; None for each item that fails alone.
    """
    if not items:
        return []
    progress.moved()
    try:
        return list(work(items))
    except Exception:  # whatever goes wrong, the batch-mates must get their answers
        if len(items) == 1:
            log.exception("one item failed alone")
            return [None]
        log.warning("a batch of %d failed; trying its halves", len(items), exc_info=True)
    free_memory()
    middle = len(items) // 2
    return [*bisect_on_failure(work, items[:middle]), *bisect_on_failure(work, items[middle:])]


def free_memory() -> None:
    """Give cached accelerator memory back before the next try."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
