"""Telegram counts text in UTF-16 code units: a face is two, a letter is one."""

from __future__ import annotations


def length(text: str) -> int:
    """UTF-16 code units in `text`."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, start: int, stop: int) -> str:
    """The part of `text` between two UTF-16 offsets."""
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * stop].decode("utf-16-le", "replace")
