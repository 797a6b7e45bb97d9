"""What buttons carry: typed, at most 64 bytes, and never a chat's number: the chat is where the button was pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from telegram.constants import InlineKeyboardButtonLimit


@dataclass(frozen=True, slots=True)
class CancelQuestion:
    """Cancel a question of this chat."""

    prefix: ClassVar[str] = "cancel"
    question_id: int

    def pack(self) -> str:
        """As Telegram carries it."""
        text = f"{self.prefix}:{self.question_id}"
        assert len(text.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
        return text

    @classmethod
    def unpack(cls, data: str) -> Self | None:
        """Read it back; None for anything else."""
        prefix, _, number = data.partition(":")
        return cls(int(number)) if prefix == cls.prefix and number.isdecimal() else None
