"""Keeps secrets out of everything that is logged."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime

_TOKEN = re.compile(r"(?<!\d)\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")

_QUESTION = re.compile(r"\b(?:question|request) (\d+)\b")


class Redactor(logging.Formatter):
    """Formats a record and then replaces every secret in it, tracebacks included."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        """Replace whatever looks like a token, and the given secrets."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """The record's text without secrets."""
        return self.clean(super().format(record))

    def clean(self, text: str) -> str:
        """A text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        return _TOKEN.sub("<token>", text)


class JsonRedactor(Redactor):
    """The same as a JSON object a line, with the number of the question that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON without secrets."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.clean(record.getMessage()),
        }
        question = _QUESTION.search(str(said["message"]))
        if question is not None:
            said["question"] = int(question[1])
        if record.exc_info:
            said["exception"] = self.clean(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def set_up_logging(level: str, secrets: Sequence[str] = (), form: str = "text") -> None:
    """Log to standard error, redacted, as `text` or `json`. Libraries that log addresses (with the token) only warn."""
    handler = logging.StreamHandler()
    handler.setFormatter((JsonRedactor if form == "json" else Redactor)(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "telegram", "aiosqlite", "aiohttp.access", "PIL"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
