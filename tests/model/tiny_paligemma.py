"""Very small PaliGemmas of both generations with random weights, saved the way real ones are."""

from __future__ import annotations

from pathlib import Path

import tiny
import torch
from tokenizers import Tokenizer, decoders, normalizers
from tokenizers.models import BPE
from transformers import PaliGemmaConfig, PaliGemmaForConditionalGeneration, PaliGemmaProcessor, PreTrainedTokenizerFast
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

from model.profile import BUILTIN_PROFILE, Profile

SIDE, PATCH = 32, 8
IMAGE_TOKENS = (SIDE // PATCH) ** 2
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<image>"]
POSITIONS = 256


def config(words: int, two: bool = False) -> PaliGemmaConfig:
    text: dict[str, object] = {
        "model_type": "gemma2" if two else "gemma",
        "vocab_size": words,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2 if two else 1,
        "head_dim": 8,
        "max_position_embeddings": POSITIONS,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2,
    }
    if two:
        text |= {"query_pre_attn_scalar": 12, "sliding_window": 128, "attn_logit_softcapping": 5.0}
        text |= {"final_logit_softcapping": 8.0}
    vision = {
        "model_type": "siglip_vision_model",
        "hidden_size": 24,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": SIDE,
        "patch_size": PATCH,
        "vision_use_head": False,
    }
    return PaliGemmaConfig(
        text_config=text,
        vision_config=vision,
        projection_dim=32,
        hidden_size=32,
        image_token_index=SPECIAL.index("<image>"),
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=2,
    )


def build(folder: Path, profile: Profile = BUILTIN_PROFILE, seed: int = 9, two: bool = False) -> Path:
    """Save model, processor and profile to `folder`; the same seed gives the same model."""
    images = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    images.image_seq_length = IMAGE_TOKENS
    processor = PaliGemmaProcessor(image_processor=images, tokenizer=tokenizer())
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = PaliGemmaForConditionalGeneration(config(len(processor.tokenizer), two)).eval()
        for parameter in model.parameters():  # far from zero: the answers depend on the picture and the question
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=1.5 / parameter[0].numel() ** 0.5)
    model.tie_weights()
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    profile.write(folder)
    return folder


def build_two(folder: Path) -> Path:
    """A PaliGemma 2: Gemma 2 has windows, caps and norms of its own."""
    return build(folder, two=True)


def tokenizer() -> PreTrainedTokenizerFast:
    """Characters and some words, spaces as the Gemmas' tokenizer has them."""
    marks = [*SPECIAL, *sorted(set("abcdefghijklmnopqrstuvwxyz?\n▁0123456789"))]
    words = {mark: index for index, mark in enumerate(marks)}
    merges: list[tuple[str, str]] = []
    for word in tiny.WORDS:
        before = "▁"
        for letter in word:
            if before + letter not in words:
                words[before + letter] = len(words)
                merges.append((before, letter))
            before += letter
    inner = Tokenizer(BPE(words, merges, unk_token="<unk>", byte_fallback=False))
    inner.normalizer = normalizers.Replace(" ", "▁")
    inner.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse()])
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        unk_token="<unk>",
        extra_special_tokens={"image_token": "<image>"},
        clean_up_tokenization_spaces=False,
        padding_side="left",
    )
