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

from model.prepared import Prepared
from model.serving import worker
from model.serving.broker.embedded_worker import PipeTransport
from model.types import Answer, Request, SentPicture

BATCH_SECONDS = 0.05


class Naming:
    """Names the colours in the middle of the pictures."""

    def wanted_pictures(self, request: Request) -> list[SentPicture]:
        return []

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        shades = []
        for picture in request.pictures:
            with Image.open(io.BytesIO(picture.data)) as opened:
                pixel = opened.convert("RGB").getpixel((opened.width // 2, opened.height // 2))
            assert isinstance(pixel, tuple)
            shades.append(name_of(pixel))
        return Prepared(request, f"{' and '.join(shades)} for {request.question}", (), None, time.perf_counter())

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        time.sleep(BATCH_SECONDS)
        return [_explanation(item.request) if item.request.explains else _answer(item) for item in batch]


def _answer(item: Prepared) -> Answer:
    return Answer(item.request.id, item.prompt, 0.9, 0.1, known_picture=True, shows_where=True)


def _explanation(request: Request) -> Answer:
    """The left half of each picture counts more."""
    assert request.explains is not None
    grids = tuple(((1.0, 0.5),) for _ in request.pictures)
    return Answer(request.id, request.explains, 0.0, 0.1, where=grids)


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
