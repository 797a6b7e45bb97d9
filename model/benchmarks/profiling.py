"""Where the time of a piece of work goes, by kinds of operations, as torch's own profiler sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

KINDS = {
    "products": ("addmm", "::mm", "linear", "gemm", "cutlass", "xmma", "nvjet"),
    "attention": ("attention", "softmax", "bmm", "fmha", "flash"),
    "convolutions": ("conv",),
    "normalisation": ("norm",),
    "sums and activations": ("add", "mul", "gelu", "elementwise"),
    "copies": ("copy", "cat", "clone", "index", "gather", "fill", "zero", "memcpy", "memset"),
    "search": ("topk", "max", "where", "arange", "sort"),
}
"""Names, or parts of names, of operations and of GPU kernels; the first kind that fits counts."""


def shares(work: Callable[[], object], device: str) -> dict[str, float]:
    """Shares of the time that kinds of operations take themselves, largest first; `other` is the rest.

    Args:
        work: Called once.
        device: Where it computes: on a GPU the time of its kernels counts.
    """
    from torch.profiler import ProfilerActivity, profile

    on_gpu = device.startswith("cuda")
    with profile(activities=[ProfilerActivity.CUDA if on_gpu else ProfilerActivity.CPU]) as seen:
        work()
    spent: Counter[str] = Counter()
    for event in seen.key_averages():
        own = event.self_device_time_total if on_gpu else event.self_cpu_time_total
        spent[_kind(event.key)] += own
    total = sum(spent.values()) or 1.0
    return {kind: round(own / total, 3) for kind, own in spent.most_common() if own}


def _kind(name: str) -> str:
    for kind, parts in KINDS.items():
        if any(part in name.lower() for part in parts):
            return kind
    return "other"
