"""Looks at pictures for the bot, which decodes none itself: `model.serving.image_pool` does, in limited processes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from bot import metrics
from model.errors import PictureError
from model.serving.image_pool import Decoded, ImagePool
from storage.picture_checks import PictureCheck
from storage.records import HeatGrid
from storage.store import Store

HEAT_MAP_SIDE = 1280
"""Longer side of a heat map in pixels, at most: what Telegram shows of a photo."""
PROCESSES = 2
"""One chat has at most one of them at a time."""


class PictureDecoder:
    """Checks pictures and makes small ones. What was found is remembered by content, also over a restart."""

    def __init__(self, store: Store, pool: ImagePool | None = None) -> None:
        """Remember in `store`; processes start when they are first needed."""
        self._store = store
        self._pool = ImagePool(PROCESSES) if pool is None else pool
        self._making: dict[tuple[str, int], asyncio.Task[bytes | None]] = {}

    async def start(self) -> None:
        """Forget old refusals."""
        await self._store.picture_checks.prune()

    async def stop(self) -> None:
        """End what is being decoded, at once."""
        for task in self._making.values():
            task.cancel()
        await asyncio.to_thread(self._pool.close)

    async def inspect(self, picture: bytes | Path, *, sha256: str | None = None, chat_id: int = 0) -> str:
        """Read a picture whole and say what it is: `image/...`, by its content.

        Args:
            picture: The file's bytes, or where it lies.
            sha256: Its content's hash, where it is known.
            chat_id: Whose picture it is: chats take turns by what their pictures cost.

        Raises:
            PictureError: It cannot be read.
            OSError: The file cannot be read, or no process can be started just now.
        """
        key = await asyncio.to_thread(_hash, picture) if sha256 is None else sha256
        known = await self._store.picture_checks.get(key)
        if known is not None:
            if known.refusal is not None:
                raise PictureError(known.refusal)
            if known.media_type is not None:
                return known.media_type
        return (await self._decode(picture, key, chat_id, 1)).media_type

    async def thumbnail(self, sha256: str, path: Path, side: int, *, chat_id: int = 0) -> bytes | None:
        """A small JPEG, kept once it was made; None when there is no such picture, or it cannot be read.

        Args:
            sha256: The content's hash.
            path: Where the picture lies.
            side: Its longer side in pixels, at most.
            chat_id: Who wants it.
        """
        kept = await self._store.thumbnails.read(sha256, side)
        if kept is not None:
            return kept
        task = self._making.get((sha256, side))  # pressed twice it is made once
        if task is None:
            task = self._making[sha256, side] = asyncio.create_task(self._make(sha256, path, side, chat_id))
            task.add_done_callback(lambda _: self._making.pop((sha256, side), None))
        return await asyncio.shield(task)

    async def heat_map(self, pictures: Sequence[tuple[int, str, Path, HeatGrid]], *, chat_id: int = 0) -> bytes:
        """A JPEG of pictures with what counted for an answer, side by side.

        Args:
            pictures: Of each its number, its content's hash, where it lies, and how much its parts counted.
            chat_id: Who wants it.

        Raises:
            PictureError: One cannot be read.
            OSError: One is gone, or no process can be started just now.
        """
        numbers, hashes, paths, grids = zip(*pictures, strict=True)
        key = hashes[0] if len(pictures) == 1 else ""
        future = self._pool.submit_drawing(paths, grids, HEAT_MAP_SIDE, numbers, key=key, origin=str(chat_id))
        return (await asyncio.wrap_future(future)).data

    async def _make(self, sha256: str, path: Path, side: int, chat_id: int) -> bytes | None:
        known = await self._store.picture_checks.get(sha256)
        if known is not None and known.refusal is not None:
            return None
        try:
            small = (await self._decode(path, sha256, chat_id, side)).data
        except (PictureError, OSError):
            return None
        await self._store.thumbnails.write(sha256, side, small)
        if not await asyncio.to_thread(path.exists):  # deleted meanwhile
            await asyncio.to_thread(self._store.thumbnails.remove, sha256)
        return small

    async def _decode(self, picture: bytes | Path, sha256: str, chat_id: int, side: int) -> Decoded:
        """Decode, and remember what came of it."""
        future = self._pool.submit(picture, key=sha256, origin=str(chat_id), jpeg_side=side)
        try:
            decoded = await asyncio.wrap_future(future)
        except PictureError as error:
            metrics.of_picture(error.seconds, refused=True)
            await self._store.picture_checks.put(sha256, PictureCheck(str(error)))
            raise
        metrics.of_picture(decoded.seconds, refused=False)
        await self._store.picture_checks.put(sha256, PictureCheck(None, decoded.media_type))
        return decoded


def _hash(picture: bytes | Path) -> str:
    return hashlib.sha256(picture if isinstance(picture, bytes) else picture.read_bytes()).hexdigest()
