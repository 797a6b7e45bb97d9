"""Shows where an answer came from: a family's `where` for one request, whose failure stays with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext

from model.batches import free_memory
from model.families.base import Family, Prompt, ShowsWhere
from model.prepared import Prepared
from model.progress import progress
from model.types import Answer, Grid

log = logging.getLogger(__name__)

FIRST_SECONDS = 300.0
"""The first explanation of an answer may take so long before it counts as hanging."""
FAILED = "where_failed"


class Explainer:
    """Explains answers of one model; used by the model's thread alone."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._has_explained = False

    def where(self, item: Prepared, prompt: Prompt | None, way: str | None = None) -> list[Grid] | None:
        """How much each part of the pictures counted for the answer `item.request.explains`; None without a prompt."""
        if prompt is None:
            return None
        sizes = [picture.size or (1, 1) for picture in item.pictures]
        assert isinstance(self._family, ShowsWhere)  # else the request was refused
        return self._family.where(prompt, item.request.explains or "", sizes, way)

    def explain(self, item: Prepared, encoded: Callable[[], Prompt | None], model: str) -> Answer:
        """The same as an answer, signed by a model; `encoded` brings the prompt, None where there is none."""
        progress.moved()
        try:
            # The first time a library is loaded for it, and the model as a whole.
            with nullcontext() if self._has_explained else progress.moving(FIRST_SECONDS):
                found, error = self.where(item, encoded()), item.error
            self._has_explained |= found is not None
        except Exception:  # out of memory, say
            log.exception("it cannot be shown where an answer came from")
            free_memory()
            found, error = None, FAILED
        seconds = time.perf_counter() - item.began
        if found is None:
            return Answer(item.request.id, "", 0.0, seconds, error or FAILED, item.refused_picture)
        return Answer(item.request.id, item.request.explains or "", 0.0, seconds, model=model, where=tuple(found))
