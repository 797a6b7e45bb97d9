"""Damaged pictures and bombs through the processes that decode for the bot and its worker.

Each picture must open, bounded, or be refused with a sentence, and take no more than it may.
`python tests/fuzz/fuzz_pictures.py --help`
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from picture_damage import damage
from picture_seeds import make_seeds

from bot.texts.failures import sentence
from model.benchmarks.picture_bombs import BOMBS
from model.errors import PictureError
from model.images import MAX_PIXELS, MAX_SIDE
from model.serving.image_pool import BREAKS, Decoded, ImagePool
from model.serving.image_process import DEFAULT_LIMITS, DecodingLimits

PATIENCE = 120.0
"""Seconds before a picture counts as a hang: several times the limit that ends it on a busy machine."""
LONGEST_BOMB = 20 * 2**20
"""Bytes; Telegram gives a bot no larger file."""


@dataclass(frozen=True)
class Judged:
    """What one picture may take before the run fails, whatever limits are kept elsewhere."""

    cpu_seconds: float = 9.0
    """The kernel ends it after 6 to 7; a new process may start within."""
    peak_mb: float = 1100.0
    """Resident. The largest that is allowed, an AVIF of 100 megapixels, takes 930."""


JUDGED = Judged()


@dataclass
class Report:
    """What became of all pictures."""

    seed: int
    pictures: int = 0
    bytes: int = 0
    by_format: dict[str, Counter[str]] = field(default_factory=dict)
    sentences: Counter[str] = field(default_factory=Counter)
    findings: list[dict[str, Any]] = field(default_factory=list)
    peak_mb: float = 0.0
    slowest_cpu_seconds: float = 0.0
    seconds: float = 0.0

    def add(self, name: str, data: bytes, result: dict[str, Any]) -> None:
        """Count one picture."""
        self.pictures += 1
        self.bytes += len(data)
        kind = self.by_format.setdefault(name.split()[0], Counter())
        kind[result["outcome"]] += 1
        if result["outcome"] == "refused":
            self.sentences[result["text"]] += 1
        elif result["outcome"] != "opened":
            self.findings.append({"picture": name, "sha256": hashlib.sha256(data).hexdigest()[:16], **result})
        self.peak_mb = max(self.peak_mb, result.get("peak_mb", 0.0))
        self.slowest_cpu_seconds = max(self.slowest_cpu_seconds, result.get("cpu_seconds", 0.0))

    def as_dict(self) -> dict[str, Any]:
        """The figures."""
        total = sum(self.by_format.values(), Counter())
        return {
            "seed": self.seed,
            "pictures": self.pictures,
            "megabytes": round(self.bytes / 2**20, 1),
            "opened": total["opened"],
            "refused": total["refused"],
            "wrong": total["wrong"],
            "crashes": total["crash"],
            "hangs": total["hang"],
            "slow": total["slow"],
            "large": total["large"],
            "peak_mb": round(self.peak_mb),
            "slowest_cpu_seconds": round(self.slowest_cpu_seconds, 2),
            "seconds": round(self.seconds, 1),
            "by_format": {name: dict(counts) for name, counts in sorted(self.by_format.items())},
            "sentences": dict(self.sentences.most_common()),
            "findings": self.findings,
        }


class Opener:
    """Opens pictures as the bot and its worker do: in a process with limits, which is replaced when one is reached."""

    def __init__(self, limits: DecodingLimits = DEFAULT_LIMITS, judged: Judged = JUDGED) -> None:
        self._pool, self._judged = ImagePool(1, limits), judged

    def open(self, data: bytes) -> dict[str, Any]:
        """What became of a picture, and what it took; outcomes other than opened and refused are findings."""
        for pid in self._pool.pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is the present size again
        spent, peak, ends = 0.0, 0.0, time.monotonic() + PATIENCE
        before = {pid: _seconds_of(pid) for pid in self._pool.pids()}
        future = self._pool.submit(data)
        while not future.done() and time.monotonic() < ends:
            wait([future], 0.02)
            for pid in self._pool.pids():  # a new process has its start to answer for, too
                peak = max(peak, _peak_mb(pid))
                spent = max(spent, _seconds_of(pid) - before.get(pid, 0.0))
        figures = {"cpu_seconds": round(spent, 2), "peak_mb": round(peak)}
        if not future.done():
            return {"outcome": "hang", "text": f"nothing for {PATIENCE:.0f} s", **figures}
        outcome = _outcome(future)
        if outcome["outcome"] in ("opened", "refused") and spent > self._judged.cpu_seconds:
            outcome = {"outcome": "slow", "text": f"{spent:.1f} s of CPU"}
        if outcome["outcome"] in ("opened", "refused") and peak > self._judged.peak_mb:
            outcome = {"outcome": "large", "text": f"{peak:.0f} MB"}
        return {**outcome, **figures}

    def close(self) -> None:
        """End the process."""
        self._pool.close()


def _outcome(future: Future[Decoded]) -> dict[str, Any]:
    """Opened, refused with a sentence, a crash, or wrong and why."""
    error = future.exception()
    if isinstance(error, PictureError):
        said = sentence(error)
        proper = said[:1].isupper() and said.endswith(".") and "Error" not in said and len(said) < 200
        kind = "crash" if str(error) == BREAKS else "refused" if proper else "wrong"
        return {"outcome": kind, "text": said}
    if error is not None:
        return {"outcome": "wrong", "text": f"{type(error).__name__}: {error}"}
    decoded = future.result()
    width, height = decoded.size
    good = min(width, height) >= 1 and max(width, height) <= MAX_SIDE and len(decoded.data) == 3 * width * height
    good = good and decoded.media_type.startswith("image/") and decoded.width * decoded.height <= MAX_PIXELS
    return {"outcome": "opened" if good else "wrong", "text": f"{decoded.media_type} {decoded.width}x{decoded.height}"}


def _seconds_of(pid: int) -> float:
    """CPU time of a process with all its threads; 0 when it is gone."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _peak_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def run(
    number: int,
    seed: int,
    keep: Path | None = None,
    processes: int = 2,
    *,
    bombs: Mapping[str, Callable[[], bytes]] = BOMBS,
    limits: DecodingLimits = DEFAULT_LIMITS,
    judged: Judged = JUDGED,
) -> Report:
    """Open `number` damaged pictures, and each bomb whole and damaged; findings are written into the folder `keep`.

    Picture number i of a seed is always the same, however many processes there are.
    """
    report = Report(seed)
    seeds = make_seeds(random.Random(seed))
    report_lock = threading.Lock()
    started = time.monotonic()

    def _picture(i: int) -> tuple[str, bytes]:
        rng = random.Random(f"{seed}/{i}")
        if i < number:
            return damage(rng, seeds)
        which, damaged = divmod(i - number, 2)
        name, make = list(bombs.items())[which]
        return damage(rng, {name: make()}, LONGEST_BOMB) if damaged else (name, make())

    def part(numbers: Iterable[int]) -> None:
        opener = Opener(limits, judged)
        try:
            for i in numbers:
                name, data = _picture(i)
                result = opener.open(data)
                with report_lock:
                    report.add(f"{name} | number {i}", data, result)
                if keep is not None and result["outcome"] not in ("opened", "refused"):
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{i}").write_bytes(data)
        finally:
            opener.close()

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(part, [range(first, number + 2 * len(bombs), processes) for first in range(processes)]))
    report.seconds = time.monotonic() - started
    return report


def main() -> int:
    """The long form; returns 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=10_000, help="pictures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="folder for pictures that were found")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = run(options.number, options.seed, options.keep).as_dict()
    if options.json:
        print(json.dumps(figures))
    else:
        _print(figures)
    return 1 if figures["findings"] else 0


def _print(figures: dict[str, Any]) -> None:
    print(f"{figures['pictures']:,} damaged pictures ({figures['megabytes']} MB), seed {figures['seed']}")
    print(f"{'format':<10} {'opened':>8} {'refused':>8} {'wrong':>6} {'crash':>6} {'hang':>6} {'slow':>6} {'large':>6}")
    for name, counts in figures["by_format"].items():
        columns = (counts.get(key, 0) for key in ("opened", "refused", "wrong", "crash", "hang", "slow", "large"))
        print("{:<10} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6}".format(name, *columns))
    print(f"peak memory of an opening process: {figures['peak_mb']} MB")
    print(f"slowest picture: {figures['slowest_cpu_seconds']} s of CPU; all: {figures['seconds']} s")
    for said, count in figures["sentences"].items():
        print(f"  {count:>6} x {said}")
    for finding in figures["findings"]:
        print("FOUND", json.dumps(finding))


if __name__ == "__main__":
    sys.exit(main())
