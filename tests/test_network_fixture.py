"""The fixture that keeps all tests on this machine, held against tests that leave it."""

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")
LEAVING = """
import asyncio, contextlib, socket

def test_a_name():
    with contextlib.suppress(OSError):
        socket.create_connection(("example.org", 80), timeout=1)

def test_an_address():
    with contextlib.suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

def test_a_datagram():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", ("192.0.2.1", 53))

def test_a_loop():
    async def call():
        with contextlib.suppress(OSError):
            await asyncio.open_connection("192.0.2.1", 80)
    asyncio.run(call())
"""
STAYING = """
import socket

def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass

def test_a_pair():
    for end in socket.socketpair():
        end.close()
"""


def test_what_leaves_this_machine_fails_and_what_stays_passes(tmp_path: Path) -> None:
    for file in (CONFTEST, CONFTEST.with_name("redis_server.py")):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "test_leaving.py").write_text(LEAVING)
    (tmp_path / "test_staying.py").write_text(STAYING)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        ".",
        ".",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.stdout.count("the network was touched") >= 4, done.stdout
    assert "6 passed, 4 errors" in done.stdout, done.stdout
