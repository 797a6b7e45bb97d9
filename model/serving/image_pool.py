"""Decodes pictures in processes of their own that a hostile picture can neither leave nor hold for long.

A process that takes too long or ends is replaced, its picture refused and remembered by its content.
Whoever's pictures took least lately goes first, and nobody has all processes at once. It works with threads: for the
inference worker and, wrapped, for the bot's event loop.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from model.errors import PictureCostError, PictureError
from model.serving.image_process import DEFAULT_LIMITS, DecodingLimits, ImageProcess
from model.serving.limited_process import EndedError, ExhaustedError
from model.types import Grid

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

TOO_SLOW = "picture_too_slow"
BREAKS = "picture_breaks"
REMEMBERED = 4096
"""How many costly refusals are remembered."""
COSTLY_SECONDS = 0.25
"""A refusal that took so much CPU is remembered."""
HALF_LIFE = 60.0
"""Seconds after which what somebody's pictures took counts half."""
CLOSED = "no pictures are decoded any more"
_TRIES = 2
"""Processes that a picture may end: the first may have been ended by something else."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of one picture."""

    media_type: str
    """`image/...` by its content."""
    width: int
    """As it is stored, in pixels."""
    height: int
    seconds: float
    """CPU time that it took."""
    size: tuple[int, int]
    """Width and height of what `data` holds."""
    data: bytes
    """Rows of RGB pixels, or a JPEG where one was asked for."""

    @property
    def picture(self) -> Image.Image:
        """The pixels as a picture."""
        from PIL import Image  # the bot's process never asks for it

        return Image.frombuffer("RGB", self.size, self.data, "raw", "RGB", 0, 1)


@dataclass(slots=True, eq=False)
class _Job:
    pictures: Sequence[bytes | Path]
    key: str
    origin: str
    wanted: dict[str, Any]
    future: Future[Decoded]


