"""A very small BLIP for question answering with random weights, saved the way real ones are."""

from __future__ import annotations

from pathlib import Path

import tiny
import torch
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from transformers import BlipConfig, BlipForQuestionAnswering, BlipProcessor, PreTrainedTokenizerFast
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

from model.profile import BUILTIN_PROFILE, Profile

SIDE, PATCH = 32, 8
SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
WORDS = [*SPECIAL, *sorted(set(tiny.WORDS) - {"on"}), "o", "##n", "?", "[DEC]"]
POSITIONS = 40


def config(words: int = len(WORDS)) -> BlipConfig:
    text = {
        "vocab_size": words,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": POSITIONS,
        "bos_token_id": WORDS.index("[DEC]"),
        "pad_token_id": WORDS.index("[PAD]"),
        "sep_token_id": WORDS.index("[SEP]"),
        "eos_token_id": WORDS.index("[SEP]"),
    }
    vision = {
        "hidden_size": 32,  # as the text side: the native class asks for it
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": SIDE,
        "patch_size": PATCH,
        "initializer_range": 0.02,
    }
    return BlipConfig(text_config=text, vision_config=vision)


def build(folder: Path, profile: Profile = BUILTIN_PROFILE, seed: int = 9) -> Path:
    """Save model, processor and profile to `folder`; the same seed gives the same model."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BlipForQuestionAnswering(config()).eval()
        for parameter in model.parameters():  # far from zero: the answers depend on the picture and the question
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=2.0 / parameter[0].numel() ** 0.5)
    model.tie_weights()
    model.save_pretrained(folder)
    images = BlipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    BlipProcessor(image_processor=images, tokenizer=tokenizer()).save_pretrained(folder)
    profile.write(folder)
    return folder


def tokenizer() -> PreTrainedTokenizerFast:
    inner = Tokenizer(WordPiece({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(mark, WORDS.index(mark)) for mark in ("[CLS]", "[SEP]")]
    )
    inner.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        bos_token="[DEC]",
        clean_up_tokenization_spaces=True,
    )
