"""The inference worker: a process of its own that reads requests from a pipe and writes answers to another.

It takes what is ready up to a batch, never waits for more, and has the next pictures decoded while the model runs.
It ends with its parent and never learns the bot's token.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Protocol

from model.answerer import FAILED, Answerer, Prepared
from model.backends.placement import Placement
from model.errors import ModelError, PictureError
from model.progress import progress
from model.serving import framing
from model.serving.child_process import live_with_parent, take_pipes
from model.serving.image_pool import Decoded, ImagePool
from model.types import Answer, Request

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
IDLE_SECONDS = 0.5
"""While there is nothing to answer, so often it shows that it is ready for more."""
MODEL_UNUSABLE = 3
"""Exit code: the model cannot be loaded, and trying again at once will not help."""

Send = Callable[[framing.Header], None]


class Prepares(Protocol):
    """What the inbox needs of an answerer."""

    def wants_picture(self, request: Request) -> bool:
        """Whether `prepare` needs the decoded picture; any thread."""
        ...

    def prepare(self, request: Request, picture: Image.Image | None = None) -> Prepared:
        """Work that needs no model; any thread."""
        ...


class Answers(Prepares, Protocol):
    """What the worker needs of an answerer."""

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Answer a batch."""
        ...


@dataclass(slots=True)
class _Waiting:
    """A request until its batch begins."""

    request: Request
    began: float
    decoding: Future[Decoded] | None = None
    prepared: Prepared | None = None
    failed: bool = False
    cancelled: bool = False

    @property
    def ready(self) -> bool:
        return self.prepared is not None or self.failed or self.cancelled


class Inbox:
    """Requests that wait, their pictures decoded ahead; what is ready does not wait for what is not."""

    def __init__(self, answerer: Prepares, send: Send, pool: ImagePool) -> None:
        """Decode in `pool`, reporting to `send` what this process itself is busy with."""
        self._answerer, self._send, self._pool = answerer, send, pool
        self._arrived = threading.Condition()
        self._waiting: dict[str, _Waiting] = {}

    def put(self, request: Request) -> None:
        """Begin to prepare a request."""
        waiting = _Waiting(request, time.perf_counter())
        with self._arrived:
            self._waiting[request.id] = waiting
        if self._answerer.wants_picture(request):
            waiting.decoding = self._pool.submit(request.picture, key=request.picture_key, origin=request.origin)
            waiting.decoding.add_done_callback(partial(self._decoded, waiting))
        else:
            self._prepare(waiting, None)

    def cancel(self, request_id: str) -> None:
        """Drop a request unless its batch has begun."""
        with self._arrived:
            waiting = self._waiting.get(request_id)
            if waiting is None:
                return
            waiting.cancelled = True
            self._arrived.notify()
        if waiting.decoding is not None:
            waiting.decoding.cancel()

    def take(self, size: int) -> list[Prepared]:
        """Wait for a prepared request, then take what else is prepared, at most `size`; none when all was dropped."""
        with self._arrived:
            while not (ready := [waiting for waiting in self._waiting.values() if waiting.ready][:size]):
                self._arrived.wait(IDLE_SECONDS)
                progress.moved()
            for waiting in ready:
                del self._waiting[waiting.request.id]
        batch: list[Prepared] = []
        for waiting in ready:
            if waiting.cancelled:
                self._send({"type": "dropped", "id": waiting.request.id})
            elif waiting.prepared is None:
                self._send(framing.answer_header(Answer(waiting.request.id, "", 0.0, 0.0, FAILED)))
            else:
                batch.append(waiting.prepared)
        return batch

    def _decoded(self, waiting: _Waiting, future: Future[Decoded]) -> None:
        """In a thread of the pool: its picture is there, or refused."""
        if future.cancelled():
            return
        try:
            decoded = future.result()
        except PictureError as refusal:
            prepared = Prepared(waiting.request, "", None, str(refusal), waiting.began, refused_picture=True)
            self._finish(waiting, replace(prepared, decoding_seconds=refusal.seconds))
        except Exception:
            log.exception("a picture could not be decoded")
            self._finish(waiting, None)
        else:
            self._prepare(waiting, decoded)

    def _prepare(self, waiting: _Waiting, decoded: Decoded | None) -> None:
        # Whatever ends the process in here, the parent knows whose picture it was.
        ids = [waiting.request.id]
        self._send({"type": "stage", "stage": "decoding", "ids": ids})
        try:
            prepared = self._answerer.prepare(waiting.request, decoded.picture if decoded else None)
        except Exception:
            log.exception("a request could not be prepared")
            self._finish(waiting, None)
        else:
            seconds = decoded.seconds if decoded else 0.0
            self._finish(waiting, replace(prepared, began=waiting.began, decoding_seconds=seconds))
        finally:
            self._send({"type": "stage", "stage": "waiting", "ids": ids})

    def _finish(self, waiting: _Waiting, prepared: Prepared | None) -> None:
        with self._arrived:
            waiting.prepared, waiting.failed = prepared, prepared is None
            self._arrived.notify()


