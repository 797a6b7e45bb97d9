"""What is raised when data cannot be used."""

from __future__ import annotations


class DataError(Exception):
    """The data cannot be used; the text names the file and the record."""
