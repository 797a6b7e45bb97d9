"""The inference worker: a process of its own that reads requests from a pipe and writes answers to another.

It takes what is waiting up to a batch, never waits for more, and decodes the next pictures while the model runs.
It ends with its parent and never learns the bot's token.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Protocol

from model import framing
from model.answerer import FAILED, Answerer, Prepared
from model.child_process import live_with_parent, take_pipes
from model.errors import ModelError
from model.placement import Placement
from model.types import Answer, Request

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
MODEL_UNUSABLE = 3
"""Exit code: the model cannot be loaded, and trying again at once will not help."""

Send = Callable[[framing.Header], None]


class Answers(Protocol):
    """What the worker needs of an answerer."""

    def prepare(self, request: Request) -> Prepared:
        """Work that needs no model; any thread."""
        ...

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Answer a batch."""
        ...


class Inbox:
    """Requests that wait, in order of arrival; their pictures are decoded ahead in threads."""

    def __init__(self, prepare: Callable[[Request], Prepared], send: Send, threads: int) -> None:
        """Prepare with `threads` threads, reporting to `send` what is being decoded."""
        self._prepare, self._send = prepare, send
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
        self._arrived = threading.Condition()
        self._waiting: deque[tuple[str, Future[Prepared]]] = deque()
        self._cancelled: set[str] = set()

    def put(self, request: Request) -> None:
        """Begin to prepare a request."""
        with self._arrived:
            self._waiting.append((request.id, self._pool.submit(self._work, request)))
            self._arrived.notify()

    def cancel(self, request_id: str) -> None:
        """Drop a request unless its batch has begun."""
        with self._arrived:
            if any(waiting == request_id for waiting, _ in self._waiting):
                self._cancelled.add(request_id)

    def take(self, size: int) -> list[Prepared]:
        """Wait for one prepared request, then take what else is prepared, at most `size`; none when all was dropped."""
        with self._arrived:
            while not self._waiting:
                self._arrived.wait()
            first = self._waiting[0][1]
        first.exception()  # waits without raising
        batch: list[Prepared] = []
        with self._arrived:
            while self._waiting and len(batch) < size and self._waiting[0][1].done():
                request_id, future = self._waiting.popleft()
                if request_id in self._cancelled:
                    self._cancelled.discard(request_id)
                    self._send({"type": "dropped", "id": request_id})
                elif future.exception() is not None:
                    log.error("a request could not be prepared", exc_info=future.exception())
                    self._send(framing.answer_header(Answer(request_id, "", 0.0, 0.0, FAILED)))
                else:
                    batch.append(future.result())
        return batch

    def _work(self, request: Request) -> Prepared:
        # Whatever kills the process in here, the parent knows whose picture it was.
        self._send({"type": "stage", "stage": "decoding", "ids": [request.id]})
        try:
            return self._prepare(request)
        finally:
            self._send({"type": "stage", "stage": "waiting", "ids": [request.id]})


def decode_threads() -> int:
    """How many pictures are decoded at once: a GPU takes more than two cores can prepare."""
    return min(8, max(2, len(os.sched_getaffinity(0)) // 2 if hasattr(os, "sched_getaffinity") else 2))


def serve(answerer: Answers, source: BinaryIO, send: Send, batch_size: int, threads: int = 2) -> None:
    """Answer what comes from `source` until the process ends; the end of `source` ends it at once.

    Args:
        answerer: A loaded model.
        source: The pipe from the parent.
        send: Sends one message to the parent.
        batch_size: Most requests in one batch.
        threads: How many pictures are decoded at once.
    """
    inbox = Inbox(answerer.prepare, send, threads)
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
    """Tell the parent every few seconds that the process is alive."""
    silence = threading.Event()

    def work() -> None:
        while not silence.wait(HEARTBEAT_SECONDS):
            send({"type": "alive"})

    threading.Thread(target=work, name="heartbeat", daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker; returns the exit code when the model cannot be loaded."""
    parser = argparse.ArgumentParser(prog="model.worker", description=__doc__)
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
    answerer.warm_up(options.batch_size)
    family = answerer.family
    log.info("%s is ready on %s: %s", options.model, family.device, family.precision)
    send({"type": "ready", "device": family.device, "dtype": family.precision})
    serve(answerer, source, send, options.batch_size, decode_threads())
    return 0


if __name__ == "__main__":
    sys.exit(main())
