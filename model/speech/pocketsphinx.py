"""Speech by pocketsphinx: its acoustic model lies in its package; its language model is made of our own wordings."""

from __future__ import annotations

import itertools
import math
import random
import re
import tempfile
from array import array
from collections import Counter
from pathlib import Path

import pocketsphinx
from pocketsphinx.lm import ArpaBoLM

from model.speech.transcriber import RATE, Heard
from model.speech.wordings import Wordings

LOUDEST = 16_000
"""What the loudest sample is brought to, of 32,768."""
MOST_GAIN = 30.0
FLOOR = 60.0
"""Standard deviation of the noise under everything: digital silence is like nothing that the model has learnt."""
DISCOUNT = 0.03
"""What the language model keeps for words in an order that it never met."""
LEAST_LEVEL = 40
"""A sound that is nowhere louder is silence."""
UNUSUAL, USUAL_SHARE = 0.4, 0.5
"""How sure something can be that is worded in no known way, if that share of its words follow one another as they do in
questions; below it is none. What is worded in a known way is more likely right than not."""
LIKELIEST = 200
"""So many of the things that may have been said are looked through for one that is worded in a known way."""
_TRIGRAM = 3
_VARIANT = re.compile(r"\(\d+\)")
"""What tells the ways apart in which a word is spoken."""
_HISSING, _VOICELESS = ("S", "Z", "SH", "CH", "JH", "ZH"), ("P", "T", "K", "F", "TH")


class Pocketsphinx:
    """Fulfils `model.speech.transcriber.Transcriber`."""

    def __init__(self, wordings: Wordings | None = None) -> None:
        """Make the language model and load the acoustic one: some seconds."""
        self._wordings = wordings or Wordings()
        with tempfile.TemporaryDirectory() as folder:
            dictionary, language = Path(folder, "words.dict"), Path(folder, "questions.arpa")
            known = self._write_dictionary(dictionary)
            self._write_language(language, known)
            self._decoder = pocketsphinx.Decoder(
                hmm=pocketsphinx.get_model_path("en-us/en-us"),
                dict=str(dictionary),
                lm=str(language),
                samprate=RATE,
                cmn="batch",
                loglevel="FATAL",
            )

    def transcribe(self, samples: bytes) -> Heard:
        """See `Transcriber`."""
        usable = _levelled(samples)
        if usable is None:
            return Heard("", 0.0)
        self._decoder.start_utt()
        self._decoder.process_raw(usable, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        text = found.hypstr if found is not None else ""
        if not text:
            return Heard("", 0.0)
        words = [part for part in self._decoder.seg() or () if part.word[0] not in "<["]
        sureness = math.exp(sum(math.log(min(1.0, max(1e-6, part.prob))) for part in words) / max(1, len(words)))
        question = text if self._wordings.is_question(text) else self._likeliest_question(text)
        if question is None:
            usual = sum(part.lback == _TRIGRAM for part in words) / max(1, len(words))
            sureness = UNUSUAL * sureness if usual >= USUAL_SHARE else 0.0
        else:
            text, sureness = question, (1 + sureness) / 2
        return Heard(f"{text[0].upper()}{text[1:]}?", sureness) if sureness else Heard("", 0.0)

    def _likeliest_question(self, heard: str) -> str | None:
        """The first of the likeliest things that may have been said that is worded in a known way.

        Half of its words are `heard`: of music a question may be as likely as the one word that is heard in it.
        """
        for found in itertools.islice(self._decoder.nbest() or (), LIKELIEST):
            text = _VARIANT.sub("", found.hypstr) if found is not None else ""
            shared = Counter(text.split()) & Counter(heard.split())
            if self._wordings.is_question(text) and 2 * shared.total() >= len(text.split()):
                return text
        return None

    def _write_dictionary(self, file: Path) -> set[str]:
        """How our words sound, of those that the package knows, or knows without their ending. Returns them."""
        every = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8")
        sounds = dict(line.split(" ", 1) for line in every.splitlines())
        lines: list[str] = []
        known: set[str] = set()
        for word in sorted(self._wordings.words):
            spoken = [sounds[name] for name in (word, f"{word}(2)", f"{word}(3)") if name in sounds] or _ended(
                word, sounds
            )
            lines += [f"{word}({place}) {one}" if place > 1 else f"{word} {one}" for place, one in enumerate(spoken, 1)]
            known.update({word} if spoken else ())
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return known

    def _write_language(self, file: Path, known: set[str]) -> None:
        usable = (text for text in self._wordings.sentences() if known.issuperset(text.split()))
        model = ArpaBoLM(text="\n".join(f"<s> {text} </s>" for text in usable), discount_mass=DISCOUNT)
        model.compute()
        model.write_file(str(file))


def _ended(word: str, sounds: dict[str, str]) -> list[str]:
    """The sounds of a word that ends in s, from those without it: "sandboxes", "robot's"."""
    for ending in ("'s", "es", "s"):
        stem = sounds.get(word.removesuffix(ending)) if word.endswith(ending) else None
        if stem is not None:
            last = stem.split()[-1]
            return [f"{stem} {'IH Z' if last in _HISSING else 'S' if last in _VOICELESS else 'Z'}"]
    return []


def _levelled(samples: bytes) -> bytes | None:
    """The sound as loud as speech is, on a floor of noise; None where it is silence."""
    values = array("h", samples[: len(samples) // 2 * 2])
    peak = max(map(abs, values), default=0)
    if peak < LEAST_LEVEL:
        return None
    gain, rng = min(LOUDEST / peak, MOST_GAIN), random.Random(0)
    return array("h", [int(max(-32768, min(32767, gain * value + rng.gauss(0, FLOOR)))) for value in values]).tobytes()
