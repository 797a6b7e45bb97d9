"""The pictures of a file's records: beside it under their names, or in the records themselves as base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from training.data.fields import writable
from training.data.files import File, Inline, Tree
from training.data.records import IMAGE, TALK, named
from training.errors import DataError

_LONGEST_NAME = 1000
"""Characters; longer ones are no name of a file but the picture itself."""
_BASE64 = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk")
"""How PNG, JPEG, GIF, WebP and BMP begin in base64."""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """One picture of a file."""

    picture: File | Inline | None
    """None when it is missing."""
    name: str
    """For people."""
    number: int
    """The same wherever the same picture is named."""
    problem: str = ""
    """Why it is missing; may name the places that were looked at."""


class RecordPictures:
    """The pictures of one file, each looked for once."""

    def __init__(self, file: File, split: str, tree: Tree | None = None) -> None:
        """Look beside this file, in the folders where a split's pictures usually lie, and in the ZIPs of a tree."""
        self.file, self.split, self.tree = file, split, tree
        self._known: dict[str, FoundPicture] = {}

    def of(self, where: str, record: Mapping[str, Any]) -> tuple[FoundPicture, ...]:
        """The pictures of a record, in their order: one, or those of a list.

        Raises:
            DataError: It names none; the text begins with `where`.
        """
        value = next((record[name] for name in IMAGE if record.get(name) not in (None, "", [])), None)
        return tuple(self._one(where, record, each) for each in (value if isinstance(value, list) else [value]))

    def _one(self, where: str, record: Mapping[str, Any], value: object) -> FoundPicture:
        if isinstance(value, dict):  # Hugging Face: {"bytes": ..., "path": ...}
            value = value.get("bytes") or value.get("path")
        if value is None and any(isinstance(record.get(name), list) for name in TALK):
            return self._known.setdefault(where, FoundPicture(None, where, len(self._known) + 1, "it has no picture"))
        if not isinstance(value, str) or not value.strip():
            raise DataError(f"{where} has no image, or it is no text. It has {named(record)}.")
        inside = _is_picture(value)
        key = hashlib.sha256(value.encode()).hexdigest() if inside else value
        if key not in self._known:
            picture, problem = self._find(value)
            name = where if inside else writable(value)
            self._known[key] = FoundPicture(picture, name, len(self._known) + 1, problem)
        return self._known[key]

    def _find(self, value: str) -> tuple[File | Inline | None, str]:
        if value.startswith(("http://", "https://")):
            return None, "it is an address: fetch the picture and name its file"
        if _is_picture(value):
            return _decoded(value.partition(",")[2] if value[:5].lower() == "data:" else value)
        if (file := self._file(value)) is not None:
            return file, ""
        places = ", ".join(place or "." for place in self._places())
        return None, f"it is missing: looked for beside {self.file} in {places}"

    def _places(self) -> tuple[str, ...]:
        return ("", "images", self.split, f"images/{self.split}", "..", "../images", f"../{self.split}")

    def _file(self, name: str) -> File | None:
        name = name.removeprefix("file://")
        names = [name] if PurePosixPath(name).suffix else [name, *(name + each for each in (".jpg", ".png", ".jpeg"))]
        if "\\" in name:
            names += [each.replace("\\", "/") for each in names]
        for place in self._places():
            for each in names:
                found = self.file.beside(f"{place}/{each}" if place and not each.startswith("/") else each)
                if found is not None:
                    return found
        return self.tree.find(*names) if self.tree is not None else None


def _is_picture(value: str) -> bool:
    """Whether a text is no name but the picture itself, as a data URL or in base64."""
    return value.isascii() and (
        value[:5].lower() == "data:" or len(value) > _LONGEST_NAME or (len(value) > 60 and value.startswith(_BASE64))
    )


def _decoded(text: str) -> tuple[Inline | None, str]:
    try:
        plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None, "it is neither a file nor a picture in base64"
    return Inline(data), ""
