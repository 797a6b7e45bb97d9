"""Work on many files in several processes, in order, and gone at once when it is interrupted."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from training.errors import DataError

ALONE = 200
"""Fewer jobs than this are not worth starting processes for."""
_CHUNK = 16

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


def parallel_map(
    work: Callable[[_Job], _Result], jobs: Sequence[_Job], processes: int = 0
) -> Generator[_Result, None, None]:
    """Do `work` on each job; the results come in the order of the jobs.

    Args:
        work: A function of a module.
        jobs: What it is given.
        processes: That work; 0: one a CPU core. Few jobs are done in this one.

    Raises:
        DataError: A process was killed from outside.
    """
    processes = processes or os.cpu_count() or 1
    if processes == 1 or len(jobs) < ALONE:
        yield from map(work, jobs)
        return
    fresh = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    pool = ProcessPoolExecutor(processes, fresh, _leave_interrupts_to_parent)
    try:
        yield from pool.map(work, jobs, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise DataError(
            "A process that reads pictures was killed, most likely for want of memory: --processes 1 needs the least."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
