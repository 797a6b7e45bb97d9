"""Breaks one line at a time, in a copy, and runs the tests that should notice: a mutant that they let pass is a gap.

The mutants stand in bot.toml and storage.toml. `python tests/mutants/mutants.py --help`
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LISTS = (HERE / "bot.toml", HERE / "storage.toml")
TEST_SECONDS = 60
"""What a single test may take before it counts as hung, on a machine that may be busy."""
RUN_SECONDS = 240.0
"""What all tests of a mutant may take; a broken line may also hang what ends them."""

PYTEST = "import os, pytest, sys; status = pytest.main(sys.argv[1:]); sys.stdout.flush(); os._exit(status)"
"""What a failed test left open (a thread of a database) does not keep its process."""


@dataclass(frozen=True)
class Mutant:
    """A change that some test must notice."""

    file: str
    """Path in the repository."""
    lines: str
    """Occurs once in the file."""
    instead: str
    tests: tuple[str, ...]
    """Files of tests/, or single tests of them (`file::test`)."""
    survives: str = ""
    """Why no test can notice it, where that is so."""

    def __str__(self) -> str:
        before, after = (" ".join(text.split()) for text in (self.lines, self.instead))
        return f"{self.file}: {before} -> {after or 'nothing'}"

    def apply(self, text: str) -> str:
        """The file's text with the change.

        Raises:
            ValueError: The lines do not occur in it exactly once.
        """
        if text.count(self.lines) != 1:
            raise ValueError(f"occurs {text.count(self.lines)} times: {self}")
        return text.replace(self.lines, self.instead)


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    noticed: bool
    by: str
    """The test that failed, or what else happened."""
    seconds: float


def read(lists: Iterable[Path] = LISTS) -> list[Mutant]:
    """All mutants."""
    return [
        Mutant(file, one["lines"], one["instead"], tuple(one["tests"]), one.get("survives", ""))
        for path in lists
        for file, several in tomllib.loads(path.read_text()).items()
        for one in several
    ]


class Copy:
    """A copy of a project, in which files may be broken."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        for name in listed.split("\0"):
            if name and (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, folder / name)
        self._changes = 0

    @contextmanager
    def broken(self, mutant: Mutant) -> Iterator[None]:
        """With one mutant applied."""
        path = self.folder / mutant.file
        text, state = path.read_text(), path.stat()
        self._changes += 1
        path.write_text(mutant.apply(text))
        # Python takes a file for unchanged by its time in whole seconds and its size.
        os.utime(path, (state.st_atime, state.st_mtime + self._changes))
        try:
            yield
        finally:
            path.write_text(text)
            os.utime(path, (state.st_atime, state.st_mtime))

    def test(self, tests: Sequence[str], *options: str, seconds: float = RUN_SECONDS) -> tuple[int, str]:
        """Run tests against the copy; returns pytest's exit status (-1: not done in time) and what it wrote."""
        named = [f"tests/{test}" for test in tests]
        command = [sys.executable, "-c", PYTEST, "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header"]
        command += [f"--timeout={TEST_SECONDS}", "--tb=no", *options, *named]
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            written, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return -1, ""
        return process.returncode, written


def judge(copy: Copy, mutant: Mutant) -> Outcome:
    """Apply a mutant and see whether its tests notice.

    Raises:
        RuntimeError: The tests did not run at all, so that nothing is known.
    """
    began = time.monotonic()
    with copy.broken(mutant):
        status, written = copy.test(mutant.tests, "-x")
    failed = [line for line in written.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if status > 1 and not failed:
        raise RuntimeError(f"the tests of a mutant did not run (pytest ended with {status}): {mutant}\n{written}")
    by = "hung" if status == -1 else failed[0].partition(" - ")[0] if failed else "its end" if status else ""
    return Outcome(mutant, status != 0, by, time.monotonic() - began)


def run(mutants: Sequence[Mutant], jobs: int, tell: Callable[[Outcome], None], root: Path = ROOT) -> list[Outcome]:
    """Judge mutants, several at once, each in a copy of its own.

    Raises:
        RuntimeError: Their tests fail without them already.
    """
    with tempfile.TemporaryDirectory(prefix="vqabot-mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for number in range(jobs):
            copies.put(Copy(Path(folder) / str(number), root))

        def with_copy(work: Callable[[Copy], Outcome | tuple[int, str]]) -> Outcome | tuple[int, str]:
            copy = copies.get()
            try:
                return work(copy)
            finally:
                copies.put(copy)

        # What fails anyway would notice everything. A whole file stands for the single tests of it.
        named = sorted({test for mutant in mutants for test in mutant.tests})
        named = [test for test in named if "::" not in test or test.partition("::")[0] not in named]
        parts = [named[first::jobs] for first in range(min(jobs, len(named)))]
        for status, written in pool.map(lambda part: with_copy(lambda copy: copy.test(part, seconds=3600)), parts):
            if status != 0:
                raise RuntimeError(f"the tests fail as they are:\n{written}")

        def one(mutant: Mutant) -> Outcome:
            outcome = with_copy(lambda copy: judge(copy, mutant))
            assert isinstance(outcome, Outcome)
            tell(outcome)
            return outcome

        return list(pool.map(one, mutants))


def main() -> int:
    """Returns 1 when a mutant survives for which no reason is given, 2 when nothing could be judged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", default=[""], help="those whose file or lines hold one of these texts")
    parser.add_argument("--jobs", type=int, default=2, help="so many at once")
    options = parser.parse_args()
    mutants = [one for one in read() if any(text in one.file or text in one.lines for text in options.only)]
    began = time.monotonic()

    def tell(outcome: Outcome) -> None:
        word = f"noticed by {outcome.by}" if outcome.noticed else "SURVIVED"
        print(f"{outcome.seconds:5.1f} s  {outcome.mutant}\n         {word}", flush=True)

    try:
        outcomes = run(mutants, options.jobs, tell)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    survivors = [outcome.mutant for outcome in outcomes if not outcome.noticed]
    print(f"\n{'package':<10}{'mutants':>9}{'noticed':>9}{'survived':>10}")
    for package in sorted({mutant.file.partition("/")[0] for mutant in mutants}):
        of_package = [outcome.noticed for outcome in outcomes if outcome.mutant.file.startswith(f"{package}/")]
        print(f"{package:<10}{len(of_package):>9}{sum(of_package):>9}{of_package.count(False):>10}")
    print(f"{(time.monotonic() - began) / 60:.0f} minutes")
    for mutant in survivors:
        print(f"survived: {mutant}\n  {mutant.survives or 'NO REASON IS KNOWN'}")
    return int(any(not mutant.survives for mutant in survivors))


if __name__ == "__main__":
    sys.exit(main())
