"""Sounds to judge listening by: synthetic speech of espeak-ng, noise, music, silence; and as files that phones send."""

from __future__ import annotations

import io
import math
import random
import shutil
import subprocess
from array import array
from fractions import Fraction
from typing import Any

import click

RATE = 16_000
VOICES = ("en-us", "en-gb", "en-us+f3", "en-gb+m3", "en-us+m1", "en-gb-x-rp")
SPEEDS = (130, 150, 170)
CODECS = {"ogg": ("libopus", 48_000), "webm": ("libopus", 48_000), "mp4": ("aac", 16_000)}
_PAUSE = bytes(RATE // 2)


def synthesize(text: str, voice: str, speed: int) -> bytes:
    """Somebody says a text: 16-bit samples, `RATE` a second.

    Args:
        text: English.
        voice: One of espeak-ng's.
        speed: Words a minute.

    Raises:
        click.ClickException: espeak-ng is not installed.
    """
    program = shutil.which("espeak-ng")
    if program is None:
        raise click.ClickException("This needs espeak-ng, which speaks: apt-get install espeak-ng.")
    command = [program, "-v", voice, "-s", str(speed), "--stdout", text]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - a program that was looked up
    from model.speech.sound import read_samples

    return _PAUSE + read_samples(done.stdout) + _PAUSE


def encoded(samples: bytes, form: str = "ogg") -> bytes:
    """Samples as a file: `ogg` (a voice message), `webm` (a browser's recording) or `mp4` (a video message's sound)."""
    import av

    file = io.BytesIO()
    codec, rate = CODECS[form]
    with av.open(file, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono", bit_rate=16_000)
        frame = av.AudioFrame("s16", "mono", len(samples) // 2)
        frame.planes[0].update(samples + bytes(frame.planes[0].buffer_size - len(samples)))
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def noisy(samples: bytes, ratio: float, rng: random.Random) -> bytes:
    """The same with white noise so many decibels below the speech."""
    values = array("h", samples)
    level = math.sqrt(sum(value * value for value in values) / max(1, len(values))) / 10 ** (ratio / 20)
    return array("h", [_clipped(value + rng.gauss(0, level)) for value in values]).tobytes()


def wordless(kind: str, seconds: float, rng: random.Random) -> bytes:
    """A sound in which nobody says anything: `silence`, `noise`, `rumble` or `music`."""
    length = int(seconds * RATE)
    if kind == "silence":
        level = rng.choice((0, 2, 8))
        return array("h", [int(rng.gauss(0, level)) for _ in range(length)]).tobytes()
    if kind == "noise":
        level = rng.choice((300, 1500, 5000))
        return array("h", [_clipped(rng.gauss(0, level)) for _ in range(length)]).tobytes()
    if kind == "rumble":
        value, values = 0.0, array("h")
        for _ in range(length):
            value = 0.98 * value + rng.gauss(0, 600)
            values.append(_clipped(value))
        return values.tobytes()
    return _music(length, rng)


def _music(length: int, rng: random.Random) -> bytes:
    """Chords, one after the other."""
    values = [rng.gauss(0, 30) for _ in range(length)]
    begins = 0
    while begins < length:
        lasts, note = int(rng.choice((0.15, 0.3, 0.6)) * RATE), rng.choice((220, 262, 294, 330, 392, 440, 523, 659))
        for place in range(begins, min(length, begins + lasts)):
            loud = 4000 * math.exp(-3 * (place - begins) / lasts)
            tones = (math.sin(2 * math.pi * note * part * place / RATE) for part in (1.0, 1.25, 1.5, 2.0))
            values[place] += loud * sum(tones)
        begins += lasts
    return array("h", [_clipped(value) for value in values]).tobytes()


def _clipped(value: float) -> int:
    return int(max(-32768, min(32767, value)))
