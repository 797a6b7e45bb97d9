"""Has sounds written down in a process of its own that a hostile file can neither leave nor hold for long."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from model.errors import ModelError, SoundError
from model.serving.limited_process import EndedError, ExhaustedError, LimitedProcess
from model.speech.transcriber import OFF, POCKETSPHINX, Heard, chosen

log = logging.getLogger(__name__)

CPU_SECONDS = 20
"""Of one sound; a minute of speech takes pocketsphinx some ten."""
CLOCK_SECONDS = 60.0
MEMORY_BYTES = 2**30
TOO_SLOW = "sound_too_slow"
BREAKS = "sound_breaks"
NOT_HERE = "speech_off"
_TRIES = 2
"""Processes that a sound may end: the first may have been ended by something else."""


class Listener:
    """One such process, started when it is first needed. A chat waits for its own sound before it sends another, so
    whoever came first goes first."""

    def __init__(self, speech: str) -> None:
        """Listen by what `VQABOT_SPEECH` means on this machine."""
        self._speech = chosen(speech)
        self._threads = ThreadPoolExecutor(1, "listen to sounds")
        self._process: LimitedProcess | None = None
        self._changing = threading.Lock()
        self._closed = False

    def prepare(self) -> None:
        """See that a model of somebody's own can be loaded, before anybody asks; what comes with a package can be.

        Raises:
            ModelError: It cannot.
        """
        if self._speech in (OFF, POCKETSPHINX):
            return
        from model.speech.whisper import locate

        self._speech = str(locate(self._speech))
        self._threads.submit(self._ready_process).result()

    def submit(self, sound: bytes) -> Future[Heard]:
        """What is said in a sound file. Ends in a `SoundError` where that cannot be told."""
        return self._threads.submit(self._listen, sound)

    def close(self) -> None:
        """End the process at once, and whatever waits for it."""
        with self._changing:
            self._closed = True
            if self._process is not None:
                self._process.kill()
        self._threads.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.close()

    def _listen(self, sound: bytes) -> Heard:
        if self._speech == OFF:
            raise SoundError(NOT_HERE)
        for _ in range(_TRIES):
            process = self._ready_process()
            try:
                process.send({"type": "sound"}, sound)
                reply, _ = process.receive()
            except ExhaustedError:
                self._process = None
                raise SoundError(TOO_SLOW) from None
            except EndedError as error:
                self._process = None
                if self._closed:
                    break
                log.warning("%s", error)
                continue
            if reply["type"] == "refused":
                raise SoundError(reply["failure"])
            return Heard(reply["text"], reply["confidence"])
        raise SoundError(BREAKS)

    def _ready_process(self) -> LimitedProcess:
        """The process, started where there is none. In its own thread: with that the kernel ends it.

        Raises:
            ModelError: It cannot load its model.
        """
        if self._process is not None:
            return self._process
        limited = self._speech == POCKETSPHINX
        limits = ["--cpu-seconds", str(CPU_SECONDS if limited else 0), "--memory", str(MEMORY_BYTES if limited else 0)]
        process = LimitedProcess(["model.serving.speech_worker", "--speech", self._speech, *limits], CLOCK_SECONDS)
        with self._changing:
            self._process = process
            if self._closed:
                process.kill()
        try:
            reply, _ = process.receive()
        except EndedError as error:
            self._process = None
            raise SoundError(BREAKS) from error
        if reply["type"] == "failed":
            self._process = None
            process.close()
            raise ModelError(reply["error"])
        return process
