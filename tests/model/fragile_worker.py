"""A worker whose answerer obeys its questions ("die", "hang"): the process and the protocol are the real ones."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PIL import Image
from toy_broker import SocketTransport

from model.prepared import Prepared
from model.progress import progress
from model.serving import image_pool, worker
from model.serving.broker.embedded_worker import PipeTransport
from model.serving.image_process import DecodingLimits
from model.serving.listener import Listener
from model.types import Answer, Request, SentPicture

EVIDENCE: dict[str, Any] = {
    "known_picture": False,
    "known_words": True,
    "unknown_words": ("plinth",),
    "alternatives": (("orange", 0.25), ("brown", 0.125)),
}


class Obedient:
    """Answers with the question, unless the question says otherwise."""

    def wanted_pictures(self, request: Request) -> Sequence[SentPicture]:
        return request.pictures if request.question.startswith("look") else ()

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        if request.question == "die decoding":
            os.kill(os.getpid(), signal.SIGKILL)
        if request.question == "break decoding":
            raise ZeroDivisionError
        return Prepared(request, request.question, (), None, time.perf_counter())

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        for item in batch:
            if item.request.question == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if item.request.question == "hang":
                time.sleep(3600)
            if item.request.question == "plod once":
                time.sleep(4)
            if item.request.question == "plod":
                for _ in range(10):
                    time.sleep(0.5)
                    progress.moved()
            if item.request.question == "slow":
                time.sleep(0.5)
            if item.request.question == "environment":
                names = " ".join(sorted(os.environ))
                return [Answer(item.request.id, names, 1.0, 0.0)]
            if item.request.question == "evidence":
                return [Answer(item.request.id, "red", 0.6, 0.0, **EVIDENCE)]
        size = len(batch)
        return [
            Answer(
                item.request.id,
                "" if item.error else f"{item.request.question} of {size}",
                1.0,
                0.0,
                item.error,
                item.refused_picture,
                size,
                stages={"decoding": item.decoding_seconds},
            )
            for item in batch
        ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int)
    parser.add_argument("--port", type=int, help="of a toy broker")
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--model")
    options, _ = parser.parse_known_args()
    transport = SocketTransport(options.port) if options.port else PipeTransport.of_parent(options.parent)
    worker.beat(transport)
    print("a stray print must not disturb the messages")
    if options.model == "die at start":
        os._exit(1)
    if options.model == "unusable":
        transport.failed("There is no such model.")
        raise SystemExit(worker.MODEL_UNUSABLE)
    pace = 10.0 if options.model == "slow" else 0.0
    transport.ready("cpu", "float32", pace)
    limits = DecodingLimits(cpu_seconds=2)  # a third, so that bombs cost the tests less
    worker.ImagePool = partial(image_pool.ImagePool, limits=limits)  # type: ignore[misc,assignment]
    listener = Listener("pocketsphinx") if options.model == "listening" else None
    worker.serve(Obedient(), transport, options.batch_size, listener=listener)


if __name__ == "__main__":
    main()
