"""A set of words in one string: an eighth of a set's memory, for what is looked up a few times a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class WordList:
    """Words, or phrases of several, without line breaks in them."""

    __slots__ = ("_text",)

    def __init__(self, words: Iterable[str]) -> None:
        """Keep these words."""
        self._text = "\n".join(("", *words, ""))

    def __contains__(self, word: str) -> bool:
        """Whether a word is one of them."""
        return f"\n{word}\n" in self._text

    def __iter__(self) -> Iterator[str]:
        """The words in their order."""
        return iter(self._text.split("\n")[1:-1])
