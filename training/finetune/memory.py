"""How much memory trainings need: computed from a shape's config alone, and measured where it fits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil
import torch
from torch import nn
from transformers.trainer_utils import SaveStrategy

from model.plugins import find
from training.console import Silent
from training.finetune.config import TrainConfig
from training.finetune.families.onepass import OnePass
from training.finetune.run import assemble
from training.finetune.synthetic import write_synthetic_data

GB = 1e9
RANK = 16
WAYS = ("full", "frozen tower", "LoRA", "4-bit LoRA")
"""What is trained: all weights; all but the vision tower's; adapters of rank 16; the same beside 4-bit weights."""
_FLOAT, _SHORT = 4, 2
_NF4 = 0.5 + 4 / 64
"""Bytes of a 4-bit weight, with the scale of its block of 64."""
_ADAMW = 12
"""Bytes of a trained weight beside itself: its gradient and the two moments of AdamW."""
_TABLE = 2 * _FLOAT
"""Further bytes of a trained weight of the output layer's table: as input and as output it has a gradient each."""
_KERNELS = 100_000_000
"""Bytes that torch itself takes once it computes: code, and what its threads work in."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Parameters of a shape."""

    whole: int
    tower: int
    targets: int
    """Those of the matrices that adapters stand beside."""
    adapters: int
    table: int
    """Those of the words' embeddings to which the output layer is tied."""

    @classmethod
    def of(cls, shape: str, side: int) -> Sizes:
        """Count them, without any weight."""
        family, _, name = shape.partition("-")
        build = find("training.finetune.families", family, "adapter.without_weights")
        if build is None:
            raise ValueError(f"no family has the shape {shape}")
        with torch.device("meta"):
            model = cast(OnePass, build(name, side))
        targets = [
            part
            for where, part in model.named_modules()
            if isinstance(part, nn.Linear) and re.fullmatch(model.lora_targets, where)
        ]
        return cls(
            whole=sum(weights.numel() for weights in model.parameters()),
            tower=sum(weights.numel() for weights in model.vision_tower.parameters()),
            targets=sum(part.weight.numel() for part in targets),
            adapters=sum(RANK * (part.in_features + part.out_features) for part in targets),
            table=model.word_tables()[-1].numel(),
        )

    def bytes_of(self, way: str) -> float:
        """Bytes of weights, gradients and moments in fp32 and of a step's largest parts, without what a batch takes."""
        trained = _ADAMW * self.whole + _TABLE * self.table
        if way == "full":
            return _KERNELS + _FLOAT * self.whole + trained
        if way == "frozen tower":
            return _KERNELS + _FLOAT * self.whole + trained - _ADAMW * self.tower
        own = _KERNELS + (_FLOAT + _ADAMW) * self.adapters
        if way == "LoRA":
            return _FLOAT * self.whole + own
        return _NF4 * self.targets + _SHORT * (self.whole - self.targets) + own


def settings_of(way: str) -> dict[str, Any]:
    """The settings of `vqabot train` for one of `WAYS`."""
    settings: dict[str, dict[str, Any]] = {
        "full": {},
        "frozen tower": {"freeze_vision": True},
        "LoRA": {"lora_rank": RANK},
        "4-bit LoRA": {"lora_rank": RANK, "four_bit": True},
    }
    return settings[way]


def measure(model: Path, way: str, side: int, work: Path) -> float:
    """Most bytes that training holds beyond what the program itself takes, one question a step, fp32, on the CPU.

    Args:
        model: The shape with random weights.
        way: One of `WAYS`, not the 4-bit one.
        side: Of its pictures, in pixels.
        work: An empty folder.
    """
    data = write_synthetic_data(work / "data", 3, 1, (side, side))
    before = psutil.Process().memory_info().rss
    config = TrainConfig(
        model=str(model),
        batch_size=1,
        max_steps=3,
        eval_questions=0,
        device="cpu",
        precision="fp32",
        new_words="none",
        **settings_of(way),
    )
    ready = assemble(config, data, work / "run", Silent())
    ready.trainer.args.save_strategy = SaveStrategy.NO
    _forget_peak()  # reading weights holds them twice for a moment
    ready.trainer.train()
    return _peak() - before


def _forget_peak() -> None:
    """Let the peak of this process begin anew: Linux keeps it."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """Most bytes that this process held since then."""
    lines: Iterator[str] = iter(Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii").splitlines())
    line = next(each for each in lines if each.startswith("VmHWM:"))
    return 1024.0 * int(line.split()[1])
