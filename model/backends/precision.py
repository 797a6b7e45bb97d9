"""Which device, number format and kernels a model runs in: by the settings, or as a short measurement finds fastest."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from model.backends.linear import Eager, KernelFactory, OneDnnBf16, OneDnnInt8, consuming, int8_or
from model.backends.placement import INT8, Placement
from model.errors import ModelError

SMALL_MODEL = 30_000_000
"""Below so many parameters a model runs in float32 on one CPU thread unless set otherwise."""
INT8_MAY_COST = 0.2
"""Points of accuracy that 8-bit weights may cost a model, at most, to be chosen without being asked for."""
_WORTH = 1.5
"""bfloat16 has to be so many times as fast: converting at the edges costs something."""
_WORTH_INT8 = 1.25
"""And 8-bit weights."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What was chosen for one model."""

    device: str
    dtype: str
    """Number format of what flows between the layers."""
    weights: str = "eager"
    """`eager`; `onednn` for the CPU's bfloat16 instructions; `int8` in the picture's and the question's encoder."""
    graphs: bool = True
    """Whether a GPU records CUDA graphs."""

    @property
    def decoder_kernel(self) -> KernelFactory:
        """What a linear layer of the decoder becomes, whose batches hold many questions."""
        return Eager.of if self.weights == "eager" or self.dtype != "bfloat16" else OneDnnBf16.of

    @property
    def encoder_kernel(self) -> KernelFactory:
        """What a linear layer of the encoders becomes; its own weights are gone afterwards."""
        return consuming(int8_or(self.decoder_kernel) if self.weights == INT8 else self.decoder_kernel)

    @property
    def batch_of_one(self) -> bool:
        """Whether batch-mates would change an answer, so that each picture and question is encoded alone."""
        return self.weights == INT8

    def __str__(self) -> str:
        if not self.device.startswith("cpu"):
            return self.dtype if self.graphs else f"{self.dtype} without graphs"
        threads = torch.get_num_threads()
        eight = "int8 weights, " if self.weights == INT8 else ""
        return f"{eight}{self.dtype} on {threads} thread{'s' if threads > 1 else ''}"


def choose(placement: Placement, parameters: int, int8_loss: float | None = None) -> Precision:
    """Resolve what a placement leaves open, and set the CPU threads of this process.

    Args:
        placement: What the settings ask for.
        parameters: Of the model.
        int8_loss: Points of accuracy that 8-bit weights cost it at most, where that was measured.

    Raises:
        ModelError: This machine cannot do what is asked for.
    """
    set_threads(placement.threads, parameters)
    device, dtype = find_device(placement.device), placement.dtype
    on_cpu = device.startswith("cpu")
    if dtype == INT8:
        if not on_cpu or not OneDnnInt8.works():
            raise ModelError("int8_unsupported")
        return Precision(device, fast_cpu_dtype(), INT8)
    if dtype == "auto" and not on_cpu:
        dtype = "bfloat16"
    elif dtype == "auto":
        dtype = "float32" if parameters < SMALL_MODEL else fast_cpu_dtype()
        harmless = placement.trust_int8 and int8_loss is not None and int8_loss <= INT8_MAY_COST
        if harmless and parameters >= SMALL_MODEL and dtype == "float32" and int8_is_faster():
            return Precision(device, dtype, INT8)
    onednn = on_cpu and dtype == "bfloat16" and OneDnnBf16.works()
    return Precision(device, dtype, "onednn" if onednn else "eager", placement.graphs)


def choose_eager(placement: Placement, parameters: int) -> Precision:
    """As `choose`, for a model that runs through transformers' own modules.

    Raises:
        ModelError: This machine, or such a model, cannot do what is asked for.
    """
    if placement.dtype == INT8:
        raise ModelError("int8_not_for_family")
    return replace(choose(placement, parameters), weights="eager")


def find_device(device: str) -> str:
    """The device of a name; `auto` is the GPU where there is one.

    Raises:
        ModelError: There is none of that name here.
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        kind, number = torch.device(device).type, torch.device(device).index or 0
    except RuntimeError as error:
        raise ModelError("device_unknown", device=device) from error
    if kind == "cuda" and number >= torch.cuda.device_count():
        raise ModelError("device_missing", device=device)
    return device


@functools.cache
def fast_cpu_dtype() -> str:
    """`bfloat16` where this CPU has instructions for it (AVX512-BF16, AMX), else `float32`.

    Measured and not looked up: a flag of the processor does not tell whether the libraries use it.
    """
    full, short = multiply_rate(torch.float32), multiply_rate(torch.bfloat16)
    return "bfloat16" if short > _WORTH * full else "float32"


@functools.cache
def int8_is_faster() -> bool:
    """Whether this CPU multiplies 8-bit weights faster than float32, the rounding of the inputs included; measured."""
    if not OneDnnInt8.works():
        return False
    rows, width = 576, 1024
    layer, x = torch.nn.Linear(width, width), torch.randn(rows, width)
    with torch.inference_mode():
        eager, rounded = (_seconds(functools.partial(of(layer), x)) for of in (Eager.of, OneDnnInt8.of))
    return rounded * _WORTH_INT8 < eager


def _seconds(work: Callable[[], object], tries: int = 5) -> float:
    """Of one call; the best counts, and the first one prepares."""
    best = float("inf")
    for _ in range(tries + 1):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def multiply_rate(dtype: torch.dtype, size: int = 512, tries: int = 5, device: str = "cpu") -> float:
    """Floating-point operations a second in the product of two square matrices; the best try counts."""
    a = torch.randn(size, size, device=device).to(dtype)  # a GPU multiplies equal numbers faster than others
    best = float("inf")
    for _ in range(tries + 1):  # the first one prepares
        started = time.perf_counter()
        product = a @ a
        if product.is_cuda:
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def set_threads(threads: int, parameters: int) -> None:
    """Set the CPU threads of this process; 0 chooses by the size of the model.

    Threads of one small operation wait for each other at its end: beside any other load they cost far more than
    they give (measured on a model of 5 M parameters on 2 busy cores: 1.6 s a question with two, 0.03 s with one).
    """
    if threads == 0 and parameters < SMALL_MODEL:
        threads = 1
    if threads:
        torch.set_num_threads(threads)
