"""One writer at a time for a result: two commands with the same OUT would mix what they write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from training.errors import DataError


@contextmanager
def only_writer(out: Path, lock_file: Path | None = None) -> Iterator[None]:
    """Keep other processes from writing the same file or folder within the block.

    The lock goes with the process, however it ends: a lock file that a killed one left is in nobody's way.

    Args:
        out: The result.
        lock_file: `out`.lock by default.

    Raises:
        DataError: Another process is writing it, or no file can be made beside it.
    """
    out = out.absolute()
    place = lock_file or out.with_name(f"{out.name}.lock")
    lock = FileLock(place, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError) as error:
        if isinstance(error, Timeout) and place.exists():  # where nothing can be made, filelock may wait as well
            raise DataError(f"Another process is writing {out}.") from None
        raise DataError(f"{out} cannot be written: no file can be made in {out.parent}.") from error
    try:
        yield
    finally:
        place.unlink(missing_ok=True)
        lock.release()
