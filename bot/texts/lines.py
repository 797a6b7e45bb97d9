"""What stands around the lines of an answer about several pictures, or to several questions. Plain text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.conversation.several_named import has_name
from bot.texts.catalog import _, isolated, joined, plural, whole
from storage.records import Question

_OWN_QUESTION = 60
"""Characters of what a line answers, a picture's own caption say, that stand before its answer."""
NO_BREAK = "\u00a0"


def own_question(line: Question, question: Question) -> str:
    """What a line of an answer answers, before a space, where that is another question than the message's.

    Of which picture it is, is said where several questions are asked of each of several.
    """
    pictures = [*dict.fromkeys((one.message_id, one.sha256) for one in question.several)]
    asked = "" if line.text == question.text else f"{line.text[:_OWN_QUESTION]} "
    if not asked or has_name(asked) or not 1 < len(pictures) < len(question.several):
        return asked
    place = pictures.index((line.photo_message_id, line.photo_sha256)) + 1
    return f"{in_pictures([place])}: {asked}"


def in_pictures(places: Sequence[int]) -> str:
    """Some of several pictures, counted from 1."""
    *others, last = (whole(place) for place in places)
    listed = _("{things} and {last}", things=joined(others), last=last) if others else last
    return plural("In picture {places}", "In pictures {places}", len(places), places=listed)


def shared(caveats: Collection[str]) -> str:
    """What stands in all of several caveats: that the picture is new stands behind the words that are."""
    shortest = min(caveats, key=len, default="")
    return shortest if all(one.endswith(shortest) for one in caveats) else ""


def label(places: Sequence[int]) -> str:
    """Which pictures a line is about: "2", or "1 → 2", which reads from the left in every language."""
    first, *then = places or ("",)
    return isolated(f"{first}{NO_BREAK}→{NO_BREAK}{then[0]}") if then else str(first)


def beginning(places: Sequence[int]) -> str:
    """What stands before the answer in a line: "2.", or "1 → 2:"."""
    return f"{label(places)}{':' if len(places) > 1 else '.'}"


def shorten(text: str, length: int) -> str:
    """At most that many characters, with an ellipsis where something was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
