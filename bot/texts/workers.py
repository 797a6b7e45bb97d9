"""What admins read about the workers, and what those who wait are told while none is there. HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from bot.texts.catalog import N_, _, joined, number, plural, translate_constants
from bot.texts.failures import sentence
from model.types import WorkerInfo

MOST_SHOWN = 10
NOBODY = N_(
    "🔎 Nobody can look at pictures just now. I have kept your question, and answer it as soon as somebody can."
)
BACK = N_("Workers can answer again. What waited is being answered.")
GONE_ALREADY = N_("This worker is gone already.")


def listed(workers: Sequence[WorkerInfo]) -> str:
    """A line or two for each worker's processes; of many the first."""
    if not any(worker.model for worker in workers):
        return _("<b>Workers</b>: none is there; questions wait until one joins") + "\n"
    lines = "".join(_one(worker) for worker in workers[:MOST_SHOWN])
    more = len(workers) - MOST_SHOWN
    return lines + (plural("and {number} more worker", "and {number} more workers", more) + "\n" if more > 0 else "")


def _one(worker: WorkerInfo) -> str:
    """What one does, and its model."""
    where = joined(part for part in (worker.device, worker.dtype) if part)
    model = f"{escape(worker.model)}{f' ({where})' if where else ''}"
    if worker.pace:
        digits = max(0, 1 - math.floor(math.log10(worker.pace)))  # the two that count
        model = joined((model, _("{seconds} s a question alone", seconds=number(worker.pace, digits))))
    name = f" {escape(worker.name)}" if worker.name else ""
    more = [plural("{number} restart", "{number} restarts", worker.restarts)]
    more += [_("process {pid}", pid=str(worker.pid))] if worker.pid else []
    more += [_("heard {seconds} s ago", seconds=number(worker.silence))] if worker.silence is not None else []
    did = _(
        "<b>Worker</b>{name}: {state}; {answered} answered, {more}",
        name=name,
        state=_state(worker),
        answered=worker.answered,
        more=joined(more),
    )
    return did + "\n" + _("<b>Model</b>: {model}", model=model) + "\n"


def _state(worker: WorkerInfo) -> str:
    if worker.draining:
        return _("leaving")
    if worker.ready:
        return _("ready")
    if worker.name and worker.silence is None:
        return _("not heard of")
    if worker.error:
        return _("not ready: {reason}", reason=escape(sentence(worker.error)))
    return _("not ready (loading)")


def let_leave(name: str) -> str:
    """The button under which a worker leaves."""
    return _("Let {name} leave", name=name)


def leaving(name: str) -> str:
    """A worker was told to leave."""
    return _("{name} finishes what it has, and leaves.", name=name)


def nobody(minutes: int, workers: Sequence[WorkerInfo]) -> str:
    """To the admins: no worker can answer, since so many minutes, and why where that is known."""
    reasons = list(dict.fromkeys(sentence(worker.error) for worker in workers if worker.error))
    why = "".join(f"\n{escape(reason)}" for reason in reasons[:3])
    since = plural(
        "No worker can answer since {number} minute.", "No worker can answer since {number} minutes.", max(1, minutes)
    )
    return since + why + "\n" + _("Questions are kept and answered later. /admin shows who is there.")


translate_constants(__name__)
