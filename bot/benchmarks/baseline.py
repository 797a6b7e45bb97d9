"""What the disk gives: single durable commits, one after the other, as a ledger without groups would make them."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path


def durable_commits(folder: Path, seconds: float) -> float:
    """Commits a second of one row each, WAL and synchronous=FULL, on the disk of `folder`."""
    with closing(sqlite3.connect(folder / "baseline.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE rows (text TEXT)")
        started, number = time.perf_counter(), 0
        while time.perf_counter() < started + seconds:
            connection.execute("INSERT INTO rows VALUES ('a question')")
            number += 1
        return number / (time.perf_counter() - started)
