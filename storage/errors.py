"""What can be wrong with the data folder, in sentences for the person who runs the bot."""

from __future__ import annotations


class StorageError(Exception):
    """The data cannot be used as it is; the text says why and what to do."""


class DataDirInUseError(StorageError):
    """Another bot works on this folder."""


class CorruptDatabaseError(StorageError):
    """The database file is damaged or is no database."""


class NewerDatabaseError(StorageError):
    """The database was written by a newer release."""
