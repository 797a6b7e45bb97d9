"""What admins are told of trouble, without being asked. HTML."""

from __future__ import annotations

from model.counting import counted
from storage.room import MB, Usage


def disk_nearly_full(usage: Usage) -> str:
    """Little room is left on the disk."""
    return (
        f"My disk is nearly full: {usage.free / MB:,.0f} MB are free. When {usage.kept_free / MB:,.0f} MB are left I "
        "take no more pictures. Please make room, or lower VQABOT_KEEP_DAYS or VQABOT_MAX_STORED_MB."
    )


DISK_HAS_ROOM = "My disk has room again."


def errors(number: int, minutes: int) -> str:
    """Errors pile up."""
    return (
        f"Something is wrong with me: {counted(number, 'error')} in {counted(minutes, 'minute')}. "
        "My log says what. I write about it again in an hour at the earliest."
    )
