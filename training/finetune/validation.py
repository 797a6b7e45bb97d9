"""Validates a model during its training: the loss and the official accuracy on the same questions of val each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor

from model.families.base import Family, Prompt, SeveralPictures
from training.data.prepared import Example
from training.evaluation.accuracy import exact_match, official_accuracy
from training.finetune.data import Collator
from training.finetune.families.onepass import IGNORED, OnePass

PEOPLE = 10
NEW_TOKENS = 20
"""Longest answer that is always waited for; the longest one of the questions may need more."""


@dataclass(frozen=True, slots=True)
class ValidationSums:
    """Sums over the questions of one process."""

    loss: float = 0.0
    tokens: int = 0
    official: float = 0.0
    exact: int = 0
    questions: int = 0

    def __add__(self, other: ValidationSums) -> ValidationSums:
        return ValidationSums(
            self.loss + other.loss,
            self.tokens + other.tokens,
            self.official + other.official,
            self.exact + other.exact,
            self.questions + other.questions,
        )

    def metrics(self) -> dict[str, float]:
        """Mean loss a token and accuracies in percent, under the names that the Trainer knows."""
        return {
            "eval_loss": self.loss / max(1, self.tokens),
            "eval_official": 100 * self.official / max(1, self.questions),
            "eval_exact": 100 * self.exact / max(1, self.questions),
        }


def evaluations(history: Iterable[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """The lines of a log that are evaluations."""
    return [entry for entry in history if "eval_official" in entry]


def best_of(evaluated: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    """The best evaluation: by accuracy, then by loss; the first of equals."""
    return max(evaluated, key=lambda entry: (entry["eval_official"], -entry["eval_loss"]))


class Validator:
    """Asks a model the way the bot does, greedily, and holds its answers against people's."""

    def __init__(self, rows: Sequence[Example], collator: Collator, batch_size: int) -> None:
        """Validate on these questions, those of a picture side by side."""
        self.rows, self.collator, self.batch_size = rows, collator, batch_size
        # People's longest answer with its end: cut shorter, it could never be right.
        self.new_tokens = max(NEW_TOKENS, *(collator.model.family.answer_length(row.answer or "") for row in rows))

    def validate(
        self,
        autocast: Callable[[], AbstractContextManager[object]],
        share: tuple[int, int] = (0, 1),
        progress: Callable[[int], object] = lambda _: None,
    ) -> ValidationSums:
        """Answer the questions of one process.

        Args:
            autocast: The arithmetic.
            share: Number of this process, and of how many.
            progress: Called with the number of questions done since the last call.
        """
        total, model = ValidationSums(), self.collator.model
        starts = range(share[0] * self.batch_size, len(self.rows), share[1] * self.batch_size)
        was_training = model.training
        model.train(False)
        with torch.inference_mode():
            for start in starts:
                rows = self.rows[start : start + self.batch_size]
                with autocast():
                    total = total + self._validate(rows, model)
                progress(len(rows))
        model.train(was_training)
        return total

    def _validate(self, rows: Sequence[Example], model: OnePass) -> ValidationSums:
        device = next(model.parameters()).device
        batch = {name: value.to(device) for name, value in self.collator(rows).items()}
        tokens = int((batch["labels"] != IGNORED).sum())
        seen = model.encode_pictures(batch.pop("pixels", None), batch.pop("tower", None))  # once, for both uses
        loss = model(**batch, tokens=seen)["loss"].item() * tokens
        prompts = [
            Prompt(_joined(model.family, seen[own[own >= 0]]), model.profile.prompt(row.question), 1, self.new_tokens)
            for row, own in zip(rows, batch["pictures"], strict=True)
        ]
        answers = [generation.text for generation in model.family.generate(prompts)]
        official = sum(
            official_accuracy(answer, row.answers or [row.answer or ""] * PEOPLE)
            for answer, row in zip(answers, rows, strict=True)
        )
        exact = sum(exact_match(answer, row.answer or "") == 1 for answer, row in zip(answers, rows, strict=True))
        return ValidationSums(loss, tokens, official, exact, len(rows))


def _joined(family: Family, tokens: Tensor) -> Tensor:
    """A question's picture tokens, [N T_image, D] of [N, T_image, D]."""
    if len(tokens) == 1:
        return tokens[0]
    assert isinstance(family, SeveralPictures)  # else the training was refused
    return family.join(*tokens)
