"""What `auto` chooses: by the model's size, by what this machine multiplies fast, by what 8 bits cost the model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from model.backends import precision
from model.backends.placement import Placement
from model.backends.precision import INT8_MAY_COST, SMALL_MODEL, choose
from model.errors import ModelError
from model.profile import Profile

CPU = Placement("cpu", threads=torch.get_num_threads())


@pytest.fixture(params=["float32", "bfloat16"])
def fast(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A machine that multiplies this format fastest, and 8-bit numbers faster than float32."""
    monkeypatch.setattr(precision, "fast_cpu_dtype", lambda: request.param)
    monkeypatch.setattr(precision, "int8_is_faster", lambda: True)
    return str(request.param)


@pytest.mark.parametrize(
    ("parameters", "loss", "weights"),
    [
        (SMALL_MODEL, None, "eager"),
        (SMALL_MODEL, INT8_MAY_COST, "int8"),
        (SMALL_MODEL, -0.1, "int8"),
        (SMALL_MODEL, INT8_MAY_COST + 0.01, "eager"),
        (SMALL_MODEL - 1, 0.0, "eager"),
    ],
)
def test_8_bits_are_chosen_where_they_are_known_to_cost_next_to_nothing(
    fast: str, parameters: int, loss: float | None, weights: str
) -> None:
    chosen = choose(CPU, parameters, loss)
    if parameters < SMALL_MODEL or fast == "float32":
        assert (chosen.dtype, chosen.weights) == ("float32", weights)
    else:  # bfloat16 is faster than they are
        assert (chosen.dtype, chosen.weights == "int8") == ("bfloat16", False)


def test_they_are_not_where_they_are_slower_or_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "fast_cpu_dtype", lambda: "float32")
    monkeypatch.setattr(precision, "int8_is_faster", lambda: True)
    assert choose(Placement("cpu", threads=1, trust_int8=False), SMALL_MODEL, 0.0).weights == "eager"
    assert choose(Placement("cpu", "float32", threads=1), SMALL_MODEL, 0.0).weights == "eager"
    monkeypatch.setattr(precision, "int8_is_faster", lambda: False)
    assert choose(CPU, SMALL_MODEL, 0.0).weights == "eager"


def test_a_record_that_is_no_number_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "vqabot.json"):
        (tmp_path / name).write_text((tiny_folder / name).read_text())
    profile = json.loads((tmp_path / "vqabot.json").read_text())
    (tmp_path / "vqabot.json").write_text(json.dumps({**profile, "int8_loss": 0.1}))
    assert Profile.read(tmp_path).int8_loss == 0.1
    (tmp_path / "vqabot.json").write_text(json.dumps({**profile, "int8_loss": "little"}))
    with pytest.raises(ModelError):
        Profile.read(tmp_path)
