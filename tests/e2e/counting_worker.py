"""A worker that writes down each batch as it begins, and ends it when it is told to: the process is the real one.

`--model` names a folder: batches are lines of `begun` there, and as many may end as `ended` has lines.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from model.prepared import Prepared
from model.progress import progress
from model.serving import worker
from model.serving.broker.embedded_worker import PipeTransport
from model.types import Answer, Request, SentPicture


class Counting:
    """Answers everything with yes, batch by batch."""

    def __init__(self, folder: Path) -> None:
        self._begun, self._ended = folder / "begun", folder / "ended"
        self._number = 0

    def wanted_pictures(self, request: Request) -> list[SentPicture]:
        return []

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        return Prepared(request, request.question, (), None, time.perf_counter())

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        self._number += 1
        with self._begun.open("a") as file:
            file.write(json.dumps([item.request.question for item in batch]) + "\n")
        while len(self._ended.read_text().splitlines()) < self._number:
            time.sleep(0.005)
            progress.moved()  # a test decides how long it takes
        return [Answer(item.request.id, "yes", 0.9, 0.0, known_picture=True) for item in batch]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--model", type=Path)
    options, _ = parser.parse_known_args()
    transport = PipeTransport.of_parent(options.parent)
    worker.beat(transport)
    transport.ready("cpu", "float32", 0.0)
    worker.serve(Counting(options.model), transport, options.batch_size)


if __name__ == "__main__":
    main()
