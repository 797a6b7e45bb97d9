"""What people should know before the first step: words that cannot be learnt, and what another picture size costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import torch

from model.counting import counted
from model.processor import read_image_settings
from training.data.prepared import Example
from training.data.unknown_words import Vocabulary
from training.finetune.config import TrainConfig
from training.finetune.loading import ModelParts
from training.finetune.validation import Validator
from training.finetune.words import unknown_of

SAMPLE = 100
"""Questions of val by which two picture sizes are held against each other."""


def warnings_before_training(
    config: TrainConfig, parts: ModelParts, validation: Sequence[Example], prepared: tuple[int, int] | None
) -> Iterator[str]:
    """Sentences about the data and the model.

    Args:
        config: The settings.
        parts: The model, with its new words.
        validation: Questions of val.
        prepared: Width and height of the prepared pictures, where they share one.
    """
    if parts.unknown:
        for sentence in parts.unknown.sentences("the model"):
            yield f"Of train: {sentence}"
        if parts.new_words:
            one = len(parts.new_words) == 1
            counted = "1 new token stands for this word and is" if one else None
            counted = counted or f"{len(parts.new_words):,} new tokens stand for these words and are"
            yield f"{counted} learnt (--new-words none leaves out what is unknown)."
        elif config.lora_rank:
            yield "Adapters leave the embeddings as they are, so that new words cannot be learnt: train without them."
        else:
            yield "They are left out; --new-words auto makes tokens of them."
    left = unknown_of(Vocabulary(parts.tokenizer, parts.model.profile), validation)
    for sentence in left.sentences("the model"):
        yield f"Of val: {sentence}"
    own, size = parts.own_size, parts.model.size
    if prepared is not None and prepared != size:
        yield (
            f"The prepared pictures have {_shown(prepared)} and the model looks at {_shown(size)}: they are "
            f"resized once more, which costs detail. `vqabot data prepare --size {_shown(size)}` avoids it."
        )
    if size != own:
        yield (
            f"{_shown(size)} is not the model's own picture size, {_shown(own)}: a picture takes "
            f"{parts.model.picture_tokens} places instead of {parts.model.tokens_of_picture(own)}, and what the model "
            "knows of places in a picture fits less."
        )


def cost_of_size(
    parts: ModelParts, validator: Validator, autocast: Callable[[], AbstractContextManager[object]]
) -> str:
    """How well some questions of val are answered at this picture size and at the model's own, before any step."""
    model, images = parts.model, read_image_settings(parts.source)
    sizes = {"its own": parts.own_size, "this": model.size}
    some, scores = Validator(validator.rows[:SAMPLE], validator.collator, validator.batch_size), {}
    for name, size in sizes.items():  # the one to train at comes last and stays
        model.prepare_for(size, parts.tokenizer, images)
        with torch.random.fork_rng():
            scores[name] = some.validate(autocast).metrics()["eval_official"]
    return (
        f"Before the first step it answers {scores['this']:.1f} % of {counted(len(some.rows), 'question')} of val "
        f"rightly at {_shown(model.size)}, and {scores['its own']:.1f} % at its own size."
    )


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
