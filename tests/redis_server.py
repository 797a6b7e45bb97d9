"""A real Redis server for tests, of their own: on a socket in a folder, without a port."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

FOUND = shutil.which("redis-server") or shutil.which("valkey-server")


class RedisServer:
    """Starts and ends it; it keeps nothing over a restart unless it is told to."""

    def __init__(self, folder: Path, *, persistent: bool = False) -> None:
        self.folder, self.persistent = folder, persistent
        self._socket = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, namespace: str = "") -> str:
        """An address; each call means a place of its own, unless it is named."""
        return f"unix://{self._socket}?namespace={namespace or secrets.token_hex(4)}"

    def start(self) -> None:
        if FOUND is None:
            pytest.skip("install redis-server (or valkey-server): apt install redis-server")
        kept = ["--appendonly", "yes", "--appendfsync", "always"] if self.persistent else ["--save", ""]
        command = [FOUND, "--port", "0", "--unixsocket", str(self._socket), "--dir", str(self.folder), *kept]
        self.process = subprocess.Popen([*command, "--loglevel", "warning"], stdout=subprocess.DEVNULL)
        while not self._answers():
            assert self.process.poll() is None, "redis-server ended"
            time.sleep(0.01)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as one:
                one.connect(str(self._socket))
                one.sendall(b"PING\r\n")
                return one.recv(16).startswith(b"+PONG")
        except OSError:
            return False
