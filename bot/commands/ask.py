"""`vqabot ask`: questions about pictures on the command line."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click
from PIL import Image

from bot.commands.errors import in_words
from bot.commands.questions_in_order import QuestionsInOrder
from bot.commands.terminal import note
from bot.commands.unasked import refusal, reply
from bot.conversation.as_typed import as_typed
from bot.conversation.comparison import asked_of_each, asked_together, compared_in_steps
from bot.conversation.follow_ups import Before
from bot.conversation.several_named import parts_of, several_named
from bot.conversation.several_questions import questions_in
from bot.settings import load_settings
from bot.texts.answers import shown_answer
from bot.texts.failures import sentence
from model.backends.placement import Placement, limit_busy_waiting
from model.errors import PictureError
from model.heat_map import draw_heat_map, side_by_side
from model.images import open_picture
from model.loading import locate
from model.types import Answer, Request, SentPicture

if TYPE_CHECKING:
    from model.answerer import Answerer

STDIN = "-"


@dataclass(frozen=True, slots=True)
class PicturePath:
    """A picture file that was read."""

    name: str
    data: bytes

    @property
    def key(self) -> str:
        """The content hash under which the picture's features are kept."""
        return hashlib.sha256(self.data).hexdigest()


@click.command(epilog='Example: vqabot ask scene.png "What colour is the ball?" -q "Where is the cat?"')
@click.argument("words", nargs=-1, metavar="PICTURE... [QUESTION]")
@click.option("-q", "--question", "more", multiple=True, help="A question; give it again for more questions.")
@click.option("--beams", type=click.IntRange(1, 10), help="Width of the beam search. [default: as the bot]")
@click.option("--max-new-tokens", type=click.IntRange(1, 1000), help="Longest answer, in tokens. [default: as the bot]")
@click.option(
    "--model",
    help="'builtin', a folder, a ZIP, or a hub id such as florence-community/Florence-2-base-ft. [default: as the bot]",
)
@click.option(
    "--where",
    "where",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the picture with what counted for the answer: for one question.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each question.")
def ask(
    words: tuple[str, ...],
    more: tuple[str, ...],
    beams: int | None,
    max_new_tokens: int | None,
    model: str | None,
    where: Path | None,
    as_json: bool,
) -> None:
    """Ask about pictures: the answer and how sure the model is.

    Without -q the last word is the question. It is asked about every picture; where it compares ("what changed?"),
    about two pictures together, and of more about each with the next; where it names one ("in the second picture"),
    about that. What leans on the question before ("and the dog?") is completed from it. "-" reads a picture from
    standard input. What is not given is taken from the bot's settings. Words that ask nothing ("thanks") get the bot's
    reply. Exit code 1 when a picture or question had to be refused.
    """
    names, questions = _split(words, more)
    if where is not None:
        _check_where(where, names, questions)
    settings = load_settings()
    beams, max_new_tokens = beams or settings.default_beams, max_new_tokens or settings.default_max_new_tokens
    pictures = [_read(name) for name in names]  # all of them before the model loads: a wrong name fails at once
    good = [picture for picture in pictures if _readable(picture, questions, as_json)]
    asking: list[str] = []
    all_answered = len(good) == len(pictures)
    for question, before in zip(questions, [None, *map(Before, questions)], strict=False):
        refused, replied = refusal(question, len(names), before), reply(question)
        if not refused and not replied:
            asking.append(question)
        elif good:
            said = Answer("", "", 0.0, 0.0, refused or None)
            _show([picture.name for picture in good], question, said, as_json, quiet=True, replied=replied)
        all_answered &= not refused
    answerer = None
    if good and asking:
        name = model or settings.model
        locate(name)  # a wrong name is said at once
        if not as_json:
            note(f"Loading the model {name} ...")
        answerer = _load(name, Placement(settings.device, settings.dtype, settings.threads))
    in_order = QuestionsInOrder(asking, len(pictures))
    rest = [(place, question) for place, question in enumerate(asking) if place not in in_order.named]
    steps = [one for one in rest if compared_in_steps(one[1], len(pictures))]
    together = [one for one in rest if len(pictures) > 1 and asked_together(one[1], len(pictures))]
    alone = [one for one in rest if one not in steps + together]
    rounds = [(alone, [picture]) for picture in good] + [(together, good)] * (len(good) == len(pictures))
    rounds += [(steps, [*pair]) for pair in pairwise(pictures) if pair[0] in good and pair[1] in good]
    of_one = [((place, asking[place]), pictures[one.place - 1]) for place, one in in_order.named.items()]
    rounds += [([one], [picture]) for one, picture in of_one if picture in good]
    for asked, about in rounds:
        if asked and not as_json and len(pictures) > 1:
            click.secho(", ".join(picture.name for picture in about), bold=True)
        for place, question in asked:
            assert answerer is not None
            first, *others = (SentPicture(picture.data, picture.key) for picture in about)
            asked_as = in_order.asked_as(place, question, [picture.key for picture in about])
            put = asked_as or question
            if not others and len(pictures) > 1:
                put = asked_of_each(put)
            request = Request("", first.data, put, beams, max_new_tokens, first.key, others=tuple(others))
            answer = answerer.answer([request])[0]
            all_answered &= answer.error is None
            in_order.note(place, first.key, Before(put, answer.text or None))
            names, quiet = [picture.name for picture in about], len(questions) == 1
            _show(names, question, answer, as_json, quiet=quiet, unsure_below=settings.unsure_below, asked_as=asked_as)
            if where is not None and answer.error is None:
                _write_where(where, answerer, request, answer.text)
    if not all_answered:
        sys.exit(1)


def _split(words: tuple[str, ...], more: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Which words are pictures and which are questions."""
    names, questions = list(words), list(more)
    if not more and len(names) > 1 and names[-1].strip() and _is_file(names[-1]):
        raise click.UsageError(f"The question is missing: {names[-1]} is a file.")
    if len(names) > 1 and (not more or _is_question(names[-1])):
        questions.insert(0, names.pop())
    if not names or not questions:
        raise click.UsageError('Name a picture and a question, for example: vqabot ask photo.jpg "What is this?"')
    if any(not question.strip(" ?!؟") for question in questions):
        raise click.UsageError("The question is empty.")
    each: list[str] = []
    for typed in questions:
        before = Before(each[-1]) if each else None
        each += (parts_of if several_named(typed, len(names), before) else questions_in)(typed, before)
    return names, each


def _check_where(where: Path, names: list[str], questions: list[str]) -> None:
    """Say at once what would be found out after the answer."""
    if len(questions) != 1 or (len(names) > 1 and not asked_together(questions[0], len(names))):
        raise click.UsageError("--where is for one question: about one picture, or about two that it compares.")
    if where.suffix.lower() not in Image.registered_extensions():
        raise click.UsageError(f"--where writes pictures, such as where.png; {where.name} does not end like one.")
    if not where.absolute().parent.is_dir():
        raise click.ClickException(f"{where} cannot be written: there is no folder {where.absolute().parent}.")


def _write_where(where: Path, answerer: Answerer, request: Request, text: str) -> None:
    """Draw what counted for an answer."""
    grids = answerer.where(request, text)
    if grids is None:
        raise click.ClickException("This kind of model cannot show where it looked.")
    pictures = [open_picture(picture.data) for picture in request.pictures]
    try:
        drawn = [draw_heat_map(picture, grid) for picture, grid in zip(pictures, grids, strict=True)]
        side_by_side(drawn).save(where)
    except OSError as error:
        raise click.ClickException(
            f"{where} cannot be written: {error.strerror or 'the picture is refused'}."
        ) from error
    note(f"Where it looked is in {where}.")


def _is_file(word: str) -> bool:
    try:
        return word == STDIN or Path(word).exists()
    except (OSError, ValueError):  # a long question is no file name
        return False


def _is_question(word: str) -> bool:
    """Beside -q a last word may still be a question, when it reads like one and is no file."""
    return not _is_file(word) and (not word.strip() or "?" in word or " " in word.strip())


def _read(name: str) -> PicturePath:
    if name == STDIN:
        return PicturePath("standard input", sys.stdin.buffer.read())
    path = Path(name)
    try:
        if path.is_dir():
            raise click.ClickException(f"{name} is a folder: name a picture file.")
        return PicturePath(name, path.read_bytes())
    except FileNotFoundError as error:
        raise click.ClickException(f"There is no picture at {name}.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise click.ClickException(f"{name} cannot be read: {reason}.") from error


def _readable(picture: PicturePath, questions: list[str], as_json: bool) -> bool:
    """Whether this is a picture; if not, say at once what is wrong with it, without loading a model for it."""
    try:
        open_picture(picture.data)
    except PictureError as refusal:
        for question in questions if as_json else questions[:1]:
            _show([picture.name], question, Answer("", "", 0.0, 0.0, str(refusal)), as_json, quiet=True)
        return False
    return True


def _load(model: str, placement: Placement) -> Answerer:
    limit_busy_waiting(os.environ)
    with in_words():
        from model.answerer import Answerer

        return Answerer.load(model, placement)


def _show(
    pictures: list[str],
    question: str,
    answer: Answer,
    as_json: bool,
    *,
    quiet: bool,
    unsure_below: int = 0,
    asked_as: str | None = None,
    replied: str = "",
) -> None:
    """Print one answer, or what is `replied` to words that ask nothing.

    `quiet` leaves the question out, where the person has just typed it as it was asked.
    """
    answer = replace(answer, unknown_words=as_typed(answer.unknown_words, question))
    if as_json:
        line: dict[str, object] = {
            "picture": pictures[0],
            "question": question,
            "asked_as": asked_as,
            "answer": answer.text,
            "confidence": round(answer.confidence, 6),
            "seconds": round(answer.seconds, 4),
            "known_picture": answer.known_picture,
            "known_words": answer.known_words,
            "unknown_words": list(answer.unknown_words),
            "alternatives": [
                {"answer": text, "probability": round(probability, 6)} for text, probability in answer.alternatives
            ],
            "truncated": answer.truncated,
        }
        if len(pictures) > 1:
            line["pictures"] = pictures
        if replied:
            line["reply"] = replied
        click.echo(
            json.dumps(line if answer.error is None else line | {"error": sentence(answer.error)}, ensure_ascii=False)
        )
    elif answer.error is not None:
        click.echo(f"{', '.join(pictures)}: {sentence(answer.error)}", err=True)
    elif replied:
        click.echo(replied)
    else:
        said = shown_answer(answer, unsure_below, asked_as or question)
        if said.caveat:
            click.echo(said.caveat)
        asked = asked_as or ("" if quiet else question)
        shown = f"{click.style(said.answer, bold=True)}  ({said.sureness}, {answer.seconds:.2f} s)"
        click.echo(f"{asked}  {shown}" if asked else shown)
