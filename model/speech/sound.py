"""From a sound file (Ogg/Opus, WebM, MP4, MP3, ...) to samples. What it is given is made by strangers: it runs in a
process of its own that may do nothing else (see `model.serving.speech_worker`)."""

from __future__ import annotations

import importlib
import io
import pkgutil

import av
from av.error import FFmpegError

from model.errors import SoundError
from model.speech.transcriber import RATE

MOST_SECONDS = 60
MOST_BYTES = 20_000_000
FORMATS = ("ogg", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "mp3", "wav", "flac")
"""What FFmpeg is let read, by its own names: what phones and browsers record."""


def load_all() -> None:
    """Load what PyAV loads late: where it runs no file can be opened any more."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def read_samples(data: bytes) -> bytes:
    """One channel of 16-bit samples, `RATE` a second.

    Raises:
        SoundError: It holds no sound that can be read, or too much of it.
    """
    if len(data) > MOST_BYTES:
        raise SoundError("sound_too_big", megabytes=MOST_BYTES // 1_000_000)
    try:
        with av.open(io.BytesIO(data), "r", metadata_errors="ignore") as container:
            if container.format.name not in FORMATS or not container.streams.audio:
                raise SoundError("sound_unknown")
            return _samples(container)
    except (FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise SoundError("sound_unknown") from error


def _samples(container: av.container.InputContainer) -> bytes:
    resampler = av.AudioResampler("s16", "mono", RATE)
    found, most = bytearray(), 2 * RATE * MOST_SECONDS
    broken = False
    for packet in container.demux(audio=0):
        try:
            frames = packet.decode()
        except FFmpegError:  # a damaged part: what is around it may be understood
            broken = True
            continue
        for frame in frames:
            for part in resampler.resample(frame):
                found += bytes(part.planes[0])[: 2 * part.samples]
        if len(found) > most:
            raise SoundError("sound_too_long", seconds=MOST_SECONDS)
    for part in resampler.resample(None):
        found += bytes(part.planes[0])[: 2 * part.samples]
    if not found and broken:
        raise SoundError("sound_unknown")
    return bytes(found)
