"""Files that are written whole or not at all, readable for their owner alone, and on the disk when that is said.

`model.atomic` is for results that are made again: whole folders too, and no flush.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file; whoever reads it finds what was there or all of this, also when several write it at once.

    Args:
        path: The file; its folder is there.
        data: All of it.
        durable: Flush it to the disk, so that it outlasts a power cut.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    descriptor, partial = tempfile.mkstemp(suffix=".partial", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    if durable:
        flush(path.parent)


def flush(path: Path) -> None:
    """Wait until the disk holds a file, or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
