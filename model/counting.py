"""Numbers with their nouns, as people read them in chats and on the command line."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number with its noun, which gets an s where there is not one: "1 chat", "3,000 chats"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def too_few(number: int, noun: str) -> str:
    """The beginning of a refusal: "1 question is too few"."""
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'} too few"
