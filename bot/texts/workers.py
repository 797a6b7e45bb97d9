"""What admins read about the workers, and what those who wait are told while none is there. HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.texts.catalog import N_, speaks
from bot.texts.failures import sentence
from model.counting import counted
from model.types import WorkerInfo

MOST_SHOWN = 10
NOBODY = N_(
    "🔎 Nobody can look at pictures just now. I have kept your question, and answer it as soon as somebody can."
)
BACK = "Workers can answer again. What waited is being answered."
GONE_ALREADY = "This worker is gone already."


def listed(workers: Sequence[WorkerInfo]) -> str:
    """A line or two for each worker's processes; of many the first."""
    if not any(worker.model for worker in workers):
        return "<b>Workers</b>: none is there; questions wait until one joins\n"
    lines = "".join(_one(worker) for worker in workers[:MOST_SHOWN])
    more = len(workers) - MOST_SHOWN
    return lines + (f"and {counted(more, 'more worker')}\n" if more > 0 else "")


def _one(worker: WorkerInfo) -> str:
    """What one does, and its model."""
    where = ", ".join(part for part in (worker.device, worker.dtype) if part)
    pace = f", {worker.pace:.2g} s a question alone" if worker.pace else ""
    name = f" {escape(worker.name)}" if worker.name else ""
    heard = f", heard {worker.silence:.0f} s ago" if worker.silence is not None else ""
    return (
        f"<b>Worker</b>{name}: {_state(worker)}; {worker.answered} answered, {counted(worker.restarts, 'restart')}"
        f"{f', process {worker.pid}' if worker.pid else ''}{heard}\n"
        f"<b>Model</b>: {escape(worker.model)}{f' ({where})' if where else ''}{pace}\n"
    )


def _state(worker: WorkerInfo) -> str:
    if worker.draining:
        return "leaving"
    if worker.ready:
        return "ready"
    if worker.name and worker.silence is None:
        return "not heard of"
    return f"not ready{': ' + escape(sentence(worker.error)) if worker.error else ' (loading)'}"


def let_leave(name: str) -> str:
    """The button under which a worker leaves."""
    return f"Let {name} leave"


def leaving(name: str) -> str:
    """A worker was told to leave."""
    return f"{name} finishes what it has, and leaves."


def nobody(minutes: int, workers: Sequence[WorkerInfo]) -> str:
    """To the admins: no worker can answer, since so many minutes, and why where that is known."""
    reasons = list(dict.fromkeys(sentence(worker.error) for worker in workers if worker.error))
    why = "".join(f"\n{escape(reason)}" for reason in reasons[:3])
    return (
        f"No worker can answer since {counted(max(1, minutes), 'minute')}.{why}\n"
        "Questions are kept and answered later. /admin shows who is there."
    )


speaks(__name__)
