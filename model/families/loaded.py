"""What every loaded model of a family has: its weights and tokenizer, and how pictures come to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor

from model.backends.precision import Precision
from model.families.pixels import Normaliser, stacked
from model.generation.rules import Seq2SeqModel
from model.processor import Resize

if TYPE_CHECKING:
    from model.families.base import Pixels


class LoadedModel:
    """A model in eval mode, its tokenizer and the image processor's settings."""

    def __init__(
        self, model: Seq2SeqModel, tokenizer: Tokenizer, images: dict[str, Any], precision: Precision | None
    ) -> None:
        """Wrap them; without a precision nobody chose one, and the model may be in training."""
        self.device = str(model.device)
        self.dtype = str(model.dtype).removeprefix("torch.")
        self._model, self.tokenizer, self._precision = model, tokenizer, precision
        self._resize = Resize.read(images)
        self._normalise = Normaliser(images, model.device)

    @property
    def precision(self) -> str:
        """What was chosen at the start, for people."""
        return self.dtype if self._precision is None else str(self._precision)

    def prepare(self, picture: Image.Image) -> Pixels:
        """Resize to the model's input: uint8 [H, W, 3]."""
        return self._resize.pixels(picture)

    def _normalised(self, pictures: Sequence[Pixels]) -> Tensor:
        """Pixels as the vision tower reads them, [B, 3, H, W]."""
        pixels: Tensor = self._normalise(stacked(pictures))
        return pixels.to(self._model.dtype)
