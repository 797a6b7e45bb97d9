"""What a fine-tuning left, compared in tests."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def losses(folder: Path) -> list[float]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if "loss" in line]


def differing(one: Path, other: Path) -> set[str]:
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    return {name for name, value in first.items() if not torch.equal(value, second[name])}
