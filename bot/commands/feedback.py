"""`vqabot feedback`: training data from what people think of answers."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bot.commands.terminal import note
from model.atomic import replacing
from model.counting import counted
from model.errors import PictureError
from storage.rated import RatedAnswer, rated_answers

MOST_VOTES = 10
"""Answers of people that a record of training data has."""
PHOTO_QUALITY = 95


@dataclass(slots=True)
class _Answers:
    """One question about the same pictures, whoever asked it."""

    answers: list[RatedAnswer] = field(default_factory=list)

    def votes(self) -> list[str]:
        """What people say is right, one word each."""
        return [
            vote for one in self.answers for vote in (*([one.answer] * one.right), *one.corrections) if vote.strip()
        ]


@click.group(epilog="Example: vqabot feedback export datasets/feedback")
def feedback() -> None:
    """Make training data from what people think of answers."""


@feedback.command(epilog="Example: vqabot feedback export datasets/feedback --data-dir /backups/vqabot-2026-11-23")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="The data folder, of a bot that runs or not, or a backup; VQABOT_DATA_DIR by default.",
)
def export(out: Path, data_dir: Path | None) -> None:
    """Write what people called right, or said is right, to OUT, a new folder: train.jsonl and pictures.

    Only what chats allow in /settings, and without anybody's name or number; pictures lose what cameras write into
    them. `vqabot data prepare SOURCE PREPARED --feedback OUT` adds it to other data.
    """
    from bot.settings import load_settings

    if out.exists():
        raise click.ClickException(f"{out} exists already; name a new folder.")
    try:
        answers, not_allowed = rated_answers(load_settings().data_dir if data_dir is None else data_dir)
        with replacing(out) as partial:
            (partial / "images").mkdir(parents=True, mode=0o700)
            lines = list(_records(answers, partial))
            if not_allowed:
                note(
                    f"Left out: {counted(not_allowed, 'opinion')} in chats that do not allow training "
                    "(see their /settings)."
                )
            if not lines:
                raise click.ClickException(
                    "There is nothing to export: nobody said what is right in a chat that allows it."
                )
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            (partial / "train.jsonl").write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror or error}.") from error
    click.echo(f"Wrote {counted(len(lines), 'question')} to {out}.")


def _records(answers: Iterable[RatedAnswer], folder: Path) -> Iterator[dict[str, Any]]:
    """A record for each question about the same pictures; left out is what nobody can answer, or see any more."""
    asked: dict[tuple[tuple[Path, ...], str], _Answers] = {}
    for answer in answers:
        key = (answer.pictures, " ".join(answer.question.lower().split()))
        asked.setdefault(key, _Answers()).answers.append(answer)
    without = unseen = 0
    pictures: dict[Path, str | None] = {}
    for (paths, _), question in asked.items():
        votes = question.votes()
        for path in paths:
            if votes and path not in pictures:
                pictures[path] = _picture(path, folder)
        names = [pictures.get(path) for path in paths]
        if not votes or None in names:
            without, unseen = without + (not votes), unseen + bool(votes)
            continue
        yield {
            **({"image": names[0]} if len(names) == 1 else {"images": names}),
            "question": question.answers[0].question,
            "answer": Counter(votes).most_common(1)[0][0],
            "answers": votes[:MOST_VOTES],
            "said": [
                {"answer": one.answer, "confidence": round(one.confidence, 6), "model": one.model, "right": one.right,
                 "wrong": one.wrong}
                for one in question.answers
            ],
        }  # fmt: skip
    if without:
        note(f"Left out: {counted(without, 'question')} whose answer is called wrong while nobody says what is right.")
    if unseen:
        note(f"Left out: {counted(unseen, 'question')} whose picture is not kept any more.")


def _picture(path: Path, folder: Path) -> str | None:
    """A copy with pixels and nothing else; None where the picture is gone or cannot be read."""
    from model.images import encoded, media_type_of, open_picture, read_header

    try:
        data = path.read_bytes()
        kind = media_type_of(read_header(data))
        picture = open_picture(data)
    except (FileNotFoundError, PictureError):
        return None
    photo = kind == "image/jpeg"
    copy = encoded(picture, "JPEG", quality=PHOTO_QUALITY) if photo else encoded(picture)
    name = f"images/{hashlib.sha256(copy).hexdigest()[:24]}.{'jpg' if photo else 'png'}"
    (folder / name).write_bytes(copy)
    return name
