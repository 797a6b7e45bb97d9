"""What ends a training early: one sentence for a person."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.finetune.config import TrainConfig

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class TrainingError(Exception):
    """A training cannot start or go on; the text says why and what would help."""


class MemoryShortError(TrainingError):
    """The memory does not suffice."""


class DivergedError(TrainingError):
    """The loss grows, or is no number any more."""


@contextmanager
def explained(config: TrainConfig, out: Path) -> Iterator[None]:
    """Turn what memory and disk may raise within into a sentence that says what to change."""
    import torch  # late: what is checked before a model is loaded needs the sentences alone

    try:
        yield
    except MemoryError as error:
        raise MemoryShortError(f"The memory does not suffice. {memory_cures(config)}") from error
    except Exception as error:  # writers and allocators raise whatever they like
        text = str(error)
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in text or "out of memory" in text:
            raise MemoryShortError(f"The memory does not suffice. {memory_cures(config)}") from error
        if _disk_is_full(error):
            raise TrainingError(
                f"The disk is full: {out} could not be written, or no file may become so large. Make room and give the "
                "same command again; it goes on from the last checkpoint."
            ) from error
        raise


def _disk_is_full(error: BaseException) -> bool:
    """Whether a full disk is behind an error; writers of weights wrap it in errors of their own."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _NO_ROOM:
            return True
        text = str(seen)  # safetensors, written in Rust, names the number alone
        if (
            "No space left" in text
            or any(f"os error {number})" in text for number in _NO_ROOM)
            or "PytorchStreamWriter failed" in text
        ):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def memory_cures(config: TrainConfig) -> str:
    """What to change, the cheapest change first; only what is not in use yet."""
    cures = []
    if config.batch_size > 1:
        smaller = config.batch_size // 2
        cures.append(f"--batch-size {smaller} --accumulate {config.accumulate * 2} (the same training, slower)")
    if not config.gradient_checkpointing:
        cures.append("--gradient-checkpointing")
    if config.precision == "fp32":
        cures.append("--precision bf16")
    if not config.tower_frozen:
        cures.append("--freeze-vision")
    if not config.lora_rank:
        cures.append("--lora-rank 16")
    cures.append("a smaller --picture-size")
    return f"Try, one after the other: {', '.join(cures)}."