def decode_processes() -> int:
    """How many pictures are decoded at once: a GPU takes more than two cores can prepare, and one is for the others."""
    return 1 + min(8, max(2, len(os.sched_getaffinity(0)) // 2 if hasattr(os, "sched_getaffinity") else 2))


def serve(answerer: Answers, source: BinaryIO, send: Send, batch_size: int, processes: int = 2) -> None:
    """Answer what comes from `source` until the process ends; the end of `source` ends it at once.

    Args:
        answerer: A loaded model.
        source: The pipe from the parent.
        send: Sends one message to the parent.
        batch_size: Most requests in one batch.
        processes: How many pictures are decoded at once.
    """
    inbox = Inbox(answerer, send, ImagePool(processes))
    threading.Thread(target=_listen, args=(source, inbox), name="listen", daemon=True).start()
    while True:
        batch = inbox.take(batch_size)
        if not batch:
            continue
        send({"type": "stage", "stage": "answering", "ids": [item.request.id for item in batch]})
        for answer in answerer.answer_prepared(batch):
            send(framing.answer_header(answer))


def _listen(source: BinaryIO, inbox: Inbox) -> None:
    """Read messages until the parent closes the pipe or is gone; then there is nobody to answer to."""
    try:
        while (message := framing.read(source)) is not None:
            header, blob = message
            if header["type"] == "ask":
                inbox.put(framing.unpack_request(header, blob))
            elif header["type"] == "cancel":
                inbox.cancel(header["id"])
    except Exception:
        log.exception("the parent's messages cannot be read")
    os._exit(0)  # the model may be in the middle of a batch that nobody waits for


def beat(send: Send) -> None:
    """Tell the parent every few seconds that the process is alive, and how far its work has come."""
    silence = threading.Event()

    def work() -> None:
        while not silence.wait(HEARTBEAT_SECONDS):
            send({"type": "alive", "progress": progress.count})

    threading.Thread(target=work, name="heartbeat", daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker; returns the exit code when the model cannot be loaded."""
    parser = argparse.ArgumentParser(prog="model.serving.worker", description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 chooses")
    parser.add_argument("--log-level", default="WARNING")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=options.log_level, format="%(asctime)s %(levelname)s worker: %(message)s")
    source, send = take_pipes()
    live_with_parent(options.parent)
    beat(send)
    try:
        answerer = Answerer.load(options.model, Placement(options.device, options.dtype, options.threads))
    except ModelError as error:
        send({"type": "failed", "error": str(error)})
        return MODEL_UNUSABLE
    pace = answerer.warm_up(options.batch_size)
    family = answerer.family
    log.info("%s is ready on %s: %s", options.model, family.device, family.precision)
    send({"type": "ready", "device": family.device, "dtype": family.precision, "pace": pace})
    serve(answerer, source, send, options.batch_size, decode_processes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
