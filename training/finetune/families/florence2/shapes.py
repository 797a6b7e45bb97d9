"""Full-size Florence-2 shapes with random weights, made without a network: to measure with, and to try a machine."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import BartConfig, GenerationConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.florence2 import (
    Florence2Config,
    Florence2ForConditionalGeneration,
    Florence2Processor,
    Florence2VisionConfig,
)
from transformers.utils import logging

from model.families.florence2 import profile
from training.finetune.families import words

SHAPES = ("base", "large", "tiny")
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<image>")
_VOCABULARY = 51_290
_POSITIONS = 4096


def vocabulary() -> list[str]:
    """The tokens of these models."""
    return words.vocabulary(SPECIAL)


def config_of(shape: str, *, dropout: bool = True) -> Florence2Config:
    """The shape of Florence-2-base (236 M parameters) or -large (777 M), or a tiny one to try commands with.

    Args:
        shape: One of `SHAPES`.
        dropout: Without it every step is a function of its batch alone, so that two ways to compute it can be compared.
    """
    share = 0.1 if dropout else 0.0
    if shape == "tiny":
        return _tiny(share)
    large = shape == "large"
    vision = Florence2VisionConfig(
        embed_dim=[256, 512, 1024, 2048] if large else [128, 256, 512, 1024],
        num_heads=[8, 16, 32, 64] if large else [4, 8, 16, 32],
        num_groups=[8, 16, 32, 64] if large else [4, 8, 16, 32],
        projection_dim=1024 if large else 768,
        drop_path_rate=share,
    )
    text = BartConfig(
        vocab_size=_VOCABULARY,
        d_model=1024 if large else 768,
        encoder_layers=12 if large else 6,
        decoder_layers=12 if large else 6,
        encoder_attention_heads=16 if large else 12,
        decoder_attention_heads=16 if large else 12,
        encoder_ffn_dim=4096 if large else 3072,
        decoder_ffn_dim=4096 if large else 3072,
        max_position_embeddings=_POSITIONS,
        dropout=share,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
    )
    return Florence2Config(vision_config=vision, text_config=text, image_token_id=SPECIAL.index("<image>"))


def _tiny(share: float) -> Florence2Config:
    """Every part that the others have, in some 200,000 parameters."""
    vision = Florence2VisionConfig(
        depths=[1, 1, 1],
        patch_size=[7, 3, 3],
        patch_stride=[8, 2, 2],
        patch_padding=[3, 1, 1],
        patch_prenorm=[False, True, True],
        embed_dim=[16, 24, 32],
        num_heads=[2, 2, 2],
        num_groups=[2, 2, 2],
        window_size=4,
        projection_dim=32,
        drop_path_rate=share,
    )
    text = BartConfig(
        vocab_size=len(vocabulary()),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=_POSITIONS // 8,
        dropout=share,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
    )
    return Florence2Config(vision_config=vision, text_config=text, image_token_id=SPECIAL.index("<image>"))


def save(folder: Path, config: Florence2Config, size: tuple[int, int], seed: int = 0) -> Path:
    """Save a model with random weights as a real one is saved, with a tokenizer that knows the words of the scenes.

    Args:
        folder: Where.
        config: Its shape, such as `config_of` makes.
        size: Width and height of its pictures.
        seed: The same seed gives the same weights.
    """
    tokenizer = words.scene_tokenizer(SPECIAL, "<s>", "</s>", "<pad>", "<unk>", image_token="<image>")
    tokenizer.model_max_length = _POSITIONS
    images: Any = CLIPImageProcessorPil(
        size={"width": size[0], "height": size[1]},
        do_center_crop=False,
        resample=3,
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    columns, rows = grid_of(config, size)
    images.image_seq_length = columns * rows + 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Florence2ForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_bos_token_id=0
    )
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    Florence2Processor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    profile().write(folder)
    return folder


def save_random(shape: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a full-size model with random weights for pictures of this width and height; `shape` is one of `SHAPES`."""
    return save(folder, config_of(shape, dropout=dropout), size)


def save_sizes(shape: str, folder: Path, sides: Sequence[int], tokens: int) -> list[Path]:
    """Save one model without dropout for several sizes of pictures, its weights once: `folder`/SIDE for each side.

    Args:
        shape: One of `SHAPES`.
        folder: Where.
        sides: Of square pictures, in pixels.
        tokens: Of every answer, so that all take the same time.
    """
    first, *others = [folder / str(side) for side in sides]
    save_random(shape, first, (sides[0], sides[0]), dropout=False)
    file = first / "generation_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**settings, "min_new_tokens": tokens}), encoding="utf-8")
    for side, other in zip(sides[1:], others, strict=True):
        shutil.copytree(first, other, ignore=shutil.ignore_patterns("*.safetensors"))
        for weights in first.glob("*.safetensors"):
            (other / weights.name).hardlink_to(weights)
        processor: Any = Florence2Processor.from_pretrained(other, local_files_only=True)
        columns, rows = grid_of(Florence2Config.from_pretrained(other), (side, side))
        processor.image_processor.size = {"width": side, "height": side}
        processor.image_processor.image_seq_length = columns * rows + 1
        processor.save_pretrained(other)
    return [first, *others]


def grid_of(config: Any, size: tuple[int, int]) -> tuple[int, int]:  # noqa: ANN401 - the parts of configs are untyped
    """Columns and rows of the tower's states for pictures of this width and height."""
    vision, columns, rows = config.vision_config, *size
    for kernel, stride, padding in zip(vision.patch_size, vision.patch_stride, vision.patch_padding, strict=True):
        columns, rows = ((side + 2 * padding - kernel) // stride + 1 for side in (columns, rows))
    return columns, rows


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in SHAPES or not all(side.isdigit() for side in sys.argv[3:]):
        sys.exit(f"Usage: python -m training.finetune.families.florence2.shapes {'|'.join(SHAPES)} FOLDER [SIDE ...]")
    if len(sys.argv) == 3:
        save_random(sys.argv[1], Path(sys.argv[2]), (224, 224))
    else:
        save_sizes(sys.argv[1], Path(sys.argv[2]), [int(side) for side in sys.argv[3:]], 5)
