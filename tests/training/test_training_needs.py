"""What memory trainings need is computed from configs alone; 4-bit weights that cannot be are refused in a sentence."""

from __future__ import annotations

import pytest
import torch

from training.config import ConfigError
from training.finetune.config import TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.four_bit import check_four_bit
from training.finetune.memory import GB, WAYS, Sizes


def test_the_bytes_of_blip_base_follow_from_its_parameters() -> None:
    sizes = Sizes.of("blip-base", 224)
    assert sizes.whole == pytest.approx(361e6, rel=0.005)
    assert sizes.tower < sizes.whole
    full, frozen, adapters, short = (sizes.bytes_of(way) / GB for way in WAYS)
    table = 30524 * 768
    assert sizes.table == table
    assert full == pytest.approx((16 * sizes.whole + 8 * table) / GB + 0.1)
    assert full > frozen > adapters > short > 0
    assert full - frozen == pytest.approx(12 * sizes.tower / GB)


def test_a_shape_of_no_family_is_refused() -> None:
    with pytest.raises(ValueError, match="no family has the shape llava-7b"):
        Sizes.of("llava-7b", 224)


def test_four_bits_need_adapters_and_a_gpu() -> None:
    with pytest.raises(ConfigError, match="set lora_rank above 0"):
        TrainConfig.resolve(None, {"four_bit": True})
    with pytest.raises(TrainingError, match=r"need a GPU, and there is none here: leave out --four-bit\."):
        check_four_bit(torch.device("cpu"))
