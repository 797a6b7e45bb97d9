"""The frozen matrices of the text side in 4 bits (NF4, as QLoRA has them), for adapters beside them; needs a GPU."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from training.finetune.errors import TrainingError
from training.finetune.families.onepass import OnePass


def check_four_bit(device: torch.device) -> None:
    """See that it can be done, before a model is read.

    Raises:
        TrainingError: There is no GPU, or bitsandbytes is missing.
    """
    if device.type != "cuda":
        raise TrainingError("4-bit weights need a GPU, and there is none here: leave out --four-bit.")
    if find_spec("bitsandbytes") is None:
        raise TrainingError("4-bit weights need the package bitsandbytes: pip install bitsandbytes")


def quantise(model: OnePass) -> None:
    """Replace the matrices that adapters stand beside; they are packed when the model moves to the GPU.

    Everything else, which stays as it is as well, becomes bfloat16.
    """
    bitsandbytes: Any = import_module("bitsandbytes")
    model.to(torch.bfloat16)
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and re.fullmatch(model.lora_targets, name):
            packed = bitsandbytes.nn.Linear4bit(
                module.in_features,
                module.out_features,
                bias=module.bias is not None,
                compute_dtype=torch.bfloat16,
                quant_type="nf4",
            )
            packed.weight = bitsandbytes.nn.Params4bit(module.weight.data, requires_grad=False, quant_type="nf4")
            packed.bias = module.bias
            parent, _, last = name.rpartition(".")
            setattr(model.get_submodule(parent), last, packed)
    native: Any = model
    native.is_loaded_in_4bit = True  # peft asks for it


def unpacked(module: Any) -> Tensor:  # noqa: ANN401 - bitsandbytes is not installed everywhere
    """The weights of a layer as numbers again, for saving."""
    state = getattr(module.weight, "quant_state", None)
    if state is None:
        weights: Tensor = module.weight
        return weights
    found: Tensor = import_module("bitsandbytes.functional").dequantize_4bit(module.weight.data, state)
    return found
