"""Turns speech into text: the port, and which of those that fulfil it the setting means."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from model.errors import ModelError

AUTO, OFF, POCKETSPHINX = "auto", "off", "pocketsphinx"
RATE = 16_000
"""Samples a second of what is transcribed: one channel, 16 bits."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, as far as it was understood."""

    text: str
    """Empty where nobody said anything that can be understood."""
    confidence: float
    """From 0 to 1: how sure it is that just this was said."""


class Transcriber(Protocol):
    """Whatever turns speech into text."""

    def transcribe(self, samples: bytes) -> Heard:
        """What is said in a sound.

        Args:
            samples: One channel of 16-bit samples, `RATE` a second.
        """
        ...


def chosen(speech: str) -> str:
    """What `VQABOT_SPEECH` means on this machine: `off`, `pocketsphinx`, or a folder or hub id of Whisper."""
    if speech == AUTO:
        return POCKETSPHINX if not _missing("pocketsphinx", "av") else OFF
    return speech


def check_speech(speech: str) -> None:
    """What can be seen at once, without loading or fetching anything.

    Raises:
        ModelError: A package or the model is not here.
    """
    wanted = chosen(speech)
    if wanted == OFF:
        return
    missing = _missing("av", "pocketsphinx" if wanted == POCKETSPHINX else "transformers")
    if missing:
        raise ModelError("speech_package_missing", package=missing[0])
    if wanted != POCKETSPHINX:
        _check_folder(wanted)


def _missing(*packages: str) -> list[str]:
    return [package for package in packages if find_spec(package) is None]


def _check_folder(model: str) -> None:
    """See that a folder holds a model; a hub id is fetched by the worker.

    Raises:
        ModelError: There is no such folder, and it can be no hub id.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError("speech_model_unusable", model=model)
    elif model.count("/") != 1 or model.startswith(("/", ".", "~")):
        raise ModelError("speech_model_missing", model=model)
