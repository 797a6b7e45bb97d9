"""Takes the bot's secrets out of its process's environment, and closes the process to others of the same user."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from pathlib import Path

log = logging.getLogger(__name__)

PREFIX = b"VQABOT_"
_PR_SET_DUMPABLE = 4


def hide_settings() -> None:
    """After the settings are read: nothing that starts with `VQABOT_` stands in the environment any more.

    `os.environ` alone would not do: `/proc/<pid>/environ` shows the memory in which the kernel laid the environment at
    the start, whatever becomes of it later. On Linux that memory is overwritten, and the process is made non-dumpable:
    its memory and environment are then root's to read, and it leaves no core file.
    """
    for name in [name for name in os.environ if name.upper().startswith(PREFIX.decode())]:
        del os.environ[name]
    if not sys.platform.startswith("linux"):
        return
    try:
        _overwrite_initial_environment()
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl failed")
    except (OSError, ValueError, IndexError) as error:
        log.warning("the token stays visible in /proc to who may look at this process: %s", error)


def _overwrite_initial_environment() -> None:
    # proc(5): fields 50 and 51 of stat are where the environment begins and ends; the name, field 2, may hold spaces.
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[50 - 3]), int(fields[51 - 3])
    if not 0 < start < end:
        raise ValueError("the kernel does not tell where the environment is")
    place = start
    for entry in ctypes.string_at(start, end - start).split(b"\0"):
        if entry.upper().startswith(PREFIX):
            ctypes.memset(place, 0, len(entry))
        place += len(entry) + 1
