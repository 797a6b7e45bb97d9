"""Keeps secrets out of everything that is logged."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

_TOKEN = re.compile(r"(?<!\d)\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")


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


def set_up_logging(level: str, secrets: Sequence[str] = ()) -> None:
    """Log to standard error, redacted. Libraries that log addresses (which hold the token) may only warn."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redactor(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "telegram", "aiosqlite", "aiohttp.access", "PIL"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
