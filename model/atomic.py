"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, *, unique: bool = False) -> Iterator[Path]:
    """A place beside `path` for a new file or folder, which takes the place of `path` at the end of the block.

    Whoever reads `path` finds what was there or all that is new; after an error what was there stays.

    Args:
        path: A file, or a folder; no folder lies at the new place yet.
        unique: Several processes may write the same at once. What a killed one leaves is then never taken up again.

    Raises:
        OSError: It cannot be written.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial" if unique else f"{path.name}.partial")
    if partial.is_dir():
        shutil.rmtree(partial)
    try:
        yield partial
        if partial.is_dir():
            _remove(path)
        partial.replace(path)
    finally:
        _remove(partial)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
