"""The built-in model's parts: a small native Florence-2, its word-level tokenizer and its processor."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordLevel
from torch import nn
from transformers import BartConfig, GenerationConfig, PreTrainedTokenizerFast
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.florence2 import (
    Florence2Config,
    Florence2ForConditionalGeneration,
    Florence2Processor,
    Florence2VisionConfig,
)

from model.profile import BUILTIN_PROFILE
from training.scenes.catalogue import CATALOGUE
from training.scenes.wording import FITTING, PLURAL_SYNONYMS, SYNONYMS

HEIGHT, WIDTH = 192, 320
"""Input size in pixels: near the scenes' 7:4 and a multiple of the total stride of 32."""
ROWS, COLUMNS = HEIGHT // 32, WIDTH // 32
IMAGE_TOKENS = ROWS * COLUMNS + 1
"""One token per cell and, first, their mean."""
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<image>")
HIDDEN = 192
WORD = re.compile(r"[a-z0-9]+|'s")


def vocabulary(questions: Iterable[str]) -> list[str]:
    """The words that the model knows: those of the questions given, and every name and answer of the catalogue."""
    words: set[str] = set()
    names = [kind.name for kind in CATALOGUE.values()] + [kind.many for kind in CATALOGUE.values()]
    names += [word for group in (*SYNONYMS.values(), *PLURAL_SYNONYMS.values(), *FITTING.values()) for word in group]
    for text in (*questions, *names):
        words.update(WORD.findall(text.lower()))
    words.update(str(number) for number in range(21))
    return [*SPECIAL, *sorted(words)]


@cache
def sample_questions(number: int = 3000) -> tuple[str, ...]:
    """Questions from which the vocabulary is taken; always the same ones."""
    from training.scenes import art, layout, questions

    asked: list[str] = []
    for index in range(number):
        rng = random.Random(f"builtin-words/{index}")
        scene = layout.compose(rng)
        art.render(scene, rng, 0.25)  # gives held things their places
        asked += [qa.question for qa in questions.ask(scene, rng, 40)]
    return tuple(asked)


def build_tokenizer(words: list[str]) -> PreTrainedTokenizerFast:
    """A word-level tokenizer: lower case, no punctuation, unknown words become <unk>."""
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Replace("’", "'")]
    )
    # Words and the possessive are tokens; everything between them falls away.
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[a-z0-9]+|'s\b"), behavior="removed", invert=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.decoder = decoders.Sequence([decoders.WordPiece(prefix="##", cleanup=False)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        extra_special_tokens={"image_token": "<image>"},
        clean_up_tokenization_spaces=False,
        model_max_length=160 - IMAGE_TOKENS,
        padding_side="right",
    )


def build_processor(tokenizer: PreTrainedTokenizerFast) -> Florence2Processor:
    """Florence-2's own processor with this model's picture size and number of picture tokens."""
    images = CLIPImageProcessorPil(
        size={"height": HEIGHT, "width": WIDTH},
        do_center_crop=False,
        do_convert_rgb=True,
        resample=2,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.25, 0.25, 0.25],
    )
    images.image_seq_length = IMAGE_TOKENS  # type: ignore[attr-defined]  # the processor reads it, the class does not declare it
    return Florence2Processor(image_processor=images, tokenizer=tokenizer)


def build_model(words: list[str], device: torch.device | None = None) -> Florence2ForConditionalGeneration:
    """The model with fresh weights: about 7.1 M parameters, of which 1.6 M read and write text."""
    vision = Florence2VisionConfig(
        depths=[1, 3, 2],
        patch_size=[11, 3, 3],
        patch_stride=[8, 2, 2],
        patch_padding=[5, 1, 1],
        patch_prenorm=[False, True, True],
        embed_dim=[64, 128, 256],
        num_heads=[2, 4, 8],
        num_groups=[2, 4, 8],
        window_size=6,
        drop_path_rate=0.0,
        projection_dim=HIDDEN,
        max_position_embeddings=max(ROWS, COLUMNS),
    )
    text = BartConfig(
        vocab_size=len(words),
        d_model=HIDDEN,
        encoder_layers=3,
        decoder_layers=2,
        encoder_attention_heads=6,
        decoder_attention_heads=6,
        encoder_ffn_dim=512,
        decoder_ffn_dim=512,
        max_position_embeddings=160,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
    )
    config = Florence2Config(
        vision_config=vision,
        text_config=text,
        image_token_id=words.index("<image>"),
    )
    model = Florence2ForConditionalGeneration(config)
    nn.Module.to(model, device)
    model.generation_config = GenerationConfig(
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
        max_new_tokens=20,
        num_beams=1,
    )
    return model


def save(folder: str, model: Florence2ForConditionalGeneration, processor: Florence2Processor) -> None:
    """Write the model as transformers reads it, in half precision: rounding costs no answer and halves the file."""
    from copy import deepcopy

    deepcopy(model).half().save_pretrained(folder)
    processor.save_pretrained(folder)
    BUILTIN_PROFILE.write(Path(folder))
