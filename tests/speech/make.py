"""Makes the sounds of this folder anew; see README.md."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

from bot.benchmarks.synthetic_speech import encoded, synthesize, wordless
from bot.commands.bench_voice import WORDLESS

FOLDER = Path(__file__).parent


def main() -> None:
    """Write them all."""
    ball = synthesize("What color is the ball?", "en-us", 150)
    rng = random.Random(0)
    sounds = {
        "ball.ogg": ball,
        "mood.ogg": synthesize("What mood is the lady in?", "en-us+m1", 150),
        "milk.ogg": synthesize("Please buy some milk and eggs on your way home.", "en-us", 150),
        "silence.ogg": array("h", [int(rng.gauss(0, 4)) for _ in range(32_000)]).tobytes(),
        "chords.ogg": _chords(),
        "ball.mp4": ball,
        "ball.webm": ball,
    }
    for name, samples in sounds.items():
        (FOLDER / name).write_bytes(encoded(samples, name.rpartition(".")[2]))


def _chords() -> bytes:
    """The sound of `vqabot bench voice` that pocketsphinx once took for a question."""
    rng = random.Random("wordless")
    return [wordless(WORDLESS[place % len(WORDLESS)], rng.uniform(1, 5), rng) for place in range(52)][-1]


if __name__ == "__main__":
    main()
