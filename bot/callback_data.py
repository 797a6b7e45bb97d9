"""What buttons carry: typed, at most 64 bytes, and never a chat's number: the chat is where the button was pressed.

A button's data comes from the person's app, so it is input like any other: what does not parse is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from telegram.constants import InlineKeyboardButtonLimit

LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class _Packed:
    prefix: ClassVar[str]

    def _join(self, *parts: object) -> str:
        text = ":".join((self.prefix, *map(str, parts)))
        if len(text.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise ValueError(f"callback data is too long: {text!r}")
        return text

    @classmethod
    def _parts(cls, data: str | None, number: int) -> list[str] | None:
        prefix, *parts = (data or "").split(":")
        return parts if prefix == cls.prefix and len(parts) == number else None


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 17 and int(text) < LARGEST else None


@dataclass(frozen=True, slots=True)
class _Numbered(_Packed):
    number: int

    def pack(self) -> str:
        """As Telegram carries it."""
        return self._join(self.number)

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        parts = cls._parts(data, 1)
        number = _integer(parts[0]) if parts else None
        return None if number is None else cls(number)


@dataclass(frozen=True, slots=True)
class CancelQuestion(_Numbered):
    """Cancel a question of this chat, by the question's number."""

    prefix: ClassVar[str] = "cancel"


@dataclass(frozen=True, slots=True)
class AskEach(_Numbered):
    """Ask a question about several pictures about each of them, by the question's number."""

    prefix: ClassVar[str] = "each"


@dataclass(frozen=True, slots=True)
class JudgeAnswer(_Packed):
    """Call the answer to a question of this chat right or wrong, as a whole or about one of several pictures."""

    prefix: ClassVar[str] = "judge"
    number: int
    is_right: bool
    position: int = 0
    """Of the picture, from 1; 0: the answer as a whole."""

    def pack(self) -> str:
        """As Telegram carries it."""
        return self._join(self.number, int(self.is_right), *((self.position,) if self.position else ()))

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        parts = cls._parts(data, 2) or cls._parts(data, 3)
        if parts is None or parts[1] not in ("0", "1"):
            return None
        number, position = _integer(parts[0]), _integer(parts[2]) if len(parts) == 3 else 0
        return None if number is None or position is None else cls(number, parts[1] == "1", position)


@dataclass(frozen=True, slots=True)
class ShowWhere(_Numbered):
    """Show where the answer to a question of this chat came from, by the question's number."""

    prefix: ClassVar[str] = "where"


@dataclass(frozen=True, slots=True)
class ChangeSetting(_Packed):
    """Set one of the chat's settings to a value. It names the value, not a step: pressed twice it changes once."""

    prefix: ClassVar[str] = "set"
    name: str
    """beams, tokens, keep (days; 0: as the bot does), train (1: may be used), lang (its place), reset, or help."""
    value: int = 0

    def pack(self) -> str:
        """As Telegram carries it."""
        return self._join(self.name, self.value)

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        parts = cls._parts(data, 2)
        if parts is None or parts[0] not in ("beams", "tokens", "keep", "train", "lang", "reset", "help"):
            return None
        value = _integer(parts[1])
        return None if value is None else cls(parts[0], value)


@dataclass(frozen=True, slots=True)
class HistoryPage(_Numbered):
    """Show a page of the history, counted from 0."""

    prefix: ClassVar[str] = "page"


@dataclass(frozen=True, slots=True)
class ShowPicture(_Numbered):
    """Show the picture of a question of this chat, by the question's number."""

    prefix: ClassVar[str] = "pic"


@dataclass(frozen=True, slots=True)
class ConfirmDelete(_Packed):
    """Delete everything of this chat, or keep it; only who asked may press."""

    prefix: ClassVar[str] = "del"
    really: bool
    asker: int
    messages: bool = False
    """The bot's own messages in the chat, too."""

    def pack(self) -> str:
        """As Telegram carries it."""
        return self._join(("all" if self.messages else "yes") if self.really else "no", self.asker)

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        parts = cls._parts(data, 2)
        if parts is None or parts[0] not in ("yes", "no", "all"):
            return None
        asker = _integer(parts[1])
        return None if asker is None else cls(parts[0] != "no", asker, parts[0] == "all")


@dataclass(frozen=True, slots=True)
class ChangeAdminSetting(_Packed):
    """Set one of the admins' settings; 0 goes back to the environment's. `show` only refreshes."""

    prefix: ClassVar[str] = "adm"
    name: str
    value: int = 0

    def pack(self) -> str:
        """As Telegram carries it."""
        return self._join(self.name, self.value)

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        parts = cls._parts(data, 2)
        value = _integer(parts[1]) if parts else None
        return None if parts is None or value is None else cls(parts[0], value)


@dataclass(frozen=True, slots=True)
class DrainWorker(_Packed):
    """Let a worker leave, by the end of its name."""

    prefix: ClassVar[str] = "drain"
    ending: str

    def pack(self) -> str:
        """As Telegram carries it."""
        return self._join(self.ending)

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        parts = cls._parts(data, 1)
        return None if parts is None or not parts[0].isalnum() else cls(parts[0])
