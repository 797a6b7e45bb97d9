"""Small copies of pictures in files of their own: made when they are first wanted, and gone with their picture."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from storage.atomic import write_whole

MOST_BYTES = 200 * 2**20
"""Beyond it those that were not wanted for longest go."""
_KEEP = 0.8
"""The share of it that stays then."""


class Thumbnails:
    """JPEG files `<first two letters>/<sha256>-<side>.jpg` in a folder. What is lost can be made again."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._bytes: int | None = None
        self._lock = threading.Lock()

    async def read(self, sha256: str, side: int) -> bytes | None:
        """The small copy of at most `side` pixels a side; None: it was not made yet."""
        return await asyncio.to_thread(self._read, self._path(sha256, side))

    async def write(self, sha256: str, side: int, data: bytes) -> None:
        """Keep a small copy, whole or not at all; a full disk costs only that it is made again."""
        await asyncio.to_thread(self._write, self._path(sha256, side), data)

    def remove(self, sha256: str) -> None:
        """Delete all small copies of a picture."""
        for path in (self._folder / sha256[:2]).glob(f"{sha256}-*"):
            path.unlink(missing_ok=True)

    def sweep(self, photos: Path) -> int:
        """Delete copies of pictures that are not in `photos` any more, and what a crash left. Returns how many."""
        removed = 0
        for path in self._folder.glob("??/*"):
            sha256 = path.name.partition("-")[0]
            if path.suffix != ".jpg" or not (photos / sha256[:2] / sha256).exists():
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, sha256: str, side: int) -> Path:
        return self._folder / sha256[:2] / f"{sha256}-{side}.jpg"

    def _read(self, path: Path) -> bytes | None:
        try:
            data = path.read_bytes()
            path.touch()
        except OSError:
            return None
        return data

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(exist_ok=True, mode=0o700)  # without the folder of all: it was unmounted
            write_whole(path, data, durable=False)
        except OSError:
            return
        with self._lock:
            if self._bytes is not None:
                self._bytes += len(data)
            if self._bytes is None or self._bytes > self._most_bytes:
                self._bytes = self._shrink()

    def _shrink(self) -> int:
        """Delete the ones that were not wanted for longest when there are too many bytes. Returns what is there."""
        found = []
        for path in self._folder.glob("??/*.jpg"):
            try:
                state = path.stat()
            except FileNotFoundError:
                continue
            found.append((state.st_mtime, state.st_size, path))
        total = sum(size for _, size, _ in found)
        if total > self._most_bytes:
            for _, size, path in sorted(found):
                if total <= _KEEP * self._most_bytes:
                    break
                path.unlink(missing_ok=True)
                total -= size
        return total
