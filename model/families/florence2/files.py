"""The weights of a Florence-2 as transformers saves them."""

from __future__ import annotations

import json
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open

from model.errors import ModelError
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
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            # Of a pickle that torch does not like it says so at length, before the one sentence below.
            warnings.filterwarnings("ignore", module=r"torch\._weights_only_unpickler")
            loaded: Any = (kind or Florence2ForConditionalGeneration).from_pretrained(
                folder, dtype=dtype, local_files_only=True, output_loading_info=True
            )
        model, report = loaded
    # Readers of weights raise whatever they stumble over: a pickle that holds code, say, which is never run.
    except Exception as error:
        raise ModelError("weights_unreadable", folder=folder) from error
    # transformers fills gaps with random weights and goes on; a model like that must not answer anybody.
    gaps = [*report["missing_keys"], *(key for key, *_ in report.get("mismatched_keys", ()))]
    if gaps:
        raise ModelError("weights_incomplete", folder=folder, count=len(gaps), example=sorted(gaps)[0])
    return model


def count_parameters(folder: Path) -> int:
    """How many numbers the weights in a folder are; safetensors are counted by their headers, nothing is read."""
    count = 0
    try:
        for file in folder.glob("*.safetensors"):
            with safe_open(file, framework="pt") as weights:
                count += sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelError("weights_unreadable", folder=folder) from error
    return count or sum(file.stat().st_size for file in folder.glob("*.bin")) // 4
