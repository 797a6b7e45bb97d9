"""What the machine has and what a training needs: arithmetic, threads, memory, disk."""

from __future__ import annotations

import ctypes
import shutil
import sys
from pathlib import Path

import psutil
import torch

from model.backends.precision import SMALL_MODEL
from training.finetune.config import Precision, TrainConfig
from training.finetune.errors import MemoryShortError, TrainingError, memory_cures
from training.finetune.loading import ModelParts

GB = 2**30
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # M_TRIM_THRESHOLD and M_MMAP_MAX of malloc.h


def choose_precision(wanted: Precision, device: torch.device) -> Precision:
    """The arithmetic, with `auto` resolved.

    Raises:
        TrainingError: The device cannot do what was asked for.
    """
    if wanted == "auto":
        fast = (
            torch.cuda.is_bf16_supported()
            if device.type == "cuda"
            else torch.cpu.get_capabilities().get("avx512_bf16", False)
        )
        return "bf16" if fast else "fp32"
    if wanted == "fp16" and device.type != "cuda":
        raise TrainingError("fp16 needs a GPU; on a CPU choose --precision bf16 or fp32.")
    return wanted


def set_threads(threads: int, parameters: int) -> None:
    """CPU threads; a small model's operations are too short to be shared."""
    if threads or parameters < SMALL_MODEL:
        torch.set_num_threads(threads or 1)


def keep_freed_memory() -> None:
    """Let the C library keep freed memory for the next step. Given back, every page is fetched and cleared again: on a
    CPU that took a quarter of a step. Without glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, -1)


def state_bytes(parts: ModelParts) -> tuple[int, int]:
    """Bytes of the weights, and of what belongs to those that are trained: gradient and two moments of AdamW."""
    everything = sum(parameter.numel() for parameter in parts.trained.parameters())
    trained = sum(parameter.numel() for parameter in parts.trained.parameters() if parameter.requires_grad)
    return 4 * everything, 12 * trained


def check_memory(parts: ModelParts, config: TrainConfig, device: torch.device) -> None:
    """Refuse what surely does not fit, before hours of swapping or a kill without a word.

    Raises:
        MemoryShortError: Gradients and moments alone need more than there is.
    """
    _, needed = state_bytes(parts)
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else psutil.virtual_memory().available
    if needed > free:
        raise MemoryShortError(
            f"Gradients and moments of the weights need {needed / GB:.1f} GB, and {free / GB:.1f} GB are free. "
            f"{memory_cures(config)}"
        )


def check_disk(parts: ModelParts, config: TrainConfig, out: Path) -> None:
    """Refuse what surely does not fit on the disk.

    Raises:
        TrainingError: Checkpoints and models need more than is free.
    """
    weights, trained = state_bytes(parts)
    # A checkpoint holds weights and moments, of adapters alone where there are some; the best model comes beside, twice
    # while it is written, and the result.
    whole = weights if not config.lora_rank else 0
    needed = (config.keep_checkpoints + 1) * (whole + trained * 2 // 3) + 3 * weights
    free = shutil.disk_usage(out).free
    if needed > free:
        raise TrainingError(
            f"The training writes up to {needed / GB:.1f} GB into {out}, and {free / GB:.1f} GB are free. "
            "Make room, choose another folder, or lower --keep-checkpoints."
        )
