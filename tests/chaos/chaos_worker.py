"""A worker that answers with the picture's colour and the question's words: process and protocol are the real ones.

What it says can be checked: an answer that went to the wrong chat has the wrong colour.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Mapping, Sequence

from chaos_colours import name_of
from PIL import Image

from model.answerer import Prepared
from model.serving import worker
from model.serving.broker.embedded_worker import PipeTransport
from model.types import Answer, Request, SentPicture

BATCH_SECONDS = 0.05


class Naming:
    """Names the colour in the middle of the picture."""

    def wanted_pictures(self, request: Request) -> list[SentPicture]:
        return []

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        with Image.open(io.BytesIO(request.picture)) as opened:
            pixel = opened.convert("RGB").getpixel((opened.width // 2, opened.height // 2))
        assert isinstance(pixel, tuple)
        return Prepared(request, f"{name_of(pixel)} for {request.question}", (), None, time.perf_counter())

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        time.sleep(BATCH_SECONDS)
        return [Answer(item.request.id, item.prompt, 0.9, 0.1, known_picture=True) for item in batch]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int)
    parser.add_argument("--batch-size", type=int)
    options, _ = parser.parse_known_args()
    transport = PipeTransport.of_parent(options.parent)
    worker.beat(transport)
    transport.ready("cpu", "float32", 0.0)
    worker.serve(Naming(), transport, options.batch_size)


if __name__ == "__main__":
    main()
