"""The schema's history: numbered steps that are read from top to bottom; it only grows, at the end of the last file."""

from storage.migrations import steps_1_to_16, steps_17_on
from storage.migrations.step import Step

STEPS: list[Step] = [*steps_1_to_16.STEPS, *steps_17_on.STEPS]
"""In order: step number i, counted from 0, brings a database from version i to i + 1."""
