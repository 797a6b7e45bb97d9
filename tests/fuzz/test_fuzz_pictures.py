"""The short form of the picture fuzz (`make fuzz` is the long one), and the proof that it would find something."""

from __future__ import annotations

import random
import struct
from concurrent.futures import Future
from pathlib import Path

import fuzz_pictures
import pytest
from fuzz_pictures import Judged, Opener, run
from picture_damage import damage
from picture_seeds import make_seeds

from bot.texts.failures import sentence
from model.benchmarks.picture_bombs import BOMBS, run_length_bmp
from model.errors import PictureError
from model.serving.image_pool import BREAKS, TOO_SLOW, Decoded
from model.serving.image_process import DEFAULT_LIMITS, DecodingLimits

NUMBER, SEED = 1500, 11


def test_damaged_pictures_open_or_are_refused_with_a_sentence(tmp_path: Path) -> None:
    figures = run(NUMBER, SEED, keep=tmp_path / "found", bombs={}).as_dict()
    assert figures["findings"] == [] and not (tmp_path / "found").exists()
    assert figures["pictures"] == NUMBER == figures["opened"] + figures["refused"]
    assert figures["opened"] > NUMBER / 20 and len(figures["sentences"]) >= 5, "not all damage may be caught at once"


@pytest.fixture(scope="module")
def seeds() -> dict[str, bytes]:
    return make_seeds(random.Random(SEED))


def test_every_seed_is_a_picture(seeds: dict[str, bytes]) -> None:
    opener = Opener()
    try:
        for name, data in seeds.items():
            expected = "refused" if name.startswith("stranger") else "opened"
            assert opener.open(data)["outcome"] == expected, name
    finally:
        opener.close()


def test_a_seed_gives_the_same_pictures_again(seeds: dict[str, bytes]) -> None:
    first, second = (damage(random.Random("5/7"), known) for known in (seeds, make_seeds(random.Random(SEED))))
    assert first == second


FEW = {name: BOMBS[name] for name in ("bmp runs", "png notes", "webp flat", "ppm plain")}
SMALLER = {"bmp runs": lambda: run_length_bmp(30_000_000), "webp flat": BOMBS["webp flat"]}
QUICK = DecodingLimits(cpu_seconds=2, clock_seconds=60)


def test_bombs_stay_within_what_they_may_take() -> None:
    figures = run(0, SEED, bombs=FEW, limits=QUICK, judged=Judged(cpu_seconds=6)).as_dict()
    assert figures["findings"] == [] and figures["pictures"] == 2 * len(FEW)
    assert figures["sentences"][sentence(TOO_SLOW)] >= 2


@pytest.mark.parametrize(
    ("bomb", "limits", "judged", "outcome"),
    [
        ("bmp runs", DecodingLimits(cpu_seconds=60, clock_seconds=120), Judged(cpu_seconds=1), "slow"),
        ("webp flat", DEFAULT_LIMITS, Judged(peak_mb=300), "large"),
    ],
)
def test_a_limit_that_is_not_kept_fails_the_run(
    bomb: str, limits: DecodingLimits, judged: Judged, outcome: str
) -> None:
    opener = Opener(limits, judged)
    try:
        assert opener.open(SMALLER[bomb]())["outcome"] == outcome
    finally:
        opener.close()


def test_what_is_neither_picture_nor_sentence_is_found() -> None:
    def outcome(made: Decoded | Exception) -> str:
        future: Future[Decoded] = Future()
        if isinstance(made, Exception):
            future.set_exception(made)
        else:
            future.set_result(made)
        return str(fuzz_pictures._outcome(future)["outcome"])

    assert outcome(Decoded("image/png", 4, 2, 0.0, (4, 2), bytes(24))) == "opened"
    assert outcome(Decoded("image/png", 4, 2, 0.0, (4, 2), bytes(23))) == "wrong"
    assert outcome(Decoded("image/png", 20_000, 20_000, 0.0, (4, 2), bytes(24))) == "wrong"
    assert outcome(Decoded("image/png", 4_000, 1, 0.0, (4_000, 1), bytes(12_000))) == "wrong"
    assert outcome(PictureError("It is too large.")) == "refused"
    assert outcome(PictureError("KeyError: 3")) == "wrong"
    assert outcome(PictureError(BREAKS)) == "crash"
    assert outcome(struct.error("unpack requires a buffer of 4 bytes")) == "wrong"
