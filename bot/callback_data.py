"""What buttons carry: typed, at most 64 bytes, and never a chat's number: the chat is where the button was pressed.

A button's data comes from the person's app, so it is input like any other: what does not parse is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, astuple, dataclass, fields
from typing import ClassVar, Self

from telegram.constants import InlineKeyboardButtonLimit

LARGEST = 2**53


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 17 and int(text) < LARGEST else None


_READERS: dict[str, Callable[[str], int | str | None]] = {
    "int": _integer,
    "bool": {"0": False, "1": True}.get,
    "str": str,
}
"""By a field's type."""


@dataclass(frozen=True, slots=True)
class CallbackData:
    """`prefix:field:field`; a field with a default may be missing at the end."""

    prefix: ClassVar[str]

    def __init_subclass__(cls, prefix: str = "") -> None:
        if prefix:
            cls.prefix = prefix

    def pack(self) -> str:
        """As Telegram carries it.

        Raises:
            ValueError: It is too long.
        """
        values = [int(value) if isinstance(value, bool) else value for value in astuple(self)]
        text = ":".join((self.prefix, *map(str, values)))
        if len(text.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise ValueError(f"callback data is too long: {text!r}")
        return text

    @classmethod
    def unpack(cls, data: str | None) -> Self | None:
        """Read it back."""
        prefix, *parts = (data or "").split(":")
        needed = sum(field.default is MISSING for field in fields(cls))
        if prefix != cls.prefix or not needed <= len(parts) <= len(fields(cls)):
            return None
        values = [_READERS[str(field.type)](part) for field, part in zip(fields(cls), parts, strict=False)]
        found = None if None in values else cls(*values)
        return found if found is not None and found.is_valid() else None

    def is_valid(self) -> bool:
        """Whether a button of ours may carry these values."""
        return True


@dataclass(frozen=True, slots=True)
class Numbered(CallbackData):
    """Of which a number is all that it carries."""

    number: int


class CancelQuestion(Numbered, prefix="cancel"):
    """Cancel a question of this chat, by the question's number."""


class AskEach(Numbered, prefix="each"):
    """Ask a question about several pictures about each of them, by the question's number."""


class AskHeard(Numbered, prefix="heard"):
    """Ask what was heard in a voice message, by the message's number."""


@dataclass(frozen=True, slots=True)
class JudgeAnswer(CallbackData, prefix="judge"):
    """Call the answer to a question of this chat right or wrong, as a whole or about one of several pictures."""

    number: int
    is_right: bool
    position: int = 0
    """Of the picture, from 1; 0: the answer as a whole."""


class ShowWhere(Numbered, prefix="where"):
    """Show where the answer to a question of this chat came from, by the question's number."""


@dataclass(frozen=True, slots=True)
class ChangeSetting(CallbackData, prefix="set"):
    """Set one of the chat's settings to a value. It names the value, not a step: pressed twice it changes once."""

    name: str
    """beams, tokens, keep (days; 0: as the bot does), train (1: may be used), lang (its place), zones (to choose from),
    zone (its place), menu (back to it), reset, or help (the row's place)."""
    value: int = 0

    def is_valid(self) -> bool:
        """Whether there is such a setting."""
        return self.name in ("beams", "tokens", "keep", "train", "lang", "zones", "zone", "menu", "reset", "help")


class HistoryPage(Numbered, prefix="page"):
    """Show a page of the history, counted from 0."""


class ShowPicture(Numbered, prefix="pic"):
    """Show the picture of a question of this chat, by the question's number."""


@dataclass(frozen=True, slots=True)
class ConfirmDelete(CallbackData, prefix="del"):
    """Delete everything of this chat, or keep it; only who asked may press."""

    really: bool
    asker: int
    messages: bool = False
    """The bot's own messages in the chat, too."""


@dataclass(frozen=True, slots=True)
class ChangeAdminSetting(CallbackData, prefix="adm"):
    """Set one of the admins' settings; 0 goes back to the environment's. `show` only refreshes."""

    name: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class DrainWorker(CallbackData, prefix="drain"):
    """Let a worker leave, by the end of its name."""

    ending: str

    def is_valid(self) -> bool:
        """Whether it can be part of a name."""
        return self.ending.isalnum()
