"""How the C library gives memory: to large tensors kept by the process instead of asked for anew each time.

By default every tensor beyond some hundred kilobytes is mapped by the kernel when it is made and unmapped when it goes.
The kernel then clears each of its pages again, which for pictures at 768 px takes about as long as the arithmetic.
"""

from __future__ import annotations

import ctypes
import os
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Parameters of glibc's mallopt(3), as malloc.h numbers them."""
_KEEP_BELOW = (2**30, 2**25)
"""Bytes of the largest tensor whose memory is kept; before release 2.35 the C library takes no more than the second."""
_AHEAD = 2**26


def keep_memory() -> bool:
    """Let this process keep the memory of tensors that go, for those that come; returns whether that is possible here.

    A parameter that is set in the environment (see glibc's mallopt(3)) is left as it is.
    """
    # torch's own setting: large tensors lie in large pages where the kernel offers them. Read at its first allocation.
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    if not sys.platform.startswith("linux") or any(name.startswith("MALLOC_") for name in os.environ):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    kept = any(mallopt(_MMAP_THRESHOLD, size) == 1 for size in _KEEP_BELOW)
    return kept and mallopt(_TRIM_THRESHOLD, 2**31 - 1) == 1 and mallopt(_TOP_PAD, _AHEAD) == 1


def share_arena() -> None:
    """Let all threads take memory from one arena, before any is started; on another C library than glibc nothing.

    Each thread keeps one of its own otherwise, for those that allocate at the same time: Python's hardly do.
    """
    try:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
    except (OSError, AttributeError, TypeError):  # another C library
        return


def give_back_memory() -> None:
    """Return to the kernel what this process keeps and does not use, after something that was unusually large."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # another C library
        return
