"""Which code fulfils the port, imported where it runs alone: the bot needs none of it."""

from __future__ import annotations

from model.speech.transcriber import POCKETSPHINX, Transcriber


def load_transcriber(speech: str) -> Transcriber:
    """Load what was `chosen`.

    Raises:
        ModelError: It cannot be loaded.
    """
    if speech == POCKETSPHINX:
        from model.speech.pocketsphinx import Pocketsphinx

        return Pocketsphinx()
    from model.speech.whisper import Whisper

    return Whisper.load(speech)
