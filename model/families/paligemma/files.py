"""The weights of a PaliGemma as transformers saves them, and how many places it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from model.families.weights import read_native
from model.generation.rules import Seq2SeqModel


def read_weights(folder: Path, dtype: torch.dtype, kind: type[Any] | None = None) -> Seq2SeqModel:
    """The model in a folder, on the CPU; `kind` may add to the native class what training needs.

    Raises:
        ModelError: The folder's files do not make a complete PaliGemma.
    """
    from transformers.models.paligemma.modeling_paligemma import PaliGemmaForConditionalGeneration  # late

    return read_native(folder, dtype, kind or PaliGemmaForConditionalGeneration)


def positions_of(config: Any) -> int:  # noqa: ANN401 - transformers' configs are typed only in part
    """Places for pictures, question and answer together.

    Every second layer of Gemma 2 looks back through a window; up to its width it sees all, as the other layers do.
    """
    text = config.text_config
    return min(int(text.max_position_embeddings), int(getattr(text, "sliding_window", None) or 2**31))


def trained_size(config: Any) -> tuple[int, int]:  # noqa: ANN401
    """Width and height of the pictures that the model's position embeddings are for."""
    return int(config.vision_config.image_size), int(config.vision_config.image_size)


def tokens_of(config: Any, size: tuple[int, int]) -> int:  # noqa: ANN401
    """Tokens of a picture of this width and height: one for each patch."""
    patch = int(config.vision_config.patch_size)
    return (size[0] // patch) * (size[1] // patch)
