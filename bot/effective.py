"""Which beams and how many tokens count for a chat: its own choice, else the admins', else the environment's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

from bot.settings import Settings
from bot.time_zones import zone_of
from storage.records import ChatSettings, GlobalSettings


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings that a question is asked with, and the limits of a choice."""

    beams: int
    max_new_tokens: int
    max_beams: int
    max_max_new_tokens: int
    questions_per_minute: int
    unsure_below: int
    """Percent."""
    keep_days: int = 0
    """How long questions and pictures are kept, in days; 0: as long as there is room."""
    feedback: bool = True
    """Whether people can say what they think of answers."""
    zone: tzinfo = UTC
    """In which times are shown."""


def effective(chat: ChatSettings, admins: GlobalSettings, settings: Settings) -> Effective:
    """Resolve what counts now. A choice above a limit that was lowered later counts as the limit."""
    max_beams = _first(admins.max_beams, settings.max_beams)
    max_tokens = _first(admins.max_max_new_tokens, settings.max_max_new_tokens)
    beams = _first(chat.beams, admins.default_beams, settings.default_beams)
    tokens = _first(chat.max_new_tokens, admins.default_max_new_tokens, settings.default_max_new_tokens)
    return Effective(
        beams=max(1, min(beams, max_beams)),
        max_new_tokens=max(1, min(tokens, max_tokens)),
        max_beams=max_beams,
        max_max_new_tokens=max_tokens,
        questions_per_minute=_first(admins.questions_per_minute, settings.questions_per_minute),
        unsure_below=_first(admins.unsure_below, settings.unsure_below),
        keep_days=min((days for days in (chat.keep_days, settings.keep_days) if days), default=0),
        feedback=bool(_first(admins.feedback, settings.feedback)),
        zone=zone_of(chat.time_zone),
    )


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)
