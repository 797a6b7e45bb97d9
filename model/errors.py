"""What goes wrong in this room, as codes with values: whoever talks with people makes sentences of them."""

from __future__ import annotations

import json


class FailureError(Exception):
    """Something went wrong. Its text is the code and its values as JSON, which can be stored and sent."""

    def __init__(self, code: str, /, **values: object) -> None:
        """A code of `bot.texts.failures`, with the values that its sentence names: numbers, or what is shown as text.

        The text of an error that was stored or sent makes the same error again.
        """
        given = {name: value if isinstance(value, int | float) else str(value) for name, value in values.items()}
        super().__init__(f"{code} {json.dumps(given)}" if given else code)


class ModelError(FailureError):
    """A model cannot be found, read or run."""


class PictureError(FailureError):
    """A file is not a picture that can be answered about."""

    seconds = 0.0
    """What it took to find that out, where that was measured."""


class PictureCostError(PictureError):
    """A picture was given up: reading it took more than it may take, or ended the process that read it."""


class SoundError(FailureError):
    """A file holds no sound that can be listened to."""


class BrokerError(FailureError):
    """The broker's server can never be used as it is set up."""


class BrokerUnavailableError(FailureError):
    """The broker's server cannot take anything just now: try again."""
