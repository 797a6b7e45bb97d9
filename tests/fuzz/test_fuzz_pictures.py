"""The short form of the picture fuzz (`make fuzz` is the long one), and the proof that it would find something."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from fuzz_pictures import Opener, run
from picture_damage import damage
from picture_seeds import make_seeds

NUMBER, SEED = 1500, 11
PEAK_MB = 1024
"""More than the largest allowed picture takes."""


def test_damaged_pictures_open_or_are_refused_with_a_sentence(tmp_path: Path) -> None:
    figures = run(NUMBER, SEED, keep=tmp_path / "found").as_dict()
    assert figures["findings"] == [] and not (tmp_path / "found").exists()
    assert figures["pictures"] == NUMBER == figures["opened"] + figures["refused"]
    assert figures["opened"] > NUMBER / 20 and len(figures["sentences"]) >= 5, "not all damage may be caught at once"
    assert figures["peak_mb"] < PEAK_MB


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


BROKEN = """
import json, os, struct, sys, time
while len(head := sys.stdin.buffer.read(4)) == 4:
    data = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
    if data == b"die":
        os.abort()
    if data == b"hang":
        time.sleep(60)
    print(json.dumps({"outcome": "opened"}), flush=True)
"""


@pytest.mark.parametrize(("data", "outcome"), [(b"die", "crash"), (b"hang", "hang"), (b"good", "opened")])
def test_an_opener_that_dies_or_hangs_is_noticed_and_replaced(tmp_path: Path, data: bytes, outcome: str) -> None:
    script = tmp_path / "broken_opener.py"
    script.write_text(BROKEN)
    opener = Opener(script, patience=3)
    try:
        assert opener.open(data)["outcome"] == outcome
        assert opener.open(b"next")["outcome"] == "opened"
    finally:
        opener.close()


def test_what_is_neither_picture_nor_sentence_counts_as_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    import picture_opener

    def stumble(data: bytes) -> None:
        raise struct.error("unpack requires a buffer of 4 bytes")

    monkeypatch.setattr(picture_opener, "read_header", stumble)
    assert picture_opener.outcome(b"...") == {
        "outcome": "wrong",
        "text": "error: unpack requires a buffer of 4 bytes",
    }
