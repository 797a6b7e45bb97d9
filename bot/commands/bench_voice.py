"""`vqabot bench voice`: how well spoken questions are heard, and whether what is no speech becomes one."""

from __future__ import annotations

import json
import random
from collections import Counter

import click

from bot.benchmarks.synthetic_speech import SPEEDS, VOICES, encoded, noisy, synthesize, wordless

NOISES: dict[str, float | None] = {"clean": None, "20 dB": 20.0, "10 dB": 10.0}
"""Conditions, with the decibels between speech and noise."""
WORDLESS = ("silence", "noise", "rumble", "music")


@click.command("voice", epilog="Example: vqabot bench voice --questions 50")
@click.option("--questions", "number", type=click.IntRange(1), default=200, show_default=True)
@click.option("--wordless", "others", type=click.IntRange(0), default=50, show_default=True, help="Sounds of nobody.")
@click.option("--speech", default="auto", show_default=True, help="As VQABOT_SPEECH.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_voice(number: int, others: int, speech: str, as_json: bool) -> None:
    """Ask about scenes aloud, by espeak-ng in several voices and speeds, with and without noise.

    The speech is synthetic: people's is harder. An answer counts where the built-in model answers what was heard as it
    answers the question as it would have been typed, and the bot would not have asked back.
    """
    from bot.handlers.voice import SURE
    from model.answerer import Answerer
    from model.serving.listener import Listener
    from model.speech.transcriber import OFF, check_speech, chosen
    from training.scenes.spoken import said

    if chosen(speech) == OFF:
        raise click.ClickException("Nothing listens: pip install '.[speech]' brings pocketsphinx, or name a Whisper.")
    listener = Listener(speech)
    check_speech(speech)
    listener.prepare()
    asked, answerer = list(_questions(number)), Answerer.load()
    figures: dict[str, dict[str, float]] = {}
    try:
        for name, ratio in NOISES.items():
            rng, wrong, words, counts = random.Random(name), 0, 0, Counter[str]()
            for place, (picture, question) in enumerate(asked):
                samples = synthesize(question, VOICES[place % len(VOICES)], rng.choice(SPEEDS))
                samples = samples if ratio is None else noisy(samples, ratio, rng)
                heard = listener.submit(encoded(samples)).result()
                text = said(heard.text)
                wrong += _edits(said(question).split(), text.split())
                words += len(said(question).split())
                sure = bool(text) and heard.confidence >= SURE
                same = sure and _answer(answerer, picture, question) == _answer(answerer, picture, heard.text)
                counts.update(asked_back=bool(text) and not sure, not_heard=not text, same_answer=same)
            shares = {key: round(100 * counts[key] / number, 1) for key in ("same_answer", "asked_back", "not_heard")}
            figures[name] = {"word_error": round(100 * wrong / words, 1), **shares}
        rng, invented = random.Random("wordless"), 0
        for place in range(others):
            sound = encoded(wordless(WORDLESS[place % len(WORDLESS)], rng.uniform(1, 5), rng))
            invented += listener.submit(sound).result().confidence >= SURE
    finally:
        listener.close()
    if as_json:
        click.echo(json.dumps({**figures, "wordless": others, "invented": invented}))
        return
    click.echo("percent     " + "".join(f"{key.replace('_', ' '):>14}" for key in figures["clean"]))
    for name, found in figures.items():
        click.echo(f"{name:<12}" + "".join(f"{value:>14}" for value in found.values()))
    click.echo(f"questions made of {others} sounds of silence, noise and music: {invented}")


def _questions(number: int) -> list[tuple[bytes, str]]:
    """Pictures of scenes that no wording was taken from, each with a question."""
    from model.images import encoded
    from training.scenes import art, layout, questions

    found = []
    for place in range(number):
        rng = random.Random(f"bench voice/{place}")
        scene = layout.compose(rng)
        found.append((encoded(art.render(scene, rng), compress_level=1), questions.ask(scene, rng, 1)[0].question))
    return found


def _answer(answerer: object, picture: bytes, question: str) -> str:
    from model.types import Request

    return answerer.answer([Request("voice", picture, question, beams=3)])[0].text  # type: ignore[attr-defined,no-any-return]


def _edits(said: list[str], heard: list[str]) -> int:
    """Words to change, add or leave out, from what was said to what was heard."""
    row = list(range(len(heard) + 1))
    for place, one in enumerate(said, 1):
        before, row[0] = row[0], place
        for at, other in enumerate(heard, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (one != other))
    return row[-1]
