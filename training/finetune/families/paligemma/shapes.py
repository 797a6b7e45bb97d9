"""PaliGemmas with random weights, made without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import (
    GenerationConfig,
    PaliGemmaConfig,
    PaliGemmaForConditionalGeneration,
    PaliGemmaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.utils import logging

from model.families.paligemma import profile as stock_profile
from model.profile import Profile
from training.finetune.families.words import scene_tokenizer

VOCABULARY = 257_216
"""Of the real ones, whatever the tokenizer knows."""
SPECIAL = ("<pad>", "<eos>", "<bos>", "<unk>", "<image>")


def config_of(shape: str, side: int) -> PaliGemmaConfig:
    """The shape of paligemma-3b (2.92 B parameters), for pictures of so many pixels a side."""
    assert shape == "3b"
    vision: dict[str, Any] = {"model_type": "siglip_vision_model"}
    vision |= {"hidden_size": 1152, "intermediate_size": 4304, "patch_size": 14}
    vision |= {"num_hidden_layers": 27, "num_attention_heads": 16, "image_size": side, "vision_use_head": False}
    text: dict[str, Any] = {"model_type": "gemma"}
    text |= {"vocab_size": VOCABULARY, "hidden_size": 2048, "intermediate_size": 16384}
    text |= {"num_hidden_layers": 18, "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256}
    return with_tokens(text, vision, {name: SPECIAL.index(f"<{name}>") for name in ("pad", "eos", "bos", "image")})


def with_tokens(text: dict[str, Any], vision: dict[str, Any], ids: dict[str, int]) -> PaliGemmaConfig:
    """The config of these two sides, with the ids of its pad, eos, bos and image tokens."""
    named: dict[str, Any] = {f"{name}_token_id": ids[name] for name in ("pad", "eos", "bos")}
    return PaliGemmaConfig(
        text_config={**text, **named},
        vision_config=vision,
        projection_dim=text["hidden_size"],
        hidden_size=text["hidden_size"],
        image_token_index=ids["image"],
        **named,
    )


def save(
    folder: Path,
    config: PaliGemmaConfig,
    tokenizer: PreTrainedTokenizerFast,
    size: tuple[int, int],
    profile: Profile,
    *,
    seed: int = 0,
    **images: Any,  # noqa: ANN401 - settings of the image processor
) -> Path:
    """Save a model with random weights as a real one is saved; the same seed gives the same weights."""
    vision: Any = config.vision_config
    pictures: Any = SiglipImageProcessorPil(size={"width": size[0], "height": size[1]}, **images)
    pictures.image_seq_length = (size[0] // vision.patch_size) * (size[1] // vision.patch_size)
    processor: Any = PaliGemmaProcessor(image_processor=pictures, tokenizer=tokenizer)  # it adds tokens of its own
    text: Any = config.text_config
    text.vocab_size = max(text.vocab_size, len(processor.tokenizer))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = PaliGemmaForConditionalGeneration(config)
    ids = {name: getattr(text, name) for name in ("pad_token_id", "eos_token_id", "bos_token_id")}
    model.generation_config = GenerationConfig(**ids)
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    profile.write(folder)
    return folder


def save_random(shape: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a full-size model with random weights and a tokenizer that knows the words of the scenes.

    It has no dropout to leave out.
    """
    tokenizer = scene_tokenizer(SPECIAL, "<bos>", "<eos>", "<pad>", "<unk>", image_token="<image>")
    return save(folder, config_of(shape, max(size)), tokenizer, size, stock_profile())
