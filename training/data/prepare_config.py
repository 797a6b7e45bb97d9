"""Every setting of `vqabot data prepare`."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from model.images import MAX_SIDE
from model.processor import Resize
from training.config import Config

_SIZE = re.compile(r"[1-9]\d{1,3}(x[1-9]\d{1,3})?", re.ASCII)


class PrepareConfig(Config):
    """How data is prepared."""

    model: str = Field(
        "builtin", description="The model to train: builtin, a folder, a ZIP or a hub id. Decides size and words."
    )
    task: Literal["open-ended", "multiple-choice"] = Field(
        "open-ended", description="multiple-choice keeps the 18 choices of each question."
    )
    size: str = Field(
        "model",
        description="model: the size that the model sees; else a side in pixels, WIDTHxHEIGHT, or original.",
    )
    val_share: float = Field(
        0.0, ge=0, lt=1, description="Share of the pictures to hold out as val, where the source has none."
    )
    split_by: Literal["source", "picture"] = Field(
        "source", description="picture: divide train and val anew, so that no picture is in two splits."
    )
    divide_val: bool = Field(
        False, description="Divide val by pictures into val (chooses weights), calibration and judging."
    )
    feedback: str | None = Field(
        None, description="A folder that `vqabot feedback export` wrote: its questions are added to train."
    )
    limit: int | None = Field(None, ge=1, description="Only the first questions of each split.")
    processes: int = Field(0, ge=0, description="Processes that read pictures; 0: one a CPU core.")
    seed: int = Field(0, ge=0, description="Decides which pictures go where.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.size not in ("model", "original"):
            sides = [int(side) for side in self.size.split("x")] if _SIZE.fullmatch(self.size) else []
            if not sides or max(sides) > MAX_SIDE:
                raise ValueError(
                    f"size must be model, original, a side in pixels such as 224, or WIDTHxHEIGHT such as 320x192, at "
                    f"most {MAX_SIDE} a side, and is {self.size}"
                )
        return self

    def pixels(self, own: Resize) -> Resize | None:
        """How pictures come to their size; None to keep each picture's own.

        Args:
            own: The model's way.
        """
        if self.size in ("model", "original"):
            return own if self.size == "model" else None
        width, _, height = self.size.partition("x")
        return Resize(int(width), int(height or width), own.resample, own.keep_proportions)
