"""The room's errors. Each carries a sentence that can be shown to a person as it is."""

from __future__ import annotations


class ModelError(Exception):
    """A model cannot be found, read or run; the sentence says why and what would help."""


class PictureError(Exception):
    """A file is not a picture that can be answered about; the sentence says why."""

    seconds = 0.0
    """What it took to find that out, where that was measured."""


class PictureCostError(PictureError):
    """A picture was given up: reading it took more than it may take, or ended the process that read it."""
