"""Watches the loss: what is no number, or grows without end, ends the training before it spoils a checkpoint."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from torch import nn

from training.finetune.errors import DivergedError

WINDOW = 5
"""Lines of the log over which their losses are averaged."""
GROWTH = 2.0
"""A mean loss so many times that of the first lines, and above `FLOOR`, diverges."""
FLOOR = 1.0


@dataclass(slots=True)
class DivergenceDetector:
    """The losses so far, each the mean since the line before."""

    learning_rate: float
    first: list[float] = field(default_factory=list)
    last: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def check(self, loss: float, step: int) -> None:
        """Take the loss of a line of the log.

        Raises:
            DivergedError: It is no number, or the losses diverge.
        """
        if not math.isfinite(loss):
            raise DivergedError(f"The loss is no number any more at step {step}. {self._cure()}")
        if len(self.first) < WINDOW:
            self.first.append(loss)
        self.last.append(loss)
        before, now = sum(self.first) / len(self.first), sum(self.last) / len(self.last)
        if len(self.last) == WINDOW and now > FLOOR and now > GROWTH * before:
            raise DivergedError(
                f"The loss diverges: {before:.2f} at the start, {now:.2f} around step {step}. {self._cure()}"
            )

    def check_weights(self, model: nn.Module, step: int) -> None:
        """Look at the weights before they are kept.

        Raises:
            DivergedError: One of them is no number.
        """
        for name, value in model.named_parameters():
            if value.requires_grad and not value.isfinite().all():
                raise DivergedError(f"After step {step} the weights of {name} are no numbers. {self._cure()}")

    def _cure(self) -> str:
        return (
            f"Lower --learning-rate (it is {self.learning_rate:g}), add --warmup-steps or --max-grad-norm 1, "
            "or train with --precision fp32."
        )
