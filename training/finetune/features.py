"""A frozen vision tower's states on disk: computed once a picture, found by the picture's and the tower's content.

One file a picture, written whole or not at all, so that any process may write and a killed one leaves nothing broken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from model.atomic import replacing

if TYPE_CHECKING:
    from model.families.base import Pixels


class FeatureStore:
    """States of one frozen tower by picture, at most `max_bytes` of them."""

    def __init__(
        self, folder: Path, fingerprint: str, shape: tuple[int, ...], dtype: torch.dtype, max_bytes: float
    ) -> None:
        """Open the states of the tower with this fingerprint.

        Args:
            folder: Holds a folder for each tower.
            fingerprint: Of the tower, its input and its arithmetic.
            shape: Of one picture's states.
            dtype: In which they are kept.
            max_bytes: What the folder may hold of this tower.
        """
        self.folder = folder / fingerprint
        self.shape, self.dtype = shape, dtype
        self.size = int(np.prod(shape)) * dtype.itemsize
        self.room = int(max_bytes // self.size)
        """Most pictures that are kept."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Where the states of a picture lie."""
        return self.folder / key[:2] / key

    def __contains__(self, key: str) -> bool:
        try:
            return self.path(key).stat().st_size == self.size
        except OSError:
            return False

    def get(self, key: str) -> Tensor:
        """The states of a picture that is kept.

        Raises:
            OSError: They are not there.
        """
        raw = torch.from_numpy(np.fromfile(self.path(key), np.uint8))
        return raw.view(self.dtype).view(self.shape)

    def put(self, key: str, states: Tensor) -> None:
        """Keep the states of a picture.

        Raises:
            OSError: The disk is full, or cannot be written.
        """
        path = self.path(key)
        path.parent.mkdir(exist_ok=True)
        with replacing(path, unique=True) as partial:
            partial.write_bytes(states.to("cpu", self.dtype).contiguous().view(torch.uint8).numpy().tobytes())


def fill(
    store: FeatureStore,
    keys: Mapping[str, str],
    picture: Callable[[str], Pixels],
    tower: Callable[[Tensor], Tensor],
    *,
    batch_size: int,
    share: tuple[int, int] = (0, 1),
    progress: Callable[[int], object] = lambda _: None,
) -> None:
    """Compute the states that are not kept yet, as far as there is room; an interrupted filling goes on.

    Args:
        store: Where they are kept.
        keys: The pictures' keys by their files; the first ones are kept when not all find room.
        picture: Reads a picture, uint8 [H, W, 3].
        tower: Its states [P, ...] of uint8 [P, H, W, 3].
        batch_size: Pictures at a time.
        share: Number of this process, and of how many.
        progress: Called with the number of pictures done since the last call.
    """
    wanted = dict(zip(keys.values(), keys, strict=True))  # pictures with the same content are computed once
    places = list(wanted.items())[: store.room][share[0] :: share[1]]
    missing = [(key, name) for key, name in places if key not in store]
    progress(len(places) - len(missing))
    for start in range(0, len(missing), batch_size):
        part = missing[start : start + batch_size]
        pixels = torch.from_numpy(np.stack([picture(name) for _, name in part]))
        with torch.no_grad():
            states = tower(pixels)
        for (key, _), one in zip(part, states, strict=True):
            store.put(key, one)
        progress(len(part))


def make_room(folder: Path, store: FeatureStore, keys: Iterable[str], max_bytes: float) -> None:
    """Remove states of other towers and pictures, the longest unused first, until all wanted ones find room."""
    wanted = {store.path(key) for key in list(dict.fromkeys(keys))[: store.room]}
    others = [(path, path.stat()) for path in folder.rglob("*") if path.is_file() and path not in wanted]
    others.sort(key=lambda found: found[1].st_mtime)
    excess = len(wanted) * store.size + sum(found.st_size for _, found in others) - max_bytes
    for path, found in others:
        if excess <= 0:
            return
        path.unlink(missing_ok=True)
        excess -= found.st_size


def picture_key(file: Path) -> str:
    """The content of a picture's file as a name."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:40]


def fingerprint(tower: nn.Module, *setting: object) -> str:
    """A tower's weights and whatever else decides its states, as a name."""
    digest = hashlib.sha256(repr(setting).encode())
    for name, value in sorted(tower.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().to("cpu").contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()[:20]
