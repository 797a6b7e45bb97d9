"""Questions through the worker's own requests: as many as wait at once, or as they come by chance."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from model.answerer import Answerer
from model.prepared import Prepared
from model.serving.image_pool import ImagePool
from model.serving.listener import Listener
from model.serving.request_queue import RequestQueue
from model.serving.worker import decode_processes
from model.types import Answer, Request, SentPicture

if TYPE_CHECKING:
    from PIL import Image


class _IgnoredReports:
    """Nobody hears of what is under way."""

    def stage(self, stage: str, ids: Sequence[str]) -> None:
        """See `Reports`."""

    def answer(self, answer: Answer) -> None:
        """See `Reports`."""

    def dropped(self, request_id: str) -> None:
        """See `Reports`."""


class Pipeline:
    """An answerer behind an requests, which has pictures decoded while the model runs."""

    def __init__(self, answerer: Answerer, batch_size: int) -> None:
        """Answer at most `batch_size` questions at once."""
        self._answerer, self._batch_size = answerer, batch_size
        self.prepared = 0.0
        """Seconds of all threads and decoding processes together for preparing."""
        self._lock = threading.Lock()
        self._requests = RequestQueue(self, _IgnoredReports(), ImagePool(decode_processes()), Listener("off"))

    def saturate(self, requests: Sequence[Request], waiting: int) -> list[float]:
        """Keep `waiting` questions waiting until all are answered: seconds from entering to the answer, in order."""
        to_come = iter(requests)
        began = {request.id: self._enter(request) for request in islice(to_come, waiting)}
        ended: dict[str, float] = {}
        while len(ended) < len(requests):
            batch = self._requests.take(self._batch_size)
            self._answer(batch, ended)
            began |= {request.id: self._enter(request) for request in islice(to_come, len(batch))}
        return [ended[request.id] - began[request.id] for request in requests]

    def load(self, requests: Sequence[Request], rate: float, seed: int = 0) -> list[float]:
        """Let questions come by chance (a Poisson process), whether or not others wait: their seconds, in order.

        Args:
            requests: What is asked.
            rate: Questions a second, on average.
            seed: Of the moments at which they come.
        """
        gaps = random.Random(f"load/{seed}")
        began: dict[str, float] = {}

        def come() -> None:
            moment = time.perf_counter()
            for request in requests:
                moment += gaps.expovariate(rate)
                time.sleep(max(0.0, moment - time.perf_counter()))
                began[request.id] = moment
                self._requests.put(request)

        people = threading.Thread(target=come, name="people", daemon=True)
        people.start()
        ended: dict[str, float] = {}
        while len(ended) < len(requests):
            self._answer(self._requests.take(self._batch_size), ended)
        people.join()
        return [ended[request.id] - began[request.id] for request in requests]

    def _enter(self, request: Request) -> float:
        now = time.perf_counter()
        self._requests.put(request)
        return now

    def _answer(self, batch: Sequence[Prepared], ended: dict[str, float]) -> None:
        answers = self._answerer.answer_prepared(batch)
        now = time.perf_counter()
        for answer in answers:
            self.prepared += answer.stages["decoding"]
            if answer.error is not None:
                raise RuntimeError(f"a question of the workload was not answered: {answer.error}")
            ended[answer.id] = now

    def wanted_pictures(self, request: Request) -> Sequence[SentPicture]:
        """As the answerer says."""
        return self._answerer.wanted_pictures(request)

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        """As the answerer does, measured."""
        started = time.perf_counter()
        item = self._answerer.prepare(request, decoded)
        with self._lock:
            self.prepared += time.perf_counter() - started
        return item
