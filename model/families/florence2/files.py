"""The weights of a Florence-2 as transformers saves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from model.errors import ModelError
from model.families.weights import read_native
from model.generation.rules import Seq2SeqModel

if TYPE_CHECKING:
    from transformers.models.florence2.modeling_florence2 import Florence2ForConditionalGeneration


def read_weights(
    folder: Path, dtype: torch.dtype, kind: type[Florence2ForConditionalGeneration] | None = None
) -> Seq2SeqModel:
    """The model in a folder, on the CPU; `kind` may add to it what training needs.

    Raises:
        ModelError: The folder's files do not make a complete native Florence-2.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if "auto_map" in config or config.get("vision_config", {}).get("model_type") == "davit":
        raise ModelError("weights_of_others", folder=folder)
    # Late: to import it takes longer than to answer, and most models are read without it.
    from transformers.models.florence2.modeling_florence2 import Florence2ForConditionalGeneration

    return read_native(folder, dtype, kind or Florence2ForConditionalGeneration)
