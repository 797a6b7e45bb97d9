"""The files of pictures: each content once, under its SHA-256, whole and on the disk before a row names it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from storage.atomic import flush, write_whole


class PictureFiles:
    """Files `<first two letters>/<sha256>` in a folder. Its methods block: they belong in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes of a content hash lie."""
        return self.folder / sha256[:2] / sha256

    def write(self, sha256: str, data: bytes) -> None:
        """Write the bytes under their hash, whole or not at all, and flush them to the disk.

        Raises:
            OSError: The disk is full or cannot be written, or the folder is gone.
        """
        target = self.path(sha256)
        if target.exists():
            return
        target.parent.mkdir(exist_ok=True, mode=0o700)  # without the folder of all pictures: it was unmounted
        write_whole(target, data)
        flush(self.folder)

    def older(self, before: float) -> list[Path]:
        """All files that were last written before a moment (unix seconds), half-written ones too."""
        return [
            Path(entry.path)
            for folder in os.scandir(self.folder)
            if folder.is_dir()
            for entry in os.scandir(folder)
            if entry.is_file() and entry.stat().st_mtime < before
        ]


def content_hash(data: bytes) -> str:
    """The SHA-256 that names a content."""
    return hashlib.sha256(data).hexdigest()
