"""How much memory this process has held at most."""

from __future__ import annotations

import resource
import sys


def peak_bytes(device: str) -> int:
    """Most bytes that were held at once so far: of a GPU's memory, on a CPU of the whole process."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
