"""What a child process does first: claim its pipes, end when its parent ends, and give up what it does not need."""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from model.serving import framing

log = logging.getLogger(__name__)


_ROOT = Path(__file__).resolve().parents[2]


def python_path() -> str:
    """`PYTHONPATH` for a child: the project's packages before those of this process."""
    return os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))


class Sender:
    """Writes messages to the parent, whole, from any thread."""

    def __init__(self, pipe: BinaryIO) -> None:
        """Write to `pipe`."""
        self._pipe, self._lock = pipe, threading.Lock()

    def __call__(self, header: framing.Header, blob: bytes = b"") -> None:
        """Send one message at once."""
        with self._lock:
            framing.write(self._pipe, header, blob)


def claim_standard_streams() -> tuple[BinaryIO, Sender]:
    """The parent's pipes; afterwards a stray print goes to standard error and disturbs no message."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, Sender(out)


def exit_with_parent(parent: int) -> None:
    """Leave Ctrl+C to the parent, end when it ends, and be the first to go when memory runs out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above
            os._exit(0)
        try:
            Path("/proc/self/oom_score_adj").write_text("500")
        except OSError:
            log.debug("the kernel keeps its own order for out-of-memory")


def drop_privileges(memory: int) -> None:
    """No more memory than this, no new descriptor (file, socket, pipe), nothing written, no core left on the disk."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
