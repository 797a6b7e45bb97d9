"""A process that opens pictures exactly as the worker does and says of each what became of it.

Reads pictures (4 bytes of length, then the bytes) from standard input, writes one JSON line for each. Its memory is
limited by the kernel; each line tells the largest resident size while that picture was open.
"""

from __future__ import annotations

import faulthandler
import json
import resource
import struct
import sys
import time
from pathlib import Path
from typing import Any

from model.errors import PictureError
from model.images import MAX_SIDE, decode, media_type_of, read_header

ADDRESS_SPACE = 3 * 2**30
"""Bytes: more than any picture may take, little enough that a runaway dies here and not somebody else."""


def main() -> None:
    """Open until standard input ends."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    source, out = sys.stdin.buffer, sys.stdout
    while len(head := source.read(4)) == 4:
        (length,) = struct.unpack(">I", head)
        data = source.read(length)
        _forget_peak()
        started = time.process_time()
        report = outcome(data)
        report["cpu_seconds"] = round(time.process_time() - started, 4)
        report["peak_mb"] = _peak_mb()
        out.write(json.dumps(report) + "\n")
        out.flush()


def outcome(data: bytes) -> dict[str, Any]:
    """Opened, refused with a sentence, or wrong and why."""
    try:
        picture = read_header(data)
        kind = media_type_of(picture)
        picture = decode(picture)
    except PictureError as error:
        sentence = str(error)
        proper = sentence[:1].isupper() and sentence.endswith(".") and "Error" not in sentence and len(sentence) < 200
        return {"outcome": "refused" if proper else "wrong", "text": sentence}
    except BaseException as error:  # noqa: BLE001 - nothing else may come out, so everything else is a finding
        return {"outcome": "wrong", "text": f"{type(error).__name__}: {error}"}
    good = picture.mode == "RGB" and min(picture.size) >= 1 and max(picture.size) <= MAX_SIDE and not picture.info
    good = good and kind.startswith("image/")
    return {"outcome": "opened" if good else "wrong", "text": f"{picture.mode} {picture.size}"}


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak is the present size again


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
