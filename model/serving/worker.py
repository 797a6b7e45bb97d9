"""The inference worker: takes requests from a transport and gives answers back, whichever transport that is.

It takes what is ready up to a batch, never waits for more, and has the next pictures decoded while the model runs.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from typing import Protocol

from model.answerer import Answerer
from model.backends.placement import Placement
from model.errors import ModelError
from model.prepared import Prepared
from model.progress import progress
from model.serving.image_pool import ImagePool
from model.serving.listener import Listener
from model.serving.request_queue import RequestPreparer, RequestQueue
from model.serving.transport import Cancellation, Transport
from model.speech.transcriber import OFF
from model.types import Answer

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
MODEL_UNUSABLE = 3
"""Exit code: the model cannot be loaded, and trying again at once will not help."""


class BatchAnswerer(RequestPreparer, Protocol):
    """What the worker needs of an answerer."""

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Answer a batch."""
        ...


def decode_processes() -> int:
    """How many pictures are decoded at once: a GPU takes more than two cores can prepare, and one is for the others."""
    return 1 + min(8, max(2, len(os.sched_getaffinity(0)) // 2 if hasattr(os, "sched_getaffinity") else 2))


def work(transport: Transport, model: str, placement: Placement, batch_size: int, speech: str = OFF) -> int:
    """Load a model and answer what comes; returns an exit code.

    Args:
        transport: Connects with the broker.
        model: `builtin`, a folder, a ZIP or a hub id.
        placement: Where and how it runs.
        batch_size: Most requests in one batch.
        speech: What listens to sounds, as in `model.speech.transcriber`.
    """
    beat(transport)
    listener = Listener(speech)
    try:
        answerer = Answerer.load(model, placement)
        listener.prepare()
    except ModelError as error:
        transport.failed(str(error))
        return MODEL_UNUSABLE
    pace = answerer.warm_up(batch_size)
    family = answerer.family
    log.info("%s is ready on %s: %s", model, family.device, family.precision)
    transport.ready(family.device, family.precision, pace)
    serve(answerer, transport, batch_size, decode_processes(), listener)
    return 0


def serve(
    answerer: BatchAnswerer, transport: Transport, batch_size: int, processes: int = 2, listener: Listener | None = None
) -> None:
    """Answer what comes until the transport ends, and then what was taken.

    Args:
        answerer: A loaded model.
        transport: Connects with the broker.
        batch_size: Most requests in one batch.
        processes: How many pictures are decoded at once.
        listener: Listens to sounds; None: nobody does.
    """
    pool, listener = ImagePool(processes), listener or Listener(OFF)
    requests = RequestQueue(answerer, transport, pool, listener)
    threading.Thread(target=_listen, args=(transport, requests), name="listen", daemon=True).start()
    while not requests.ended:
        batch = requests.take(batch_size)
        if not batch:
            continue
        transport.stage("answering", [item.request.id for item in batch])
        for answer in answerer.answer_prepared(batch):
            transport.answer(answer)
    pool.close()
    listener.close()


def _listen(transport: Transport, requests: RequestQueue) -> None:
    """Fill the requests until the transport ends."""
    try:
        for item in transport.requests():
            if isinstance(item, Cancellation):
                requests.cancel(item.id)
            else:
                requests.put(item)
    except Exception:
        log.exception("no more requests can be taken")
    finally:
        requests.close()


def beat(transport: Transport) -> None:
    """Tell the broker every few seconds that the process is alive, and how far its work has come."""
    silence = threading.Event()

    def tell() -> None:
        while not silence.wait(HEARTBEAT_SECONDS):
            transport.alive(progress.count)

    threading.Thread(target=tell, name="heartbeat", daemon=True).start()
