"""What the tests of `model` share: a tiny model on disk, loaded once, and pictures to ask about."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
import tiny
import torch
from PIL import Image
from tiny import Picture

from model.answerer import Answerer


@pytest.fixture(scope="session", autouse=True)
def _few_threads() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.build(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_answerer(tiny_folder: Path) -> Answerer:
    return Answerer.load(str(tiny_folder))


@pytest.fixture
def answerer(tiny_answerer: Answerer) -> Answerer:
    """The same loaded model, with nothing kept yet."""
    return Answerer(tiny_answerer.family, tiny_answerer.profile, tiny_answerer.model)


@pytest.fixture(scope="session")
def picture() -> Picture:
    """PNG bytes of a patchwork; another number, another picture."""

    def make(number: int) -> bytes:
        rng = random.Random(number)
        patches = Image.frombytes("RGB", (6, 4), bytes(rng.randrange(256) for _ in range(72)))
        file = io.BytesIO()
        patches.resize((120, 80), Image.Resampling.NEAREST).save(file, "PNG")
        return file.getvalue()

    return make
