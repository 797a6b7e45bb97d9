"""What can be wrong with the data folder, as codes with values: `bot.texts.failures` has what people read."""

from __future__ import annotations

import json


class StorageError(Exception):
    """The data cannot be used as it is. Its text is the code of why, and its values as JSON."""

    def __init__(self, code: str, /, **values: object) -> None:
        """A code of `bot.texts.failures`, with the values its sentence names: numbers, or what is shown as text."""
        given = {name: value if isinstance(value, int) else str(value) for name, value in values.items()}
        super().__init__(f"{code} {json.dumps(given)}" if given else code)


class DataDirInUseError(StorageError):
    """Another bot works on this folder."""


class CorruptDatabaseError(StorageError):
    """The database file is damaged or is no database."""


class NewerDatabaseError(StorageError):
    """The database was written by a newer release."""
