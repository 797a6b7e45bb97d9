"""A quick judgement of the built-in model while it is trained: exact answers, on scenes that no training sees."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.profile import BUILTIN_PROFILE
from training.builtin import independent_drawings
from training.builtin.architecture import RESIZE
from training.builtin.data import Asking, SceneDataset, collate
from training.builtin.losses import ask, normalise, picture_features
from training.scenes.variety import WIDE, Variety

SETS: dict[str, tuple[Variety, bool]] = {
    "plain": (WIDE.without([*WIDE.media, *WIDE.emoji_sets, *WIDE.backdrops, "contour", "typed"]), True),
    "styles": (WIDE.without(["typed"]), False),
    "typed": (WIDE, False),
}
"""Sets of scenes, and whether nothing happens to their pictures: careful words and drawings, all styles, all of it."""


@torch.no_grad()
def accuracy_by_set(
    model: Florence2ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, samples: int = 60
) -> dict[str, Any]:
    """Shares of exactly right answers: by set, by kind of question in all sets, and on drawings by other code.

    Args:
        model: The model; it is left in eval mode.
        tokenizer: Its tokenizer.
        samples: How many samples of each set; every third is a pair.
    """
    model.eval()
    device = next(model.parameters()).device
    hits: dict[str, list[float]] = defaultdict(list)
    for name, (variety, plain) in SETS.items():
        data = SceneDataset(f"builtin-check/{name}", 8, 3, variety, plain=plain)
        for start in range(0, samples, 12):
            batch: dict[str, Any] = collate([data[i] for i in range(start, min(start + 12, samples))])
            features, _ = picture_features(model, normalise(batch["pictures"].to(device)))
            for asked in (batch["single"], batch["double"]):
                if not asked:
                    continue
                answered = ask(model, tokenizer, features, asked)
                best = answered.logits.argmax(-1)
                said = tokenizer.batch_decode(best, skip_special_tokens=True)
                for one, right, text in zip(asked, answered.right(tokenizer).tolist(), said, strict=True):
                    about = name if len(one.pictures) == 1 else f"pairs {name}"
                    hits[about].append(right)
                    hits[f"kind {one.kind}"].append(right)
                    if (
                        one.kind not in ("absent", "exists")
                        and len(one.pictures) == 1
                        and not one.answer.startswith("no")
                    ):
                        hits["false absent"].append(text.startswith("no "))
    pictures, drawn_questions = independent_drawings.drawn("judge", samples)
    pixels = torch.from_numpy(np.stack([RESIZE.pixels(picture) for picture in pictures])).permute(0, 3, 1, 2)
    for start in range(0, samples, 12):
        features, _ = picture_features(model, normalise(pixels[start : start + 12].to(device)))
        here = [one for one in drawn_questions if start <= one.picture < start + 12]
        asked = [
            Asking(BUILTIN_PROFILE.prompt(one.question), one.answer, one.kind, (one.picture - start,)) for one in here
        ]
        for one, right in zip(here, ask(model, tokenizer, features, asked).right(tokenizer).tolist(), strict=True):
            hits[f"other hand {one.wording}"].append(right)
    return {name: round(sum(values) / len(values), 3) for name, values in sorted(hits.items())}
