"""Pictures decoded in processes of their own: the same pixels, and limits that hold whatever is sent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import numpy as np
import pytest
from image_helpers import save
from refusals import refuses
from test_image_refusals import REFUSED
from test_images import READABLE, two_halves

from bot.texts.failures import sentence
from model.benchmarks.picture_bombs import flat_avif, progressive_jpeg, run_length_bmp
from model.errors import PictureCostError, PictureError
from model.images import open_picture
from model.serving.image_pool import BREAKS, TOO_SLOW, Decoded, ImagePool
from model.serving.image_process import DecodingLimits

SHORT = DecodingLimits(cpu_seconds=1, clock_seconds=60)
ENDLESS = DecodingLimits(cpu_seconds=10_000, clock_seconds=10_000)
GOOD = save(two_halves(), "JPEG")

Make = Callable[..., ImagePool]


@pytest.fixture(scope="module")
def pool() -> Iterator[ImagePool]:
    pool = ImagePool(2)
    yield pool
    pool.close()


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[ImagePool] = []

    def make(size: int, limits: DecodingLimits = SHORT) -> ImagePool:
        made.append(ImagePool(size, limits))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("kind", READABLE)
def test_the_same_pixels_come_out(pool: ImagePool, kind: str) -> None:
    data = READABLE[kind]()
    decoded = pool.submit(data).result()
    assert (decoded.width, decoded.height) == (80, 40)
    assert decoded.media_type.startswith("image/")
    assert np.array_equal(np.asarray(decoded.picture), np.asarray(open_picture(data)))


@pytest.mark.parametrize("kind", REFUSED)
def test_the_same_refusals_come_out(pool: ImagePool, kind: str) -> None:
    data, _ = REFUSED[kind]
    with pytest.raises(PictureError) as inside:
        open_picture(data)
    with pytest.raises(PictureError) as outside:
        pool.submit(data).result()
    assert str(outside.value) == str(inside.value)


def test_a_file_is_read_and_a_small_jpeg_comes_out(pool: ImagePool, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(save(two_halves((800, 400)), "PNG"))
    small = pool.submit(file, jpeg_side=100).result()
    assert (small.width, small.height, small.size, small.media_type) == (800, 400, (100, 50), "image/png")
    assert open_picture(small.data).size == (100, 50)
    with pytest.raises(FileNotFoundError):
        pool.submit(tmp_path / "none").result()


@pytest.mark.parametrize("bomb", [progressive_jpeg, run_length_bmp])
def test_what_takes_too_long_is_refused_and_remembered(make: Make, bomb: Callable[[], bytes]) -> None:
    pool = make(1)
    pool.submit(GOOD).result()
    (before,) = pool.pids()
    data = bomb()
    with pytest.raises(PictureCostError) as refusal:
        pool.submit(data, key="bomb").result()
    assert str(refusal.value) == TOO_SLOW and refusal.value.seconds == SHORT.cpu_seconds
    assert not running(before)
    assert pool.submit(GOOD).result().size == (80, 40)
    (after,) = pool.pids()
    again = pool.submit(data, key="bomb")
    assert again.done() and str(again.exception()) == TOO_SLOW  # no process looked at it
    assert pool.pids() == [after]


def test_the_clock_ends_what_the_kernel_does_not(make: Make) -> None:
    pool = make(1, DecodingLimits(cpu_seconds=10_000, clock_seconds=2))
    with refuses(PictureCostError, match="too long"):
        pool.submit(progressive_jpeg()).result()


def test_a_process_that_is_ended_from_outside_costs_no_picture(make: Make) -> None:
    pool = make(1)
    pool.submit(GOOD).result()
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    assert pool.submit(GOOD).result().size == (80, 40)
    assert pool.pids() != [pid]


def test_ctrl_c_at_a_terminal_does_not_reach_a_process_that_still_starts(make: Make) -> None:
    """It goes to the terminal's whole process group, and would be a traceback in the middle of the imports."""
    pool = make(1)
    pool.submit(GOOD).result()
    [pid] = pool.pids()
    assert os.getsid(pid) == pid != os.getsid(0)


def test_what_ends_every_process_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PIL").mkdir()
    (tmp_path / "PIL" / "__init__.py").write_text("import os; os._exit(7)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    pool = make(1)
    with pytest.raises(PictureCostError) as refusal:
        pool.submit(GOOD).result()
    assert str(refusal.value) == BREAKS


def test_more_memory_than_allowed_is_a_refusal(make: Make) -> None:
    pool = make(1, DecodingLimits(cpu_seconds=60, clock_seconds=120, memory_bytes=400 * 2**20))
    with pytest.raises(PictureError) as refusal:
        pool.submit(flat_avif()).result()
    assert sentence(refusal.value)[0].isupper() and sentence(refusal.value).endswith(".")
    assert pool.submit(GOOD).result().size == (80, 40)


def test_a_process_has_no_files_no_sockets_and_no_secrets(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VQABOT_TELEGRAM_TOKEN", "123:secret")
    pool = make(1)
    pool.submit(GOOD).result()
    (pid,) = pool.pids()
    table = Path(f"/proc/{pid}/limits").read_text().splitlines()
    for name in ("Max open files", "Max file size", "Max core file size"):
        row = next(line for line in table if line.startswith(name))
        assert row[len(name) :].split()[:2] == ["0", "0"], row
    assert len(list(Path(f"/proc/{pid}/fd").iterdir())) == 4  # input, output as it was and redirected, errors
    names = {entry.split("=")[0] for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if entry}
    assert names == {"PYTHONPATH", "MALLOC_ARENA_MAX"}


def test_nobody_has_all_processes(make: Make) -> None:
    pool = make(2, ENDLESS)
    bombs = [pool.submit(run_length_bmp(), origin="a") for _ in range(5)]
    assert pool.submit(GOOD, origin="b").result().size == (80, 40)
    assert not any(bomb.done() for bomb in bombs)


def test_who_spent_least_goes_first(make: Make) -> None:
    pool = make(1, DecodingLimits(cpu_seconds=1, clock_seconds=120))
    pool.submit(run_length_bmp(), origin="spender").exception()
    finished: list[str] = []
    busy = pool.submit(save(two_halves((4_000, 4_000)), "PNG"), origin="first")
    futures: list[Future[Decoded]] = [busy]
    for origin in ("spender", "spender", "other"):
        future = pool.submit(GOOD, origin=origin)
        future.add_done_callback(lambda _, origin=origin: finished.append(origin))
        futures.append(future)
    wait(futures)
    assert finished == ["other", "spender", "spender"]


def test_closing_waits_for_no_picture(make: Make) -> None:
    pool = make(2, ENDLESS)
    bombs = [pool.submit(run_length_bmp(), origin=str(number)) for number in range(6)]
    pool.submit(b"", origin="9")
    while len(pool.pids()) < 2:
        pass
    pids = pool.pids()
    pool.close()
    for bomb in bombs:
        with pytest.raises(InterruptedError):
            bomb.result()
    assert not any(running(pid) for pid in pids)
    assert isinstance(pool.submit(GOOD).exception(), InterruptedError)


def test_the_processes_end_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(f"""
        import os, signal
        from model.serving.image_pool import ImagePool

        pool = ImagePool(1)
        pool.submit({GOOD!r}).result()
        print(*pool.pids(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """)
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    pid = int(done.stdout)
    while running(pid):  # the kernel needs a moment; the test's own time limit ends one that stays
        pass
