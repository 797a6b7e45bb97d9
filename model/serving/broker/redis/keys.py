"""The names of everything that is kept in Redis, and for how long.

All of them share a hash tag, so that a script may touch several. Nothing here is the truth: the bot asks again what is
lost, and what nobody looks after any more expires.
"""

from __future__ import annotations

import hashlib
import json

from model.serving import framing

PREFIX = "{vqabot}:"
GROUP = "workers"
LIVENESS_SECONDS = 10.0
"""A worker that gave no sign of life for so long is dead: what it had goes to others."""
BEATS = 10
"""So many signs of life a worker gives in that time."""
PICTURE_SECONDS = 900
"""A picture stays so long after it was last asked about."""
PICTURE_BYTES = 256 * 2**20
"""Most bytes of pictures that a bot keeps there, apart from those that are asked about just now."""
ABANDONED_SECONDS = 24 * 3600
"""What no bot looked after for so long goes."""
MAX_DEATHS = 3
"""A question is given up when so many workers died while they had it: the second time it was alone with its worker,
but a machine may be switched off while it has any question."""


def prefix(namespace: str) -> str:
    """What stands before every key, apart from others on the same server."""
    return "{" + namespace + "}:" if namespace else PREFIX


def picture_name(asker: str, picture_key: str) -> str:
    """A picture's key behind the prefix: of the bot that put it there, by its content."""
    return f"picture:{asker}:{picture_key}"


def job_name(asker: str, header: framing.Header) -> str:
    """Names a question with all that its answer depends on: the same is not asked twice, another never mixed up."""
    asked = {name: value for name, value in header.items() if name != "trace"}
    content = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return f"{asker}:{header['id']}:{content[:24]}"
