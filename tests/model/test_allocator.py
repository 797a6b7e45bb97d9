"""Memory of large tensors is kept by the process: the kernel does not clear it again for each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

PROGRAM = """
import resource, sys
from model.backends.allocator import keep_memory
if sys.argv[1] == "kept" and not keep_memory():
    sys.exit(77)
import torch
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    x = torch.ones(40 * 2**20, dtype=torch.uint8)
    return x + x
for _ in range(8):
    work()  # alignment makes the first ones take some more
before = faults()
for _ in range(10):
    work()
print(faults() - before)
"""


def faults(how: str, **environment: str) -> int:
    base = {"PATH": "/usr/bin:/bin", "THP_MEM_ALLOC_ENABLE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=False, env=base | environment
    )
    if done.returncode == 77:
        pytest.skip("not with this C library")
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_tensor_takes_over_the_memory_of_the_last() -> None:
    assert faults("kept") < faults("as it comes") / 10


def test_settings_in_the_environment_stay() -> None:
    code = "from model.backends.allocator import keep_memory; import sys; sys.exit(keep_memory())"
    environment = {"PATH": "/usr/bin:/bin", "MALLOC_TRIM_THRESHOLD_": "100000"}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0


BIG = """
import sys
from concurrent.futures import ThreadPoolExecutor
from model import images
from model.backends.allocator import keep_memory
if not keep_memory():
    sys.exit(77)
if sys.argv[1] == "kept":
    images.give_back_memory = lambda: None
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024
with open(sys.argv[2], "rb") as file:
    data = file.read()
before = resident()
ThreadPoolExecutor(1).submit(images.open_picture, data).result()
print(resident() - before)
"""


def test_a_large_picture_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    Image.new("RGB", (5000, 5000), "red").save(file)

    def left(how: str) -> int:
        command = [sys.executable, "-c", BIG, how, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 77:
            pytest.skip("not with this C library")
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert left("given back") < left("kept") - 40  # MB; decoded it is 75


ARENAS = """
import ctypes, sys, threading
from model.backends.allocator import share_arena
c_library = ctypes.CDLL(None)
if not hasattr(c_library, "malloc_info"):
    sys.exit(77)
if sys.argv[1] == "shared":
    share_arena()
together = threading.Barrier(4)
def allocate():
    together.wait()
    kept.append(bytes(10_000))
    together.wait()
kept = []
threads = [threading.Thread(target=allocate) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
out = ctypes.c_void_p.in_dll(c_library, "stdout")
c_library.malloc_info(0, out)
c_library.fflush(out)
"""


def arenas(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", ARENAS, how], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("not with this C library")
    assert done.returncode == 0, done.stderr
    return done.stdout.count("<heap ")


def test_threads_share_an_arena() -> None:
    assert arenas("shared") == 1 < arenas("as it comes")