class ImagePool:
    """Some decoding processes and those who wait for them. A process starts when it is first needed."""

    def __init__(self, size: int, limits: DecodingLimits = DEFAULT_LIMITS) -> None:
        """Use at most `size` processes at once."""
        self._size, self._limits = size, limits
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[_Job]] = {}
        self._running: Counter[str] = Counter()
        self._spent: dict[str, tuple[float, float]] = {}
        self._refused: LRUCache[str, str] = LRUCache(REMEMBERED)
        self._large = threading.Semaphore()
        self._processes: dict[threading.Thread, ImageProcess | None] = {}
        self._idle = 0
        self._closed = False

    def submit(
        self, picture: bytes | Path, *, key: str = "", origin: str = "", jpeg_side: int | None = None
    ) -> Future[Decoded]:
        """Decode a picture as soon as it is its turn.

        Args:
            picture: The file's bytes, or where it lies.
            key: Names its content: costly refusals are remembered under it.
            origin: Who wants it; all that have the same share one turn.
            jpeg_side: Give a JPEG whose longer side is at most so many pixels, instead of pixels.

        Returns:
            Ends in a `PictureError`, a `PictureCostError` when it reached a limit; in
            OSError when the file cannot be read, no process can be started, or the pool is closed.
        """
        return self._enter(_Job([picture], key, origin, {"jpeg_side": jpeg_side}, Future()))

    def submit_drawing(
        self,
        pictures: Sequence[bytes | Path],
        grids: Sequence[Grid],
        side: int,
        numbers: Sequence[int] = (),
        *,
        key: str = "",
        origin: str = "",
    ) -> Future[Decoded]:
        """Draw heat maps over pictures as soon as it is their turn: one JPEG of all, side by side.

        Args:
            pictures: The files' bytes, or where they lie.
            grids: For each picture how much its parts counted.
            side: The longer side of each in pixels, at most.
            numbers: Which pictures these are; without any they are counted from 1.
            key: As in `submit`.
            origin: As in `submit`.

        Returns:
            Ends as in `submit`.
        """
        return self._enter(_Job(pictures, key, origin, {"grids": grids, "side": side, "numbers": numbers}, Future()))

    def _enter(self, job: _Job) -> Future[Decoded]:
        key = job.key
        with self._changed:
            if self._closed:
                job.future.set_exception(InterruptedError(CLOSED))
            elif key and key in self._refused:
                job.future.set_exception(PictureCostError(self._refused[key]))
            else:
                self._waiting.setdefault(job.origin, deque()).append(job)
                if self._idle == 0 and len(self._processes) < self._size:
                    thread = threading.Thread(target=self._work, name="decode pictures", daemon=True)
                    self._processes[thread] = None
                    thread.start()
                self._changed.notify_all()
        return job.future

    def pids(self) -> list[int]:
        """The processes that run now."""
        with self._changed:
            return [process.pid for process in self._processes.values() if process is not None]

    def close(self) -> None:
        """End all processes at once, and whatever waits for them."""
        with self._changed:
            self._closed = True
            jobs = [job for waiting in self._waiting.values() for job in waiting]
            self._waiting.clear()
            for process in self._processes.values():
                if process is not None:
                    process.kill()
            self._changed.notify_all()
        for job in jobs:
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(InterruptedError(CLOSED))
        for thread in self._processes:
            thread.join()

    def _work(self) -> None:
        """Decode one picture after the other. The kernel ends a process with the thread that started it: this one."""
        try:
            while (job := self._next()) is not None:
                if job.future.set_running_or_notify_cancel():
                    self._do(job)
                with self._changed:
                    self._running -= Counter((job.origin,))
                    self._changed.notify_all()
        finally:
            self._discard()

    def _next(self) -> _Job | None:
        """Wait for a job: among those who have fewer processes than they may, of the one that spent least."""
        with self._changed:
            while not self._closed:
                most = max(1, self._size - 1)
                ready = [origin for origin in self._waiting if self._running[origin] < most]
                if ready:
                    origin = min(ready, key=self._spent_lately)
                    job = self._waiting[origin].popleft()
                    if not self._waiting[origin]:
                        del self._waiting[origin]
                    self._running[origin] += 1
                    return job
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
        return None

    def _do(self, job: _Job) -> None:
        with self._changed:
            refusal = self._refused.get(job.key)
        if refusal is not None:  # found out since it was asked for
            job.future.set_exception(PictureCostError(refusal))
            return
        try:
            decoded = self._decode(job)
        except PictureError as error:
            if not self._closed:
                self._remember(job.key, error)
                self._charge(job.origin, error.seconds)
            job.future.set_exception(InterruptedError(CLOSED) if self._closed else error)
        except Exception as error:  # noqa: BLE001 - whoever waits for it takes it
            job.future.set_exception(error)
        else:
            self._charge(job.origin, decoded.seconds)
            job.future.set_result(decoded)

    def _decode(self, job: _Job) -> Decoded:
        data = [one if isinstance(one, bytes) else one.read_bytes() for one in job.pictures]
        for _ in range(_TRIES):
            process = self._process()
            try:
                header, blob = process.decode(data, job.wanted, self._large)
            except ExhaustedError:
                self._discard()
                raise self._cost(TOO_SLOW) from None
            except EndedError as error:
                self._discard()
                log.warning("%s", error)
                continue
            if header["type"] == "refused":
                refusal = PictureError(header["failure"])
                refusal.seconds = header["seconds"]
                raise refusal
            width, height = header["stored_size"]
            size = (header["size"][0], header["size"][1])
            return Decoded(header["media_type"], width, height, header["seconds"], size, blob)
        raise self._cost(BREAKS)

    def _cost(self, code: str) -> PictureCostError:
        error = PictureCostError(code)
        error.seconds = float(self._limits.cpu_seconds)
        return error

    def _process(self) -> ImageProcess:
        """This thread's process, started where it has none."""
        thread = threading.current_thread()
        process = self._processes[thread]
        if process is None:
            process = ImageProcess(self._limits)
            with self._changed:
                self._processes[thread] = process
                if self._closed:
                    process.kill()
        return process

    def _discard(self) -> None:
        """End this thread's process."""
        thread = threading.current_thread()
        with self._changed:
            process, self._processes[thread] = self._processes[thread], None
        if process is not None:
            process.close()

    def _remember(self, key: str, error: PictureError) -> None:
        if key and error.seconds >= COSTLY_SECONDS:
            with self._changed:
                self._refused[key] = str(error)

    def _charge(self, origin: str, seconds: float) -> None:
        with self._changed:
            self._spent[origin] = (self._spent_lately(origin) + seconds, time.monotonic())
            if len(self._spent) > REMEMBERED:
                self._spent = {one: spent for one, spent in self._spent.items() if self._spent_lately(one) > 0.01}

    def _spent_lately(self, origin: str) -> float:
        seconds, at = self._spent.get(origin, (0.0, 0.0))
        return float(seconds * 0.5 ** ((time.monotonic() - at) / HALF_LIFE))
