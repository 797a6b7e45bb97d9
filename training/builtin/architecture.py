"""The built-in model's parts: a small native Florence-2, its tokenizer of word pieces and its processor."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from torch import nn
from transformers import BartConfig, GenerationConfig, PreTrainedTokenizerFast
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.florence2 import (
    Florence2Config,
    Florence2ForConditionalGeneration,
    Florence2Processor,
    Florence2VisionConfig,
)

from model.processor import Resize
from model.profile import BUILTIN_PROFILE
from training.scenes.wording import every_name

HEIGHT, WIDTH = 224, 320
"""Input size in pixels: between the shapes that pictures have, and a multiple of the total stride of 32."""
ROWS, COLUMNS = HEIGHT // 32, WIDTH // 32
IMAGE_TOKENS = ROWS * COLUMNS + 1
"""One token per cell and, first, their mean."""
SECOND = "<second>"
"""The token whose embedding is added to each token of a second picture; the first picture's stay as they are."""
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<image>", SECOND)
PIECES = 1400
"""Size of the vocabulary."""
HIDDEN = 192
POSITIONS = 2 * IMAGE_TOKENS + 58
"""Two pictures and a question of 58 tokens."""
RESIZE = Resize(WIDTH, HEIGHT, keep_proportions=True)
"""How pictures come to the model's size, in training as in the bot."""


@cache
def sample_texts(number: int = 1500) -> tuple[str, ...]:
    """Questions and answers from which the word pieces are taken; always the same ones."""
    from training.scenes import art, pair_questions, pairs, questions
    from training.scenes.variety import WIDE

    texts: list[str] = []
    for index in range(number):
        rng = random.Random(f"builtin-words/{index}")
        pair = pairs.compose_pair(rng)
        for scene in (pair.first, pair.second):
            art.render(scene, rng, 0.25)  # gives held things their places
        asked = questions.ask(pair.first, rng, 30) + pair_questions.ask_pair(pair, rng, 4)
        # As they are worded carefully, too: the slips of fingers need no pieces of their own.
        pair.first.variety = WIDE.without(["typed"])
        asked += questions.ask(pair.first, rng, 30)
        texts += [text for qa in asked for text in (BUILTIN_PROFILE.prompt(qa.question), qa.answer)]
    return (*texts, *(name for name in every_name() for _ in range(40)))


@cache
def load_tokenizer() -> PreTrainedTokenizerFast:
    """The built-in model's tokenizer, which lies beside this file.

    It was made once by `build_tokenizer`: the library's training numbers the pieces in another order each time.
    """
    return wrapped(Tokenizer.from_str(files("training.builtin").joinpath("tokenizer.json").read_text(encoding="utf-8")))


def build_tokenizer(texts: Iterable[str] | None = None, pieces: int = PIECES) -> PreTrainedTokenizerFast:
    """A tokenizer of word pieces (BPE): lower case, no punctuation, no apostrophes; no Latin word is unknown.

    Args:
        texts: What the pieces are taken from; `sample_texts` by default.
        pieces: Size of the vocabulary.
    """
    tokenizer = Tokenizer(BPE(unk_token="<unk>", fuse_unk=True, continuing_subword_prefix="##"))
    apostrophes = [normalizers.Replace(mark, "") for mark in ("'", "’", "`")]
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), *apostrophes]
    )
    # Words and numbers are cut out; everything between them falls away.
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[a-z]+|[0-9]+|\p{L}+"), behavior="removed", invert=True)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + list("0123456789")
    trainer = BpeTrainer(
        vocab_size=pieces,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        initial_alphabet=letters,
        limit_alphabet=len(letters),
        continuing_subword_prefix="##",
        show_progress=False,
    )
    every_letter = [f"{first}{''.join(letters)}" for first in letters]  # so that each also continues a word
    tokenizer.train_from_iterator(_each(texts, every_letter), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=False)
    return wrapped(tokenizer)


def _each(texts: Iterable[str] | None, more: list[str]) -> Iterator[str]:
    yield from sample_texts() if texts is None else texts
    yield from more * 2


def wrapped(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    """The tokenizer as transformers takes it."""
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        extra_special_tokens={"image_token": "<image>", "second_token": SECOND},
        clean_up_tokenization_spaces=False,
        model_max_length=POSITIONS - IMAGE_TOKENS,
        padding_side="right",
    )


def build_processor(tokenizer: PreTrainedTokenizerFast) -> Florence2Processor:
    """Florence-2's own processor with this model's picture size and number of picture tokens."""
    images = CLIPImageProcessorPil(
        size={"height": HEIGHT, "width": WIDTH},
        do_center_crop=False,
        do_convert_rgb=True,
        resample=RESIZE.resample.value,
        keep_proportions=RESIZE.keep_proportions,  # type: ignore[call-arg]  # kept and saved like any other setting
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.25, 0.25, 0.25],
    )
    images.image_seq_length = IMAGE_TOKENS  # type: ignore[attr-defined]  # the processor reads it, the class does not declare it
    return Florence2Processor(image_processor=images, tokenizer=tokenizer)


def build_model(words: int, device: torch.device | None = None) -> Florence2ForConditionalGeneration:
    """The model with fresh weights, for a vocabulary of `words`: about 6.5 M parameters."""
    vision = Florence2VisionConfig(
        depths=[1, 3, 2],
        patch_size=[11, 3, 3],
        patch_stride=[8, 2, 2],
        patch_padding=[5, 1, 1],
        patch_prenorm=[False, True, True],
        embed_dim=[64, 128, 256],
        num_heads=[2, 4, 8],
        num_groups=[2, 4, 8],
        window_size=7,
        mlp_ratio=3.0,
        drop_path_rate=0.0,
        projection_dim=HIDDEN,
        max_position_embeddings=max(ROWS, COLUMNS),
    )
    text = BartConfig(
        vocab_size=words,
        d_model=HIDDEN,
        encoder_layers=3,
        decoder_layers=2,
        encoder_attention_heads=6,
        decoder_attention_heads=6,
        encoder_ffn_dim=512,
        decoder_ffn_dim=512,
        max_position_embeddings=POSITIONS,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
    )
    config = Florence2Config(vision_config=vision, text_config=text, image_token_id=SPECIAL.index("<image>"))
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
    processor.tokenizer.backend_tokenizer.no_padding()  # training told it to pad, and it is kept with its settings
    processor.save_pretrained(folder)
    replace(BUILTIN_PROFILE, pictures=2).write(Path(folder))
