"""Kernels for linear layers, each the fastest where it runs.

`Eager` is what torch does by itself. `OneDnnBf16` lays bfloat16 weights out once for the CPU's matrix instructions and
does what follows (GELU, a sum) while the result is still in the cache. `OneDnnInt8` multiplies 8-bit numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.parameter import Parameter

Linear = Any
"""`torch.nn.Linear`, also inside a model whose modules are typed only in part."""
_ROWS = 512
"""For how many rows at once weights are laid out; they serve any number."""
_LEVELS = 63
"""The largest weight. Processors without VNNI instructions add two products in 16 bits: 255 x 63 twice just fits. With
others it is the same, so that what was measured on one machine holds on all."""
_STEPS = 253
"""Between the smallest and the largest 8-bit input: two less than there are, so that no rounding leads beyond them."""
_LEAST_WIDTHS = {True: 64, False: 256}
"""Inputs narrower than this are not worth rounding to 8 bits: with VNNI instructions, and without."""


class LinearKernel(Protocol):
    """A linear layer, or several that read the same input, as one matrix product."""

    def __call__(self, x: Tensor, *, gelu: bool = False, plus: Tensor | None = None) -> Tensor:
        """The product with its bias: [.., N] of [.., K].

        Args:
            x: Contiguous, [.., K].
            gelu: Put the result through GELU.
            plus: Added to the result, contiguous, [.., N]; not together with `gelu`.
        """
        ...


KernelFactory = Callable[..., LinearKernel]
"""From linear layers that read the same input to their kernel."""


@dataclass(frozen=True, slots=True)
class Eager:
    """As torch does it."""

    weight: Tensor
    bias: Tensor | None

    @classmethod
    def of(cls, *linears: Linear) -> Eager:
        """Join linear layers."""
        return cls(*_join(linears))

    def __call__(self, x: Tensor, *, gelu: bool = False, plus: Tensor | None = None) -> Tensor:
        """See `LinearKernel`."""
        y = functional.linear(x, self.weight, self.bias)
        if gelu:
            return functional.gelu(y)
        return y if plus is None else y.add_(plus)


@dataclass(frozen=True, slots=True)
class OneDnnBf16:
    """bfloat16 on a CPU, by oneDNN with the weights in its own layout."""

    weight: Tensor
    bias: Tensor | None

    @classmethod
    def of(cls, *linears: Linear) -> OneDnnBf16:
        """Join linear layers and lay their weights out."""
        weight, bias = _join(linears)
        return cls(torch.ops.mkldnn._reorder_linear_weight(weight, _ROWS), bias)

    @staticmethod
    def works() -> bool:
        """Whether this build of torch and this CPU can do it."""
        if not torch.backends.mkldnn.is_available() or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
            return False
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())

    def __call__(self, x: Tensor, *, gelu: bool = False, plus: Tensor | None = None) -> Tensor:
        """See `LinearKernel`."""
        if plus is not None:
            return torch.ops.mkldnn._linear_pointwise.binary(x, plus, self.weight, self.bias, "add")  # type: ignore[no-any-return]
        after, form = ("gelu", "none") if gelu else ("none", "")
        return torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, after, [], form)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class OneDnnInt8:
    """7-bit weights with a scale for each output, 8-bit inputs with one scale for the whole input, on a CPU.

    The scale of the input comes from its smallest and largest number, so a batch has to hold one picture or one
    question alone: else its batch-mates would change its answer. Inputs are unsigned: oneDNN has fast products of
    signed ones for AMX only, and computes them some thousand times slower elsewhere.
    """

    weight: Tensor
    scales: Tensor
    """Of the weights, float32 [N]."""
    zeros: Tensor
    bias: Tensor | None

    @classmethod
    def of(cls, *linears: Linear) -> OneDnnInt8:
        """Join linear layers and round their weights."""
        weight, bias = _join(linears)
        weight = weight.float()
        scales = weight.abs().amax(1).clamp_min(1e-12) / _LEVELS  # [N]
        rounded = (weight / scales[:, None]).round_().to(torch.int8)
        prepacked = torch.ops.onednn.qlinear_prepack(rounded, [_ROWS, weight.shape[1]])
        zeros = torch.zeros(len(scales), dtype=torch.long)
        return cls(prepacked, scales, zeros, None if bias is None else bias.float())

    @staticmethod
    def works() -> bool:
        """Whether this build of torch can do it, and the CPU has the instructions: without AVX2 it would take ages."""
        available = torch.backends.mkldnn.is_available() and hasattr(torch.ops.onednn, "qlinear_pointwise")
        return available and bool(torch.cpu.get_capabilities().get("avx2", False))

    def __call__(self, x: Tensor, *, gelu: bool = False, plus: Tensor | None = None) -> Tensor:
        """See `LinearKernel`."""
        rows = x.reshape(-1, x.shape[-1])
        low, high = (float(bound) for bound in torch.aminmax(rows))
        low, high = min(low, 0.0), max(high, 0.0)
        if not math.isfinite(high - low):
            raise ArithmeticError("the model's numbers grew beyond all bounds")
        # As the product below will see it: torch rounds the factor to the numbers' own format.
        steps = float(rows.new_tensor(_STEPS / max(high - low, 1e-12)))
        zero = math.ceil(-low * steps)
        rounded = torch.add(rows.new_tensor(zero), rows, alpha=steps).round_().to(torch.uint8)
        after, form = ("gelu", "none") if gelu else ("none", "")
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            *(
                rounded,
                1 / steps,
                zero,
                self.weight,
                self.scales,
                self.zeros,
                self.bias,
                1.0,
                0,
                x.dtype,
                after,
                [],
                form,
            )
        )
        y = y.view(*x.shape[:-1], -1)
        return y if plus is None else y.add_(plus)


def int8_or(otherwise: KernelFactory) -> KernelFactory:
    """8 bits for all layers but those with so few inputs that rounding costs more than it saves."""

    def make(*linears: Linear) -> LinearKernel:
        return OneDnnInt8.of(*linears) if linears[0].weight.shape[1] >= least else otherwise(*linears)

    capabilities = torch.cpu.get_capabilities()
    least = _LEAST_WIDTHS[bool(capabilities.get("avx512_vnni") or capabilities.get("avx_vnni"))]
    return make


def consuming(make: KernelFactory) -> KernelFactory:
    """The same, but the layers give their weights away and cannot be called any more, so that there is one copy."""

    def consume(*linears: Linear) -> LinearKernel:
        kernel = make(*linears)
        for linear in linears:
            linear.weight = Parameter(linear.weight.new_empty(0), requires_grad=False)
        return kernel

    return consume


def is_gelu(activation: object) -> bool:
    """Whether an activation is the exact GELU."""
    if type(activation).__name__ == "GELUActivation":  # transformers' own; importing it takes long
        return getattr(activation, "act", None) is functional.gelu
    return isinstance(activation, nn.GELU) and activation.approximate == "none"


def _join(linears: tuple[Linear, ...]) -> tuple[Tensor, Tensor | None]:
    """Weights and biases of linear layers on the same input, as those of one."""
    if len(linears) == 1:
        return linears[0].weight.detach(), None if linears[0].bias is None else linears[0].bias.detach()
    weight = torch.cat([one.weight for one in linears]).detach()
    if all(one.bias is None for one in linears):
        return weight, None
    biases = [one.weight.new_zeros(len(one.weight)) if one.bias is None else one.bias for one in linears]
    return weight, torch.cat(biases).detach()
