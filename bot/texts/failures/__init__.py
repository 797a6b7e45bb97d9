"""What failures are called where people read them: in the chat, on the command line, in reports.

`model` and `storage` say what went wrong as a code with values; here it becomes a sentence. It imports nothing but
the catalogue of sentences.
"""

from __future__ import annotations

import json

from bot.texts.catalog import _
from bot.texts.failures import model, storage
from bot.texts.failures.settings import wording as wording

_ALL = model.SENTENCES | storage.SENTENCES


def sentence(failure: object) -> str:
    """The sentence of a failure: of an error of `model` or `storage`, or of its text as it was stored or sent.

    A text without a code that is known here is a sentence already, which the catalogue may know: the dispatcher stores
    such in English, and earlier releases did.
    """
    code, *values = str(failure).split(" ", 1)
    if code not in _ALL:
        return _(str(failure)) if str(failure) else ""
    return _(_ALL[code]).format(**json.loads(values[0] if values else "{}"))
