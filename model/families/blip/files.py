"""The weights of a BLIP for question answering, with what its code forgets mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.errors import ModelError
from model.families.weights import read_native
from model.generation.rules import Seq2SeqModel

NATIVE = "BlipForQuestionAnswering"
"""transformers' class, which has the parts `vision_model`, `text_encoder` and `text_decoder`."""


def read_weights(folder: Path, dtype: torch.dtype, kind: type[Any] | None = None) -> Seq2SeqModel:
    """The model in a folder, on the CPU; `kind` may add to the native class what training needs.

    Raises:
        ModelError: The folder holds a BLIP for another task, or no complete one.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    [made_for, *_] = config.get("architectures") or [NATIVE]
    if made_for != NATIVE:
        raise ModelError("blip_of_another_task", folder=folder, kind=made_for)
    from transformers.models.blip.modeling_blip import BlipForQuestionAnswering  # late: to import it takes long

    return mended(read_native(folder, dtype, kind or BlipForQuestionAnswering))


def mended(model: Seq2SeqModel) -> Seq2SeqModel:
    """The model, whose cross-attention sees the mask that it is given.

    transformers 5.24 hands it on under a name that the attention does not look at, so that padding, of the picture in
    the question's encoder as of the question in the answer's decoder, changes what batch-mates say.
    """
    for name, module in model.named_modules():
        if name.endswith("crossattention.self"):
            module.register_forward_pre_hook(_rename_mask, with_kwargs=True)
    return model


def _rename_mask(_: nn.Module, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Does nothing once transformers hands on the mask itself."""
    mask = given.get("encoder_attention_mask")
    return args, {**given, "encoder_attention_mask": given.get("attention_mask") if mask is None else mask}
