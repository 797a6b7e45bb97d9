"""Puts the toy family and the toy broker where installed packages are found, and a toy model into a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
ENTRY_POINTS = """
[vqabot.families]
toy = toy_family

[vqabot.broker]
toy = toy_broker
"""


def install(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `pip install` does: metadata with entry points, for this process and for those that it starts."""
    metadata = site / "toy-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)
    for folder in (HERE, site):
        monkeypatch.syspath_prepend(folder)
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")


def build(folder: Path) -> Path:
    """A toy model: it begins with the strongest colour, and ends after one word."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "toy"}))
    weight, bias = torch.zeros(4, 7), torch.zeros(4)
    weight[:3, :3] = 20 * torch.eye(3)
    weight[3, 3:6] = 40.0  # after a colour the end
    save_file({"decoder.weight": weight, "decoder.bias": bias}, folder / "model.safetensors")
    return folder
