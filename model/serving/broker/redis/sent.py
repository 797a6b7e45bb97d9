"""A question that is with the workers, and what comes back for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from model.serving import framing
from model.serving.broker.jobs import POISON
from model.serving.broker.protocol import LOST
from model.types import Answer


@dataclass(slots=True, eq=False)
class Sent:
    """A question that is with the workers."""

    id: str
    job: str
    pictures: Sequence[str]
    """Names of its pictures."""
    accepted: bool = False
    """It stands in Redis, as far as that said so."""


def answer_of(sent: Sent, fields: dict[bytes, bytes]) -> Answer:
    """The answer in an entry of the stream of answers.

    Raises:
        ValueError, TypeError: It cannot be understood.
    """
    if b"answer" in fields:
        return framing.unpack_answer({**json.loads(fields[b"answer"]), "id": sent.id})
    if fields.get(b"lost") == b"deaths":
        return Answer(sent.id, "", 0.0, 0.0, POISON)
    return Answer(sent.id, "", 0.0, 0.0, LOST)
