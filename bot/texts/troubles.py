"""What admins are told of trouble, without being asked. HTML."""

from __future__ import annotations

from bot.texts.catalog import N_, _, number, plural, translate_constants
from storage.quota import MB, Usage


def disk_nearly_full(usage: Usage) -> str:
    """Little room is left on the disk."""
    return _(
        "My disk is nearly full: {free} MB are free. When {least} MB are left I take no more pictures. Please make "
        "room, or lower VQABOT_KEEP_DAYS or VQABOT_MAX_STORED_MB.",
        free=number(usage.free / MB),
        least=number(usage.kept_free / MB),
    )


DISK_HAS_ROOM = N_("My disk has room again.")


def errors(many: int, minutes: int) -> str:
    """Errors pile up."""
    return plural(
        "Something is wrong with me: {number} error in {minutes} minutes. My log says what. I write about it again in "
        "an hour at the earliest.",
        "Something is wrong with me: {number} errors in {minutes} minutes. My log says what. I write about it again in "
        "an hour at the earliest.",
        many,
        minutes=minutes,
    )


translate_constants(__name__)
