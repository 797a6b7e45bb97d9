"""Picture features kept between questions: least recently used, bounded by bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class FeatureCache:
    """Features of pictures by content hash. Reads and writes belong to one thread; `in` may be asked from any."""

    def __init__(self, max_bytes: int) -> None:
        """Keep at most `max_bytes` of features; 0 keeps nothing."""
        self.max_bytes = max_bytes
        self.bytes = 0
        self._kept: OrderedDict[str, Tensor] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Tensor | None:
        """The features of a picture, which become the most recently used; None when they are not kept."""
        features = self._kept.get(key)
        if features is not None:
            self._kept.move_to_end(key)
        return features

    def put(self, key: str, features: Tensor) -> None:
        """Keep features, letting go of the least recently used until they fit."""
        size = features.numel() * features.element_size()
        old = self._kept.pop(key, None)
        if old is not None:
            self.bytes -= old.numel() * old.element_size()
        if size > self.max_bytes:
            return
        self._kept[key] = features
        self.bytes += size
        while self.bytes > self.max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.bytes -= oldest.numel() * oldest.element_size()
