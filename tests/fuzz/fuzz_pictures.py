"""Damaged pictures through the worker's own opening function, in processes of their own.

Each picture must open, bounded, or be refused with a sentence. `python tests/fuzz/fuzz_pictures.py --help`
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from picture_damage import damage
from picture_seeds import make_seeds

HERE = Path(__file__).resolve().parent
PATIENCE = 120.0
"""Seconds before a picture counts as a hang: some hundred times what the slowest needs on a busy machine."""


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
            "peak_mb": round(self.peak_mb),
            "slowest_cpu_seconds": round(self.slowest_cpu_seconds, 2),
            "seconds": round(self.seconds, 1),
            "by_format": {name: dict(counts) for name, counts in sorted(self.by_format.items())},
            "sentences": dict(self.sentences.most_common()),
            "findings": self.findings,
        }


class Opener:
    """One opening process; a new one after it died or hung."""

    def __init__(self, script: Path = HERE / "picture_opener.py", patience: float = PATIENCE) -> None:
        self._script, self._patience = script, patience
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, data: bytes) -> dict[str, Any]:
        """What became of a picture."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(struct.pack(">I", len(data)) + data)
            process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                if not selector.select(self._patience):
                    self.close()
                    return {"outcome": "hang", "text": f"nothing for {self._patience:.0f} s"}
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if line:
            return dict(json.loads(line))
        code = process.wait()
        self._errors.seek(0)
        errors = self._errors.read().decode(errors="replace")
        self.close()
        return {"outcome": "crash", "text": f"exit code {code}: {errors[-500:]}"}

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, self._errors):
                assert pipe is not None
                with suppress(BrokenPipeError):
                    pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            root = str(HERE.parents[1])
            # A pipe that nobody reads would stop the process when it is full.
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._process = subprocess.Popen(
                [sys.executable, str(self._script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, "PYTHONPATH": root},
            )
        return self._process


def run(number: int, seed: int, keep: Path | None = None, processes: int = 2) -> Report:
    """Open `number` damaged pictures; what is found is written into the folder `keep`.

    Picture number i of a seed is always the same, however many processes there are.
    """
    report = Report(seed)
    seeds = make_seeds(random.Random(seed))
    report_lock = threading.Lock()
    started = time.monotonic()

    def part(numbers: Iterable[int]) -> None:
        opener = Opener()
        try:
            for i in numbers:
                name, data = damage(random.Random(f"{seed}/{i}"), seeds)
                result = opener.open(data)
                with report_lock:
                    report.add(f"{name} | number {i}", data, result)
                if keep is not None and result["outcome"] not in ("opened", "refused"):
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{i}").write_bytes(data)
        finally:
            opener.close()

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(part, [range(first, number, processes) for first in range(processes)]))
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
    print(f"{'format':<10} {'opened':>8} {'refused':>8} {'wrong':>6} {'crash':>6} {'hang':>6}")
    for name, counts in figures["by_format"].items():
        columns = (counts.get(key, 0) for key in ("opened", "refused", "wrong", "crash", "hang"))
        print("{:<10} {:>8} {:>8} {:>6} {:>6} {:>6}".format(name, *columns))
    print(f"peak memory of an opening process: {figures['peak_mb']} MB")
    print(f"slowest picture: {figures['slowest_cpu_seconds']} s of CPU; all: {figures['seconds']} s")
    for sentence, count in figures["sentences"].items():
        print(f"  {count:>6} x {sentence}")
    for finding in figures["findings"]:
        print("FOUND", json.dumps(finding))


if __name__ == "__main__":
    sys.exit(main())
