"""Which language is spoken: each chat has its own, and whatever is done for it is done in that.

The language belongs to the running task (a context variable): handlers, deliveries and exports run in their chat's, and
every sentence of `bot/texts` can ask for it when it is made. A further language is added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NAMES = {
    "en": "English",
    "it": "Italiano",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
    "ru": "Русский",
    "fa": "فارسی",
}
"""What the bot speaks, as BCP 47 names it and as those who speak it do; the first where nothing else is known."""
LANGUAGES = tuple(NAMES)
_IN_ENGLISH = dict(
    zip(("english", "italian", "german", "spanish", "french", "portuguese", "russian", "persian"), NAMES, strict=True)
)
_ALONE = re.compile(r"(?:language|lang)\s*[=:]?\s*(\w+)", re.IGNORECASE)

_current: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def language() -> str:
    """The language that is spoken here and now, one of `LANGUAGES`."""
    return _current.get()


def find_language(typed: str) -> str | None:
    """The language that somebody typed: "german", "Deutsch", "language de"; None for anything else."""
    named = _ALONE.fullmatch(typed)
    wanted = (named[1] if named else typed).casefold()
    known = {**_IN_ENGLISH, "farsi": "fa", **{name.casefold(): code for code, name in NAMES.items()}}
    return known.get(wanted) or (wanted if named and wanted in NAMES else None)


def nearest(code: str | None) -> str:
    """The language for a code of Telegram's ("de", "pt-br"): that one, the same without its region, or the first."""
    known = {one.lower(): one for one in LANGUAGES}
    wanted = (code or "").lower().replace("_", "-")
    return known.get(wanted) or known.get(wanted.partition("-")[0]) or LANGUAGES[0]


def to_speak(written: str, client: str | None) -> str:
    """What to speak with somebody who wrote in another language than English.

    Args:
        written: What they seem to have written in: no more than likely between languages of one script.
        client: What their Telegram is set to. That decides unless it is English or both are spoken here.

    Returns:
        A code for `speaking`, which makes English of what is not spoken here; empty where nothing tells.
    """
    own = (client or LANGUAGES[0]).lower().partition("-")[0]
    return written if own == LANGUAGES[0] or (own in LANGUAGES and written in LANGUAGES) else own


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak the nearest language to a code in this task, and in those that it starts, until the block ends."""
    before = _current.set(nearest(code))
    try:
        yield
    finally:
        _current.reset(before)
