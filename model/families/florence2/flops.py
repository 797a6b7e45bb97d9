"""How much arithmetic a model's questions need at least, counted without doing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import Florence2Config, Florence2ForConditionalGeneration

QUESTION_TOKENS = 12


def count_flops(folder: Path, size: tuple[int, int], beams: int, tokens: int) -> tuple[float, float]:
    """Floating-point operations of one picture and of one question about it.

    Args:
        folder: The model.
        size: Width and height of its pictures.
        beams: Of the question's search.
        tokens: Of its answer.
    """
    config = Florence2Config.from_pretrained(folder)
    with torch.device("meta"), torch.no_grad():
        model = Florence2ForConditionalGeneration(config).eval()
        with FlopCounterMode(display=False) as counter:
            seen = model.get_image_features(torch.empty(1, 3, size[1], size[0])).pooler_output
        picture = counter.get_total_flops()
        length = seen.shape[1] + QUESTION_TOKENS
        with FlopCounterMode(display=False) as counter:
            model.get_encoder()(inputs_embeds=torch.empty(1, length, seen.shape[2]))
        question = counter.get_total_flops()
    text: Any = config.text_config
    width, layers = text.d_model, text.decoder_layers
    # Keys and values once; then for each token of each beam every other product of the decoder, and the output layer.
    once = 2 * layers * length * 2 * width**2
    each = 2 * (layers * (6 * width**2 + 2 * width * text.decoder_ffn_dim) + text.vocab_size * width)
    attention = 4 * layers * length * width
    return picture, question + once + beams * tokens * (each + attention)
