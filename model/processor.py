"""What a saved model says about pictures and words: its image settings and its tokenizer. Needs no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from model.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from model.families.base import Pixels


EDGE = (128, 128, 128)
"""The colour beside and above pictures that keep their proportions."""


@dataclass(frozen=True, slots=True)
class Resize:
    """The one way in which a model's pictures come to its size, when they are prepared and when they are answered."""

    width: int
    height: int
    resample: Image.Resampling = Image.Resampling.BICUBIC
    keep_proportions: bool = False
    """Whether a picture of another shape gets grey edges instead of being squeezed."""

    @classmethod
    def read(cls, images: dict[str, Any]) -> Resize:
        """From the settings that `read_image_settings` gives."""
        size = images["size"]
        resample = Image.Resampling(images.get("resample", 3))
        return cls(int(size["width"]), int(size["height"]), resample, bool(images.get("keep_proportions", False)))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    def apply(self, picture: Image.Image) -> Image.Image:
        """The picture at this size; one that has it already stays as it is, to the last bit."""
        left, top, width, height = self.place(picture.size)
        shrunk = picture.resize((width, height), self.resample)
        if (width, height) == self.size:
            return shrunk
        canvas = Image.new("RGB", self.size, EDGE)
        canvas.paste(shrunk, (left, top))
        return canvas

    def place(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Where a picture of a size comes to lie on the canvas: left, top, width and height in pixels."""
        if not self.keep_proportions:
            return 0, 0, *self.size
        scale = min(self.width / size[0], self.height / size[1])
        width, height = (max(1, round(side * scale)) for side in size)
        return (self.width - width) // 2, (self.height - height) // 2, width, height

    def pixels(self, picture: Image.Image) -> Pixels:
        """The picture at this size as the model takes it: uint8 [H, W, 3]."""
        import numpy as np  # here, so that processes which only resize start sooner

        return np.array(self.apply(picture))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def read_image_settings(folder: Path) -> dict[str, Any]:
    """The image processor's settings, from whichever file holds them.

    Raises:
        ModelError: There are none, they cannot be read, or they ask for something else than a fixed size.
    """
    for name in ("processor_config.json", "preprocessor_config.json"):
        file = folder / name
        if file.is_file():
            try:
                values = json.loads(file.read_text(encoding="utf-8"))
                images = values.get("image_processor", values)
            except (OSError, ValueError, AttributeError, RecursionError) as error:
                raise ModelError("image_settings_unreadable", file=file) from error
            if not isinstance(images, dict) or "image_mean" not in images:
                continue
            if images.get("do_center_crop") or not {"height", "width"} <= set(images.get("size") or ()):
                raise ModelError("image_settings_cropped", file=file)
            return dict(images)
    raise ModelError("image_settings_missing", folder=folder)


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer itself, without transformers' wrapper, which takes long to import.

    Raises:
        ModelError: There is none, or it cannot be read.
    """
    from tokenizers import Tokenizer

    file = folder / "tokenizer.json"
    if not file.is_file():
        raise ModelError("tokenizer_missing", folder=folder)
    try:
        tokenizer: Tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises plain Exception
        raise ModelError("tokenizer_unreadable", folder=folder) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
