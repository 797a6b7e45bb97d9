"""A Redis server and workers on it, which die as other machines do."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import psutil
from chaos_bot import WORKER

sys.path.insert(0, str(Path(__file__).parents[1]))

from redis_server import RedisServer

HERE = Path(__file__).parent
RESTART_SECONDS = 0.2
STILL_SECONDS = 14.0
"""Longer than a worker may be silent."""
AWAY_SECONDS = 1.5


class RedisSide:
    """Keeps some `vqabot worker`s running, and their server."""

    def __init__(self, folder: Path, dice: random.Random, workers: int = 2, *, real_model: bool = False) -> None:
        folder.mkdir()
        self.server = RedisServer(folder)
        self.url, self.log = self.server.url("chaos"), folder / "workers.log"
        self._dice, self._number = dice, workers
        self._environment = {
            **os.environ,
            "VQABOT_BROKER_URL": self.url,
            WORKER: "" if real_model else str(HERE / "chaos_worker.py"),
        }
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._supervisors: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> RedisSide:
        await asyncio.to_thread(self.server.start)
        self._supervisors = [asyncio.create_task(self._supervise(number)) for number in range(self._number)]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        for task in self._supervisors:
            task.cancel()
        await asyncio.gather(*self._supervisors, return_exceptions=True)
        for process in self._processes.values():
            if process.returncode is None:
                process.kill()
                await process.wait()
        self.server.kill()

    def kill_worker(self) -> bool:
        """kill -9 of a whole worker, as if its machine were switched off, or of what answers in it."""
        process = self._some()
        if process is None:
            return False
        if self._dice.random() < 0.7:
            process.kill()
            return True
        try:
            answering = [
                child for child in psutil.Process(process.pid).children() if "chaos_worker" in " ".join(child.cmdline())
            ]
        except psutil.NoSuchProcess:
            return False
        for child in answering:
            child.kill()
        return bool(answering)

    async def stand_still(self) -> None:
        """SIGSTOP of a worker for longer than it counts as alive; then it goes on where it was."""
        process = self._some()
        if process is None:
            return
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(STILL_SECONDS)
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)

    def end_worker(self) -> None:
        """SIGTERM: it finishes what it has, or hands it back."""
        process = self._some()
        if process is not None:
            process.terminate()

    async def kill_server(self) -> None:
        """kill -9 of Redis. It comes back with what it wrote down: all, nothing, or what an earlier one knew."""
        self.server.kill()
        await asyncio.sleep(self._dice.uniform(0.0, AWAY_SECONDS))
        self.server.persistent = self._dice.random() < 0.5
        await asyncio.to_thread(self.server.start)

    def _some(self) -> asyncio.subprocess.Process | None:
        running = [process for process in self._processes.values() if process.returncode is None]
        return self._dice.choice(running) if running else None

    async def _supervise(self, number: int) -> None:
        while True:
            with self.log.open("ab") as log:
                self._processes[number] = await asyncio.create_subprocess_exec(
                    *(sys.executable, str(HERE / "chaos_bot.py"), "worker", "--name", f"machine{number}"),
                    *("--grace", "2"),
                    stdout=log,
                    stderr=log,
                    env=self._environment,
                )
            await self._processes[number].wait()
            await asyncio.sleep(RESTART_SECONDS)
