"""Requests that wait for their batch, their pictures decoded ahead."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from model.errors import ModelError, PictureError, SoundError
from model.prepared import FAILED, Prepared
from model.progress import progress
from model.serving.image_pool import Decoded, ImagePool
from model.serving.listener import Listener
from model.serving.transport import Reports
from model.speech.transcriber import Heard
from model.types import Answer, Request, SentPicture

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
"""While there is nothing to answer, so often it shows that it is ready for more."""


NOT_HEARD = "sound_breaks"


class RequestPreparer(Protocol):
    """What the queue needs of an answerer."""

    def wanted_pictures(self, request: Request) -> Sequence[SentPicture]:
        """The pictures that `prepare` needs decoded; any thread."""
        ...

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        """Work that needs no model; any thread."""
        ...


@dataclass(slots=True)
class _Waiting:
    """A request until its batch begins."""

    request: Request
    began: float
    decoding: dict[str, Future[Decoded]] = field(default_factory=dict)
    """Of its pictures, by key."""
    missing: int = 0
    """How many of them are not there yet."""
    prepared: Prepared | None = None
    failed: bool = False
    cancelled: bool = False

    @property
    def ready(self) -> bool:
        return self.prepared is not None or self.failed or self.cancelled


class RequestQueue:
    """What is ready does not wait for what is not."""

    def __init__(self, answerer: RequestPreparer, reports: Reports, pool: ImagePool, listener: Listener) -> None:
        """Decode in `pool` and have sounds heard by `listener`, reporting what this process itself is busy with."""
        self._answerer, self._reports, self._pool, self._listener = answerer, reports, pool, listener
        self._listening: dict[str, Future[Heard]] = {}
        self._arrived = threading.Condition()
        self._waiting: dict[str, _Waiting] = {}
        self._closed = False

    def put(self, request: Request) -> None:
        """Begin to prepare a request; one that listens needs no batch."""
        if request.listens:
            self._listen(request)
            return
        waiting = _Waiting(request, time.perf_counter())
        with self._arrived:
            self._waiting[request.id] = waiting
        wanted = {picture.key: picture for picture in self._answerer.wanted_pictures(request)}
        if not wanted:
            self._prepare(waiting, {})
            return
        waiting.decoding = {
            key: self._pool.submit(picture.data, key=key, origin=request.origin) for key, picture in wanted.items()
        }
        waiting.missing = len(wanted)
        for key, future in waiting.decoding.items():
            future.add_done_callback(partial(self._decoded, waiting, key))

    def cancel(self, request_id: str) -> None:
        """Drop a request unless its batch has begun."""
        with self._arrived:
            waiting, sound = self._waiting.get(request_id), self._listening.get(request_id)
            if sound is not None and sound.cancel():
                del self._listening[request_id]
                self._reports.dropped(request_id)
            if waiting is None:
                return
            waiting.cancelled = True
            self._arrived.notify()
        for future in waiting.decoding.values():
            future.cancel()

    def close(self) -> None:
        """No more will come."""
        with self._arrived:
            self._closed = True
            self._arrived.notify()

    @property
    def ended(self) -> bool:
        """Whether nothing waits and nothing will come."""
        with self._arrived:
            return self._closed and not self._waiting and not self._listening

    def take(self, size: int) -> list[Prepared]:
        """Wait for a prepared request, then take what else is prepared, at most `size`.

        It is none where all that was ready was cancelled or failed, and where nothing will come any more.
        """
        with self._arrived:
            while not (ready := [waiting for waiting in self._waiting.values() if waiting.ready][:size]):
                if self._closed and not self._waiting and not self._listening:
                    return []
                self._arrived.wait(IDLE_SECONDS)
                progress.moved()
            for waiting in ready:
                del self._waiting[waiting.request.id]
        batch: list[Prepared] = []
        for waiting in ready:
            if waiting.cancelled:
                self._reports.dropped(waiting.request.id)
            elif waiting.prepared is None:
                self._reports.answer(Answer(waiting.request.id, "", 0.0, 0.0, FAILED))
            else:
                batch.append(waiting.prepared)
        return batch

    def _listen(self, request: Request) -> None:
        began = time.perf_counter()

        def heard(future: Future[Heard]) -> None:
            if future.cancelled():
                return
            seconds = time.perf_counter() - began
            try:
                said = future.result()
                answer = Answer(request.id, said.text, said.confidence, seconds)
            except (SoundError, ModelError) as refusal:
                answer = Answer(request.id, "", 0.0, seconds, str(refusal))
            except Exception:
                log.exception("a sound could not be listened to")
                answer = Answer(request.id, "", 0.0, seconds, NOT_HEARD)
            self._reports.answer(answer)
            with self._arrived:
                self._listening.pop(request.id, None)
                self._arrived.notify()

        future = self._listener.submit(request.picture)
        with self._arrived:
            self._listening[request.id] = future
        future.add_done_callback(heard)

    def _decoded(self, waiting: _Waiting, key: str, future: Future[Decoded]) -> None:
        """In a thread of the pool: one of its pictures is there, or refused."""
        if future.cancelled():
            return
        try:
            future.result()
        except PictureError as refusal:
            prepared = Prepared(waiting.request, "", (), str(refusal), waiting.began, refused_picture=key)
            self._finish(waiting, replace(prepared, decoding_seconds=refusal.seconds))
        except Exception:
            log.exception("a picture could not be decoded")
            self._finish(waiting, None)
        else:
            with self._arrived:
                waiting.missing -= 1
                if waiting.missing or waiting.ready:
                    return
            self._prepare(waiting, {key: future.result() for key, future in waiting.decoding.items()})

    def _prepare(self, waiting: _Waiting, decoded: Mapping[str, Decoded]) -> None:
        # Whatever ends the process in here, the broker knows whose picture it was.
        ids = [waiting.request.id]
        self._reports.stage("decoding", ids)
        try:
            prepared = self._answerer.prepare(waiting.request, {key: one.picture for key, one in decoded.items()})
        except Exception:
            log.exception("a request could not be prepared")
            self._finish(waiting, None)
        else:
            seconds = sum(one.seconds for one in decoded.values())
            self._finish(waiting, replace(prepared, began=waiting.began, decoding_seconds=seconds))
        finally:
            self._reports.stage("waiting", ids)

    def _finish(self, waiting: _Waiting, prepared: Prepared | None) -> None:
        with self._arrived:
            if not waiting.ready:  # another of its pictures may have been refused before
                waiting.prepared, waiting.failed = prepared, prepared is None
            self._arrived.notify()
