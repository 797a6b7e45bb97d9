"""What failures are called where people read them: in the chat, on the command line, in reports.

`model` and `storage` say what went wrong as a code with values; here it becomes a sentence. It imports nothing but
the catalogue of sentences.
"""

from __future__ import annotations

import json

from bot.texts.catalog import _, plural
from bot.texts.failures import model, storage
from bot.texts.failures.settings import wording as wording

NO_SUCH_PICTURE = "no_such_picture"
"""The code of a question that names a picture behind the last of its album, with the number of those."""
_ALL = model.SENTENCES | storage.SENTENCES


def sentence(failure: object) -> str:
    """The sentence of a failure: of an error of `model` or `storage`, or of its text as it was stored or sent.

    A text without a code that is known here is a sentence already, which the catalogue may know: the dispatcher stores
    such in English, and earlier releases did.
    """
    code, *values = str(failure).split(" ", 1)
    if code == NO_SUCH_PICTURE:
        return not_so_many(json.loads(values[0])["number"])
    if code not in _ALL:
        return _(str(failure)) if str(failure) else ""
    return _(_ALL[code]).format(**json.loads(values[0] if values else "{}"))


def not_so_many(pictures: int) -> str:
    """A question names a picture behind the last of several."""
    return plural(
        "We are talking about {number} picture. To ask about another one, reply to it.",
        "We are talking about {number} pictures. To ask about another one, reply to it.",
        pictures,
    )
