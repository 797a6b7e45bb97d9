"""A very small Florence-2 with random weights, saved the way real ones are, for tests of the machinery around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from tiny_florence2 import config_of
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordLevel
from transformers import GenerationConfig, PreTrainedTokenizerFast
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.florence2 import Florence2ForConditionalGeneration, Florence2Processor

from model.backends.precision import Precision
from model.families.florence2.model import SECOND
from model.profile import BUILTIN_PROFILE, Profile

HEIGHT, WIDTH = 64, 96
IMAGE_TOKENS = 2 * 3 + 1
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<image>"]
TEXT = (
    "what colour is the ball where who there a dog cat how many are and in on red blue green yes no one two three "
    "grass sky house tree man woman boy girl small big left right od caption vqa this"
)
WORDS = TEXT.split()
FLOAT32 = Precision("cpu", "float32")

Picture = Callable[[int], bytes]
"""The fixture `picture`: PNG bytes by number."""


def build(folder: Path, profile: Profile = BUILTIN_PROFILE, seed: int = 9, **generation: object) -> Path:
    """Save model, processor and profile to `folder`; the same seed gives the same model.

    One whose profile takes several pictures knows the place of a second one; `generation` adds to the
    generation config.
    """
    tokenizer = _tokenizer(SECOND if profile.pictures > 1 else None)
    images = CLIPImageProcessorPil(
        size={"height": HEIGHT, "width": WIDTH},
        do_center_crop=False,
        resample=2,
        image_mean=[0.5, 0.4, 0.3],
        image_std=[0.25, 0.2, 0.3],
    )
    images.image_seq_length = IMAGE_TOKENS
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = _model(len(tokenizer))
    model.generation_config.update(**generation)
    model.save_pretrained(folder)
    Florence2Processor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    profile.write(folder)
    return folder


def build_as_the_hub_has_it(folder: Path, profile: Profile = BUILTIN_PROFILE, seed: int = 9) -> Path:
    """The same with the files that transformers 4.56 wrote, as they lie on the hub under florence-community."""
    build(folder, profile, seed, num_beams=3, no_repeat_ngram_size=3, early_stopping=True, forced_eos_token_id=2)
    file = folder / "processor_config.json"
    saved = json.loads(file.read_text())
    images = saved.pop("image_processor") | {"image_processor_type": "CLIPImageProcessor"}
    images.pop("image_processor_type_fast", None)
    (folder / "preprocessor_config.json").write_text(json.dumps(images))
    file.write_text(json.dumps(saved))
    file = folder / "config.json"
    config = json.loads(file.read_text())
    config["text_config"] |= {"forced_bos_token_id": 0, "forced_eos_token_id": 2}
    file.write_text(json.dumps(config))
    return folder


def _tokenizer(second: str | None) -> PreTrainedTokenizerFast:
    words = {word: index for index, word in enumerate([*SPECIAL, *WORDS, *([second] if second else [])])}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        extra_special_tokens={"image_token": "<image>"} | ({"second_token": second} if second else {}),
        clean_up_tokenization_spaces=False,
        padding_side="right",
    )


def _model(vocabulary: int) -> Florence2ForConditionalGeneration:
    config = config_of(vocabulary, SPECIAL.index("<image>"))
    model = Florence2ForConditionalGeneration(config).eval()
    for parameter in model.parameters():  # far from zero: the answers depend on the picture and the question
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=2.0 / parameter[0].numel() ** 0.5)
    model.tie_weights()
    model.generation_config = GenerationConfig(
        bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_bos_token_id=0
    )
    return model
