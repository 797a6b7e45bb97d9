"""A broker of another kind, to see that nothing else has to know it: its workers call in over TCP."""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

from model.backends.placement import Placement
from model.errors import ModelError
from model.serving.broker.jobs import Jobs
from model.serving.broker.watchdog import Watchdog
from model.serving.transport import Cancellation, Stage
from model.serving.worker import work
from model.types import Answer, Request, SentPicture, WorkerInfo

LONGEST_LINE = 2**27
HANG_SECONDS = 20.0


class Connection:
    """A worker as the broker sees it."""

    def __init__(self, writer: asyncio.StreamWriter, model: str) -> None:
        self._writer = writer
        self.info = WorkerInfo(model, ready=False)
        self.watchdog: Watchdog | None = None  # once it is ready
        self.progress = -1

    def tell(self, **message: object) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")


class ToyBroker:
    def __init__(
        self, model: str, command: Sequence[str] = (__file__,), *, workers: int = 1, hang_seconds: float = HANG_SECONDS
    ) -> None:
        self._model, self._command, self._number, self._hang_seconds = model, command, workers, hang_seconds
        self._jobs: Jobs[Connection] = Jobs(3)
        self._answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._connections: list[Connection] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._tried, self._unusable = asyncio.Event(), ""
        self._starts = self._answered = 0
        self._stopped = False

    @property
    def capacity(self) -> int:
        return self._jobs.capacity(self._number)

    @property
    def redelivered(self) -> int:
        return self._jobs.redelivered

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._listen, "127.0.0.1", 0, limit=LONGEST_LINE)
        self._tasks = [asyncio.create_task(self._keep()) for _ in range(self._number)]
        self._tasks.append(asyncio.create_task(self._watch()))

    async def wait_ready(self) -> None:
        await self._tried.wait()
        if self._unusable:
            raise ModelError(self._unusable)

    async def submit(self, request: Request) -> None:
        if self._stopped:
            raise RuntimeError("the broker is stopped")
        self._jobs.add(request)
        self._assign()

    async def cancel(self, request_id: str) -> None:
        if (worker := self._jobs.cancel(request_id)) is not None:
            worker.tell(cancel=request_id)

    async def results(self) -> AsyncIterator[Answer]:
        while (answer := await self._answers.get()) is not None:
            yield answer
        self._answers.put_nowait(None)

    async def forget(self, pictures: Collection[str]) -> None:
        pass

    async def drain(self, worker: str) -> bool:
        return False

    async def workers(self) -> Sequence[WorkerInfo]:
        restarts = max(0, self._starts - self._number)
        known = [one.info for one in self._connections] or [WorkerInfo(self._model, ready=False)]
        return [replace(info, restarts=restarts, answered=self._answered) for info in known]

    async def stop(self, grace: float = 10.0) -> None:
        if self._stopped:
            return
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._server.close()
        self._answers.put_nowait(None)

    async def _keep(self) -> None:
        """There is always a process."""
        port = self._server.sockets[0].getsockname()[1]
        while True:
            self._starts += 1
            arguments = [*self._command, "--port", str(port), "--model", self._model, "--batch-size", "3"]
            process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
            try:
                await process.wait()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._hang_seconds / 4)
            for one in self._connections:
                if one.watchdog is not None and one.watchdog.left(self._hang_seconds) <= 0:
                    os.kill(one.watchdog.pid, signal.SIGKILL)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One worker's life."""
        worker, task = Connection(writer, self._model), asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        self._connections.append(worker)
        try:
            with contextlib.suppress(ConnectionError):
                while line := await reader.readline():
                    self._hear(worker, **json.loads(line))
        finally:
            writer.close()
            self._connections.remove(worker)
            for answer in self._jobs.worker_died(worker):
                self._answers.put_nowait(answer)
            self._assign()

    def _hear(self, worker: Connection, kind: str, **said: Any) -> None:
        idle = kind == "alive" and said["progress"] == worker.progress and self._jobs.held_by(worker)
        if not idle and worker.watchdog is not None:
            worker.watchdog.moved()
        worker.progress = said.get("progress", worker.progress)
        if kind == "ready":
            worker.info = replace(worker.info, ready=True, **said)
            worker.watchdog = Watchdog(said["pid"])
            self._jobs.join(worker)
            self._tried.set()
        elif kind == "failed":
            self._unusable = said["error"]
            self._tried.set()
        elif kind == "stage":
            self._jobs.reached(said["stage"], said["ids"])
        elif kind == "dropped":
            self._jobs.dropped(said["id"])
        elif kind == "answer" and self._jobs.finish(said["id"]):
            self._answered += 1
            self._answers.put_nowait(Answer.from_json(said))
        self._assign()

    def _assign(self) -> None:
        while (assigned := self._jobs.assign()) is not None:
            worker, request = assigned
            if worker.watchdog is not None:
                worker.watchdog.moved()
            pictures = [base64.b64encode(picture.data).decode() for picture in request.pictures]
            settings = asdict(replace(request, picture=b"", others=()))
            worker.tell(request={**settings, "picture": None, "pictures": pictures})


class SocketTransport:
    """The worker's end."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._lock = threading.Lock()

    def requests(self) -> Iterator[Request | Cancellation]:
        with self._socket.makefile("rb") as lines:
            for message in map(json.loads, lines):
                if "cancel" in message:
                    yield Cancellation(message["cancel"])
                else:
                    request = message["request"]
                    first, *others = map(base64.b64decode, request.pop("pictures"))
                    yield Request(**{**request, "picture": first, "others": tuple(map(SentPicture, others))})
        os._exit(0)

    def stage(self, stage: Stage, ids: Sequence[str]) -> None:
        self._tell("stage", stage=stage, ids=list(ids))

    def answer(self, answer: Answer) -> None:
        self._tell("answer", **asdict(answer))

    def dropped(self, request_id: str) -> None:
        self._tell("dropped", id=request_id)

    def alive(self, progress: int) -> None:
        self._tell("alive", progress=progress)

    def ready(self, device: str, dtype: str, pace: float) -> None:
        self._tell("ready", device=device, dtype=dtype, pid=os.getpid())

    def failed(self, error: str) -> None:
        self._tell("failed", error=error)

    def _tell(self, kind: str, **message: object) -> None:
        with self._lock:
            self._socket.sendall(json.dumps({"kind": kind, **message}).encode() + b"\n")


def connect(url: str, asker: str = "bot") -> ToyBroker:
    """`toy://MODEL` answers with that model's folder."""
    return ToyBroker(urlsplit(url).path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--model")
    parser.add_argument("--batch-size", type=int)
    options = parser.parse_args()
    sys.exit(work(SocketTransport(options.port), options.model, Placement("cpu"), options.batch_size))


if __name__ == "__main__":
    main()
