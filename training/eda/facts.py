"""Counts what is in a split: pictures, questions, answers, and how far people agree."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from PIL import Image

from bot.texts.failures import sentence
from model.errors import PictureError
from model.images import open_picture
from model.text import normalise_question, target_answer
from training.data.files import PictureFile
from training.data.pool import parallel_map
from training.data.sources import SourceQuestion

_MARKS = ".,;:!?\"'()"
"""No part of a word that they stand beside."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What one picture file is."""

    size: tuple[int, int] = (0, 0)
    mode: str = ""
    translucent: bool = False
    """Whether it has pixels that let something through."""
    problem: str = ""
    """Why it cannot be used; empty when it can."""
    content: str = ""
    """The same for files of the same bytes."""


@dataclass(slots=True)
class SplitFacts:
    """What is in a split."""

    split: str
    questions: int = 0
    pictures: int = 0
    """That can be used."""
    missing: int = 0
    broken: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Names of such pictures and what is wrong with them."""
    translucent: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    """Of the questions."""
    answers: Counter[str] = field(default_factory=Counter)
    """The majority's answers."""
    question_lengths: Counter[int] = field(default_factory=Counter)
    """In words."""
    answer_lengths: Counter[int] = field(default_factory=Counter)
    question_types: Counter[str] = field(default_factory=Counter)
    answer_types: Counter[str] = field(default_factory=Counter)
    agreement: Counter[int] = field(default_factory=Counter)
    """How many of the ten gave the commonest answer."""
    questions_a_picture: Counter[int] = field(default_factory=Counter)
    different_questions: int = 0
    contents: set[str] = field(default_factory=set)
    """The pictures by what is in their files."""
    usable: list[SourceQuestion] = field(default_factory=list)
    """Questions whose picture can be used."""

    def unseen_answers(self, learnt: SplitFacts) -> float:
        """The share (0 to 1) of questions whose answer never occurs in another split."""
        known = sum(number for answer, number in self.answers.items() if answer in learnt.answers)
        return 1 - known / max(1, self.answers.total())


def gather(split: str, asked: Sequence[SourceQuestion], processes: int, progress: Callable[[int], None]) -> SplitFacts:
    """Look at every picture and count everything.

    Args:
        split: Its name.
        asked: Its questions.
        processes: That open pictures; 0: one a CPU core.
        progress: Called with the number of pictures looked at since the last call.
    """
    facts = SplitFacts(split, questions=len(asked))
    files = {found.number: found for each in asked for found in each.pictures}
    there = {number: each.picture for number, each in files.items() if each.picture is not None}
    for number, each in files.items():
        if number not in there:
            facts.missing += 1
            facts.problems.append((each.name, each.problem))
    good: set[int] = set()
    with closing(parallel_map(picture_facts, list(there.values()), processes)) as results:
        for number, facts_of_file in zip(there, results, strict=True):
            progress(1)
            if facts_of_file.problem:
                facts.broken += 1
                facts.problems.append((files[number].name, facts_of_file.problem))
                continue
            good.add(number)
            facts.contents.add(facts_of_file.content)
            facts.sizes[facts_of_file.size] += 1
            facts.modes[facts_of_file.mode] += 1
            facts.translucent += facts_of_file.translucent
    facts.pictures = len(good)
    facts.usable = [each for each in asked if all(found.number in good for found in each.pictures)]
    _count_words(facts, asked)
    return facts


def picture_facts(file: PictureFile) -> PictureFacts:
    """Open a picture as the bot would, and say what it is."""
    try:
        data = file.read_bytes()
        open_picture(data)
        with Image.open(io.BytesIO(data)) as picture:
            size, mode = picture.size, picture.mode
            translucent = picture.has_transparency_data and _lets_through(picture)
    except PictureError as error:
        return PictureFacts(problem=sentence(error))
    except OSError as error:
        return PictureFacts(problem=f"it cannot be read: {error.strerror or error}")
    return PictureFacts(size, mode, translucent, content=hashlib.sha256(data).hexdigest())


def _lets_through(picture: Image.Image) -> bool:
    lowest, _ = picture.convert("RGBA").getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _count_words(facts: SplitFacts, asked: Sequence[SourceQuestion]) -> None:
    different = set()
    pictures: Counter[int] = Counter()
    for each in asked:
        words = normalise_question(each.question).split()
        different.add(" ".join(words))
        facts.words.update(bare for word in words if (bare := word.strip(_MARKS)))
        facts.question_lengths[len(words)] += 1
        facts.question_types[each.question_type] += 1
        facts.answer_types[each.answer_type] += 1
        pictures[each.image_id] += 1
        if each.answer is not None:
            answer = target_answer(each.answer)
            facts.answers[answer] += 1
            facts.answer_lengths[len(answer.split())] += 1
        if each.answers:
            ((_, most),) = Counter(map(target_answer, each.answers)).most_common(1)
            facts.agreement[most] += 1
    facts.different_questions = len(different)
    facts.questions_a_picture.update(pictures.values())
