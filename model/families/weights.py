"""Weights as transformers saves them, read whole or refused, whichever family they are of."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from model.errors import ModelError


def read_native(folder: Path, dtype: torch.dtype, native: Any) -> Any:  # noqa: ANN401 - transformers is typed in part
    """The model in a folder, on the CPU.

    Args:
        folder: Its config and weights.
        dtype: Its number format.
        native: transformers' class, or one that adds to it what training needs.

    Raises:
        ModelError: The folder's files do not make a complete model.
    """
    from transformers.utils import logging  # late: to import it takes longer than to answer

    logging.disable_progress_bar()
    level = logging.get_verbosity()
    try:
        with warnings.catch_warnings():
            # Of a pickle that torch does not like it says so at length, before the one sentence below.
            warnings.filterwarnings("ignore", module=r"torch\._weights_only_unpickler")
            logging.set_verbosity_error()  # what is missing is told below
            model, report = native.from_pretrained(folder, dtype=dtype, local_files_only=True, output_loading_info=True)
    # Readers of weights raise whatever they stumble over: a pickle that holds code, say, which is never run.
    except Exception as error:
        raise ModelError("weights_unreadable", folder=folder) from error
    finally:
        logging.set_verbosity(level)
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
