"""Small models of other families, of the built-in model's size: about 7 M parameters, the same words and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from transformers import BlipConfig, PreTrainedTokenizerFast

from model.profile import BUILTIN_PROFILE
from training.builtin import architecture
from training.builtin.architecture import HEIGHT, HIDDEN, RESIZE, WIDTH
from training.finetune.families.words import wrapped

PATCH = 16
ROWS, COLUMNS = HEIGHT // PATCH, WIDTH // PATCH
GRID_SIDE = 256
"""Pixels a side of the square that the position embeddings are for: its 16 x 16 patches are stretched over 14 x 20."""
IMAGES: dict[str, Any] = {
    "resample": RESIZE.resample.value,
    "keep_proportions": RESIZE.keep_proportions,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.25, 0.25, 0.25],
}
"""Settings of their image processors: those of the built-in model."""
_VISION: dict[str, Any] = {
    "hidden_size": HIDDEN,
    "intermediate_size": 4 * HIDDEN,
    "num_hidden_layers": 6,
    "num_attention_heads": 6,
    "image_size": GRID_SIDE,
    "patch_size": PATCH,
}


def save_small(family: str, folder: Path, seed: int) -> Path:
    """Save a small model of a family with fresh weights; the same seed gives the same ones."""
    return _blip(folder, seed) if family == "blip" else _paligemma(folder, seed)


def _blip(folder: Path, seed: int) -> Path:
    from training.finetune.families.blip import shapes

    tokenizer = _renamed(dict(zip(("<s>", "<pad>", "</s>", "<unk>", "<image>"), _BLIP_NAMES, strict=True)))
    inner = wrapped(tokenizer, "[CLS]", "[SEP]", "[PAD]", "[UNK]")
    ids = {"pad": "[PAD]", "sep": "[SEP]", "eos": "[SEP]", "bos": "[DEC]"}
    text: dict[str, Any] = {
        "vocab_size": len(inner),
        "hidden_size": HIDDEN,
        "intermediate_size": 4 * HIDDEN,
        "num_hidden_layers": 3,
        "num_attention_heads": 6,
        "max_position_embeddings": 64,
        **{f"{name}_token_id": tokenizer.token_to_id(token) for name, token in ids.items()},
    }
    config = BlipConfig(text_config=text, vision_config={**_VISION, "initializer_range": 0.02})
    return shapes.save(folder, config, inner, (WIDTH, HEIGHT), BUILTIN_PROFILE, seed=seed, **IMAGES)


_BLIP_NAMES = ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[DEC]")


def _paligemma(folder: Path, seed: int) -> Path:
    from training.finetune.families.paligemma import shapes

    tokenizer = _renamed(dict(zip(("<s>", "<pad>", "</s>"), ("<bos>", "<pad>", "<eos>"), strict=True)))
    inner = wrapped(tokenizer, "<bos>", "<eos>", "<pad>", "<unk>", image_token="<image>")
    text: dict[str, Any] = {
        "model_type": "gemma",
        "vocab_size": len(inner),
        "hidden_size": HIDDEN,
        "intermediate_size": 512,
        "num_hidden_layers": 9,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "head_dim": 32,
        "max_position_embeddings": 1024,
    }
    vision: dict[str, Any] = {"model_type": "siglip_vision_model", "vision_use_head": False, **_VISION}
    names = ("pad", "eos", "bos", "image")
    ids = {name: tokenizer.get_vocab()[f"<{name}>"] for name in names}
    config = shapes.with_tokens(text, vision, ids)
    return shapes.save(folder, config, inner, (WIDTH, HEIGHT), BUILTIN_PROFILE, seed=seed, **IMAGES)


def _renamed(names: dict[str, str]) -> Tokenizer:
    """The built-in model's tokenizer, whose special tokens have the names of another family."""
    text = architecture.load_tokenizer().backend_tokenizer.to_str()
    for name, other in names.items():
        text = text.replace(f'"{name}"', f'"{other}"')
    return Tokenizer.from_str(text)


def small_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """The tokenizer that lies in a small model's folder."""
    return PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
