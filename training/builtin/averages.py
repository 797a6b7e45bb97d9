"""Averages of a training: of the gradients over its processes, and of the weights over its steps."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, distributed, nn


def share_gradients(modules: Iterable[nn.Module], processes: int) -> None:
    """Average the gradients over the processes.

    What had a gradient in one process alone (there is no pair in the others' share) counts as zero in them; what had
    none anywhere keeps none.
    """
    every = [p for module in modules for p in module.parameters() if p.requires_grad]
    had = torch.tensor([float(p.grad is not None) for p in every])
    distributed.all_reduce(had)
    shared = [p for p, number in zip(every, had.tolist(), strict=True) if number]
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in shared]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= processes
    for p, share in zip(shared, flat.split([p.numel() for p in shared]), strict=True):
        p.grad = share.view_as(p)


@torch.no_grad()
def move_average(averages: Iterable[Tensor], weights: Iterable[Tensor], step: int, decay: float) -> None:
    """Move the averages of weights, in place; faster at the start, so that the first weights do not linger.

    `swa_utils.AveragedModel` does the same around a copy of its own with other names; checkpoints hold plain models.

    Args:
        averages: One for each of the weights, in their order.
        weights: As they are after this step.
        step: How many steps were made, this one too.
        decay: Share of the average that stays, late in the training.
    """
    decay = min(decay, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(averages), [weight.detach() for weight in weights], 1 - decay)
