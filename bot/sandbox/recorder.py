"""What went over the wire: a bounded log for tests, and JSON lines in a file."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import IO, Any

LOG_LENGTH = 10_000  # calls


class Recorder:
    """Keeps the last calls, and appends calls and updates to a file when one is named."""

    def __init__(self, path: Path | None = None) -> None:
        """Record to `path` (one JSON object a line) when it is given."""
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None

    def call(self, entry: dict[str, Any], *, ignored: list[str], bot_id: int | None) -> None:
        """Note one call with its answer: `method`, `params` as they were understood, `ok`, `result` or the error."""
        number = self.log[-1]["n"] + 1 if self.log else 1
        self.log.append({"n": number, "bot": bot_id, "ignored": ignored, **entry})
        self._write(entry)

    def update(self, update: dict[str, Any]) -> None:
        """Note one update, as it was handed to a bot."""
        self._write({"update": update})

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
