"""The optimizer of the built-in model: Muon for the matrices of its layers, AdamW for everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, distributed, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the polynomial a x + b x^3 + c x^5: after five turns all singular values are between 0.7 and 1.2."""
TURNS = 5
MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """Steps along the momentum with all its singular values brought near one, so that no direction is left behind.

    Source: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, with the step's size and
    the weight decay of J. Liu et al., "Muon is Scalable for LLM Training", 2025: its root mean square is 0.2 times the
    learning rate, as AdamW's usually is. `torch.optim.Muon` does the same, in bf16 alone, which a CPU without
    bf16 takes thirty times as long for.
    """

    def __init__(self, matrices: Iterable[Tensor], learning_rate: float, weight_decay: float) -> None:
        """Steps of `matrices`, two-dimensional each; `weight_decay` is the share, times the learning rate, a step."""
        super().__init__(matrices, {"lr": learning_rate, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # the base class's may return a loss
        """Make one step with the gradients that there are, the same ones in all processes of a training."""
        for group in self.param_groups:
            matrices = [matrix for matrix in group["params"] if matrix.grad is not None]
            ahead: list[Tensor] = []
            for matrix in matrices:
                state = self.state[matrix]
                if not state:
                    state["momentum"] = torch.zeros_like(matrix)
                momentum = state["momentum"].lerp_(matrix.grad, 1 - MOMENTUM)
                ahead.append(matrix.grad.lerp(momentum, MOMENTUM))  # Nesterov's
            for matrix, direction in zip(matrices, _shared(ahead), strict=True):
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                matrix.add_(direction, alpha=-0.2 * max(matrix.shape) ** 0.5 * group["lr"])


def _shared(matrices: list[Tensor]) -> list[Tensor]:
    """The matrices orthogonalised, by turns in the processes that there are."""
    if not (distributed.is_initialized() and matrices):
        return [orthogonalised(matrix) for matrix in matrices]
    rank, processes = distributed.get_rank(), distributed.get_world_size()
    made = torch.cat(
        [
            (orthogonalised(matrix) if number % processes == rank else torch.zeros_like(matrix)).flatten()
            for number, matrix in enumerate(matrices)
        ]
    )
    distributed.all_reduce(made)
    parts = made.split([matrix.numel() for matrix in matrices])
    return [part.view_as(matrix) for part, matrix in zip(parts, matrices, strict=True)]


def orthogonalised(matrix: Tensor) -> Tensor:
    """A matrix [R, C] with the same singular vectors, and values near one."""
    fast = matrix.is_cuda or torch.cpu.get_capabilities().get("avx512_bf16", False)
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    turned = wide.to(torch.bfloat16 if fast else torch.float32)
    turned = turned / turned.norm().clamp(min=1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(TURNS):
        gram = turned @ turned.T
        turned = torch.addmm(turned, torch.addmm(gram, gram, gram, beta=b, alpha=c), turned, beta=a)
    return (turned if wide is matrix else turned.T).to(matrix.dtype)


class MuonAndAdamW:
    """Both optimizers of one training."""

    def __init__(self, model: nn.Module, others: nn.Module, *, weight_decay: float) -> None:
        """Take the parameters of both modules; their learning rates are zero until `set_rates`.

        Args:
            model: Its linear layers, but the one that reads words off, are Muon's.
            others: What reads targets off the model's states: all AdamW's.
            weight_decay: Of matrices; biases and scales have none, and Muon's is five times as large, its steps
                keeping their size however large the weights are.
        """
        words: Any = model.get_output_embeddings()  # type: ignore[operator]
        layers = [module.weight for module in model.modules() if isinstance(module, nn.Linear) and module is not words]
        taken = {id(weight) for weight in layers}
        rest = [p for module in (model, others) for p in module.parameters() if id(p) not in taken]
        decayed, plain = [p for p in rest if p.ndim > 1], [p for p in rest if p.ndim <= 1]
        self.muon = Muon(layers, 0.0, 5 * weight_decay)
        self.adamw = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=0.0,
            betas=(0.9, 0.98),
        )

    def set_rates(self, adamw: float, muon: float) -> None:
        """Set both learning rates."""
        for optimizer, rate in ((self.adamw, adamw), (self.muon, muon)):
            for group in optimizer.param_groups:
                group["lr"] = rate

    def zero_grad(self) -> None:
        """Forget the gradients."""
        self.muon.zero_grad()
        self.adamw.zero_grad()

    def step(self) -> None:
        """Make one step with the gradients that there are."""
        self.muon.step()
        self.adamw.step()

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"muon": self.muon.state_dict(), "adamw": self.adamw.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.muon.load_state_dict(state["muon"])
        self.adamw.load_state_dict(state["adamw"])
