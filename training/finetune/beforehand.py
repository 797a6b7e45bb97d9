"""What should be known before the first step: words that cannot be learnt, and what another picture size costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import torch

from model.counting import counted
from model.families.florence2.model import Florence2
from model.processor import read_image_settings
from training.data.prepared import Example
from training.data.unknown_words import Vocabulary
from training.finetune.config import TrainConfig
from training.finetune.data import Collator
from training.finetune.judge import Judge
from training.finetune.loading import Parts, grid_for
from training.finetune.onepass import native
from training.finetune.words import unknown_of

SAMPLE = 100
"""Questions of val by which two picture sizes are held against each other."""


def beforehand(
    config: TrainConfig, parts: Parts, judged: Sequence[Example], prepared: tuple[int, int] | None
) -> Iterator[str]:
    """Sentences about the data and the model.

    Args:
        config: The settings.
        parts: The model, with its new words.
        judged: Questions of val.
        prepared: Width and height of the prepared pictures, where they share one.
    """
    if parts.unknown:
        for sentence in parts.unknown.sentences("the model"):
            yield f"Of train: {sentence}"
        if parts.new_words:
            count = len(parts.new_words)
            yield f"{count:,} new tokens stand for these words and are learnt (--new-words none leaves them out)."
        elif config.lora_rank:
            yield "Adapters leave the embeddings as they are, so that new words cannot be learnt: train without them."
        else:
            yield "They are left out; --new-words auto makes tokens of them."
    left = unknown_of(Vocabulary(parts.family.tokenizer, parts.family.profile), judged)
    for sentence in left.sentences("the model"):
        yield f"Of val: {sentence}"
    if prepared is not None and prepared != parts.size:
        yield (
            f"The prepared pictures have {_shown(prepared)} and the model looks at {_shown(parts.size)}: they are "
            f"resized once more, which costs detail. `vqabot data prepare --size {_shown(parts.size)}` avoids it."
        )
    if parts.size != parts.own_size:
        own = grid_for(parts.model, parts.own_size)
        yield (
            f"{_shown(parts.size)} is not the model's own picture size, {_shown(parts.own_size)}: a picture takes "
            f"{parts.picture_tokens} places instead of {own[0] * own[1] + 1}, and what the model knows of places in a "
            "picture fits less."
        )


def cost_of_size(
    parts: Parts,
    judged: Sequence[Example],
    data: Path,
    batch_size: int,
    autocast: Callable[[], AbstractContextManager[object]],
) -> str:
    """How well some questions of val are answered at this picture size and at the model's own, before any step."""
    rows = judged[:SAMPLE]
    images = {**read_image_settings(parts.source)}
    own = Florence2(native(parts.model), parts.family.tokenizer, images, parts.family.profile)
    scores = []
    for family, size in ((own, parts.own_size), (parts.family, parts.size)):
        grid = grid_for(parts.model, size)
        collator = Collator(data, family, grid[0] * grid[1] + 1)
        with torch.random.fork_rng():
            tally = Judge(rows, collator, batch_size).judge(parts.model, family, autocast)
        scores.append(tally.metrics()["eval_official"])
    return (
        f"Before the first step it answers {scores[1]:.1f} % of {counted(len(rows), 'question')} of val rightly at "
        f"{_shown(parts.size)}, and {scores[0]:.1f} % at its own size."
    )


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
