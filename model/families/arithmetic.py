"""Which number format a CPU multiplies fastest, by a measurement of a few milliseconds."""

from __future__ import annotations

import functools
import time

import torch

SMALL_MODEL = 30_000_000
"""Below so many parameters a model runs in float32 on one CPU thread unless told otherwise."""
_WORTH = 1.5
"""bfloat16 has to be so many times as fast: converting at the edges costs something."""


@functools.cache
def fast_cpu_dtype() -> str:
    """`bfloat16` where this CPU has instructions for it (AVX512-BF16, AMX), else `float32`.

    Measured and not looked up: a flag of the processor does not tell whether the libraries use it.
    """
    plain, short = multiply_rate(torch.float32), multiply_rate(torch.bfloat16)
    return "bfloat16" if short > _WORTH * plain else "float32"


def multiply_rate(dtype: torch.dtype, size: int = 512, tries: int = 5, device: str = "cpu") -> float:
    """Floating-point operations a second in the product of two square matrices; the best try counts."""
    a = torch.ones(size, size, dtype=dtype, device=device)
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
