"""The bot as a process: started, killed, started again, as a supervisor would."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from chaos_bot import CLOCK, WORKER

HERE = Path(__file__).parent
TOKEN = "1000000001:chaos_has_no_secret_at_all"
RESTART_SECONDS = 0.2
WORKERS = ("chaos_worker", "model.serving.broker.embedded_worker")
"""By what the inference worker's command line is known: the bot has other children."""


class BotProcess:
    """Keeps `vqabot run` running until it is told not to."""

    def __init__(
        self,
        url: str,
        folder: Path,
        data_dir: Path,
        *,
        real_model: bool,
        broker_url: str | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        """Run behind `prefix`, which says where; what stands there is executed as the bot."""
        self._prefix = prefix
        self.data_dir, self.log = data_dir, folder / "bot.log"
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.kills = self.worker_kills = self.starts = self.own_ends = 0
        self._environment = {
            **os.environ,
            "VQABOT_TELEGRAM_TOKEN": TOKEN,
            "VQABOT_TELEGRAM_BASE_URL": url,
            "VQABOT_DATA_DIR": str(data_dir),
            "VQABOT_QUESTIONS_PER_MINUTE": "1000",
            "VQABOT_MAX_WAITING_PER_CHAT": "500",
            "VQABOT_MAX_WAITING_PER_PERSON": "500",
            "VQABOT_MAX_STORED_MB": "20",
            "VQABOT_MAX_STORED_MB_PER_CHAT": "12",
            CLOCK: str(self.clock),
            WORKER: "" if real_model else str(HERE / "chaos_worker.py"),
            **({"VQABOT_BROKER_URL": broker_url} if broker_url else {}),
        }
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._killed = False

    async def __aenter__(self) -> BotProcess:
        self._supervisor = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.end()

    async def end(self) -> int | None:
        """End it as an init system does, with SIGTERM; returns its exit code."""
        if self._supervisor is None:
            return None
        self._supervisor.cancel()
        await asyncio.gather(self._supervisor, return_exceptions=True)
        self._supervisor = None
        if self._process is None:
            return None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(60):
                return await self._process.wait()
        except TimeoutError:
            self._process.kill()
            return await self._process.wait()

    def kill(self) -> bool:
        """kill -9, whatever it is doing; its worker goes with it."""
        if self._process is None or self._process.returncode is not None:
            return False
        self._killed = True
        self._process.kill()
        self.kills += 1
        return True

    def kill_worker(self) -> bool:
        """kill -9 of the worker alone; False where there is none just now."""
        killed = self._each_worker(psutil.Process.kill)
        self.worker_kills += killed
        return killed

    def stop_worker(self) -> bool:
        """SIGSTOP of the worker: it lives, and does nothing more."""
        return self._each_worker(psutil.Process.suspend)

    def _each_worker(self, do: Callable[[psutil.Process], None]) -> bool:
        """Do something to the worker; False where there is none."""
        if self._process is None or self._process.returncode is not None:
            return False
        try:
            children = psutil.Process(self._process.pid).children()
            workers = [child for child in children if any(name in " ".join(child.cmdline()) for name in WORKERS)]
            for worker in workers:
                do(worker)
        except psutil.NoSuchProcess:
            return False
        return bool(workers)

    async def _supervise(self) -> None:
        while True:
            self._killed = False
            with self.log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *(*self._prefix, sys.executable, str(HERE / "chaos_bot.py")),
                    stdout=log,
                    stderr=log,
                    env=self._environment,
                )
            self.starts += 1
            await self._process.wait()
            if not self._killed:
                self.own_ends += 1
            await asyncio.sleep(RESTART_SECONDS)
