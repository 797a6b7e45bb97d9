"""`vqabot run`, or another command, with a clock that jumps and, by option, with a worker whose answers can be checked.

A clock is set for a whole machine, and only by root; what the bot reads of it is `time.time`, which is moved here by
what a file says (seconds). Waits count on the monotonic clock, as they do on a machine whose clock is set.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

CLOCK, WORKER = "CHAOS_CLOCK", "CHAOS_WORKER"


def main() -> None:
    if CLOCK in os.environ:
        offset, now = Path(os.environ[CLOCK]), time.time

        def jumping() -> float:
            return now() + float(offset.read_text() or 0)

        time.time = jumping
    if worker := os.environ.get(WORKER):
        import functools

        from model.serving.broker import embedded

        broker = functools.partial(embedded.EmbeddedBroker, command=(worker,), longest_delay=1.0)
        embedded.EmbeddedBroker = broker  # type: ignore[assignment, misc]
    from bot.cli import main as vqabot

    sys.argv = ["vqabot", *(sys.argv[1:] or ["run"])]
    vqabot()


if __name__ == "__main__":
    main()
