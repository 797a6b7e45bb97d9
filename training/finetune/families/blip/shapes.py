"""BLIPs with random weights, made without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import BlipConfig, BlipForQuestionAnswering, BlipProcessor, PreTrainedTokenizerFast
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
from transformers.utils import logging

from model.profile import Profile
from training.finetune.families.words import scene_tokenizer

VOCABULARY = 30_524
"""Of the real ones, whatever the tokenizer knows."""
SPECIAL = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[DEC]")


def config_of(shape: str, side: int, *, dropout: bool = True) -> BlipConfig:
    """The shape of blip-vqa-base (361 M parameters), for pictures of so many pixels a side."""
    assert shape == "base"  # Salesforce has a large one for captions alone
    share = 0.1 if dropout else 0.0
    text = {
        "vocab_size": VOCABULARY,
        "num_attention_heads": 12,
        "attention_probs_dropout_prob": share,
        "hidden_dropout_prob": share,
        **token_ids(),
    }
    return BlipConfig(text_config=text, vision_config={"image_size": side, "initializer_range": 0.02})


def token_ids() -> dict[str, int]:
    """What the config of the text side calls the tokens of `SPECIAL`."""
    names = {"pad": "[PAD]", "sep": "[SEP]", "eos": "[SEP]", "bos": "[DEC]"}
    return {f"{name}_token_id": SPECIAL.index(token) for name, token in names.items()}


def save(
    folder: Path,
    config: BlipConfig,
    tokenizer: PreTrainedTokenizerFast,
    size: tuple[int, int],
    profile: Profile,
    *,
    seed: int = 0,
    **images: Any,  # noqa: ANN401 - settings of the image processor
) -> Path:
    """Save a model with random weights as a real one is saved; the same seed gives the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = BlipForQuestionAnswering(config)
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    pictures = BlipImageProcessorPil(size={"width": size[0], "height": size[1]}, **images)
    BlipProcessor(image_processor=pictures, tokenizer=tokenizer).save_pretrained(folder)
    profile.write(folder)
    return folder


def save_random(shape: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a full-size model with random weights and a tokenizer that knows the words of the scenes."""
    tokenizer = scene_tokenizer(SPECIAL, "[CLS]", "[SEP]", "[PAD]", "[UNK]")
    return save(folder, config_of(shape, max(size), dropout=dropout), tokenizer, size, Profile())
