"""How an answer and its confidence are shown: the same in the chat, in the history, in exports and on the command line.

Plain text: HTML is made of it where it is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.conversation.comparison import asks_whether_alike, counted_in_each, sought_in_each
from bot.conversation.lines import lines_of
from bot.conversation.one_of_several import asked_with_pictures
from bot.texts.absence import is_absent, names_nothing, unnamed_absence
from bot.texts.catalog import N_, _, directed, isolated, translate_constants, translated
from bot.texts.caveats import LONGEST_PART, TRUNCATED, caveat
from bot.texts.lines import beginning, in_pictures, own_question, shared
from bot.texts.sureness import NOT_EVEN_A_GUESS, in_short, percent, sureness
from model.confidence.choices import may_be_chosen
from model.types import Answer
from storage.records import Evidence, Question

NO_ANSWER = N_("I have no answer to that. Please ask in other words.")
LONGEST = 2500
"""Characters of an answer that are shown: Telegram takes 4,096 of a message."""
MOST_ALTERNATIVES = 2
ASK_ONE_THING = N_("I cannot say that in a word. Ask about one thing, for example: Is there a dog?")

LEAST_OF_NOTHING = 50
"""The percentage that an answer needs which names nothing: below, it is not known."""
_PICTURE = r"(?:picture|photo|image|pic|drawing|scene)"
_ALL = rf"(?:in|on) (?:it|this|that|(?:the|this|that|my) (?:{_PICTURE}|left|right|background))"
_ALL_OF_IT = re.compile(
    r"(?:(?:so|and|hey|hi|ok|please|tell me)[\s,]+)*what(?: (?:do|can) (?:you|u) (?:see|tell me)"
    rf"| does (?:the|this|that) {_PICTURE} show"
    rf"|(?: is|'?s) (?:this (?:{_PICTURE} |a {_PICTURE} )?(?:of|about)|{_ALL}|happening|going on|shown|there|here))"
    rf"(?: (?:here|there|now|{_ALL}))?",
    re.IGNORECASE,
)
"""Asks for all that there is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as people read it."""

    answer: str
    """The headline: "Red, or perhaps orange"."""
    sureness: str
    """How sure that is: "54 % sure – I may be wrong", or in words where the model cannot tell."""
    in_short: str
    """The same where there is little room: "54 %"."""
    caveat: str = ""
    """Why not to rely on it; stands before the answer."""
    asked_as: str = ""
    """The question in full, where what was typed leant on the one before."""
    lines: tuple[tuple[str, Shown], ...] = ()
    """Of an answer of several lines, each by what stands before it; what they come to has nothing before it."""


def shown(question: Question, *, guesses: bool | None = None, again: bool = False) -> Shown:
    """A question's answer, as it stands in the ledger; of one about each of several pictures, all its lines.

    Args:
        question: It has an answer.
        guesses: Whether what its caveat stands before says itself not to rely on it: not this answer alone, where it is
            one of several lines. None: as this answer does.
        again: That its pictures are new was said before, and is said in fewer words.
    """
    whole_answer = _shown(
        (question.answer or "").strip(),
        question.confidence or 0.0,
        question,
        unsure_below=question.unsure_below,
        asked=question.asked,
        asked_as=asked_with_pictures(question),
        guesses=guesses,
        again=again,
    )
    lines = lines_of(question)
    if not lines or not (question.answer or "").strip():
        return whole_answer
    joint = shown_jointly(question)
    parts = [("", Shown(*joint))] if joint is not None else []
    for places, line in lines.items():
        before = f"{beginning(places)} {own_question(line, question)}".strip()
        parts.append((before, shown(line) if line.answer else Shown("–", "", "")))
    return replace(
        whole_answer,
        answer=_listed([(before, one.answer) for before, one in parts]),
        sureness=_each([one.sureness for _, one in parts], lines),
        in_short=_each([one.in_short for _, one in parts], lines),
        caveat=" ".join(one for one in (whole_answer.caveat, _caveats(question)) if one),
        lines=tuple(parts),
    )


def _listed(parts: Sequence[tuple[str, str]]) -> str:
    """Lines in a row, with what stands before each."""
    return directed(" · ".join(isolated(f"{before} {said}".strip()) for before, said in parts))


def _each(sure: Sequence[str], lines: Mapping[tuple[int, ...], Question]) -> str:
    """How sure each line is, behind how sure what they come to is; the same of all is said once."""
    if len({one for one in sure if one}) == 1:
        return next(filter(None, sure))
    names = [""] * (len(sure) - len(lines)) + [beginning(places) for places in lines]
    return _listed([(before, one) for before, one in zip(names, sure, strict=True) if one])


def _caveats(question: Question) -> str:
    """What is new in the lines of an answer: the same of all of them is said once."""
    said, own = caveats_of_lines(question)
    return " ".join([*(f"{beginning(places)} {one}" for places, one in own.items() if one), said]).strip()


def caveats_of_lines(question: Question, told: Collection[str] = ()) -> tuple[str, dict[tuple[int, ...], str]]:
    """What is new in all lines of an answer, to be said once before them, and what is besides in each.

    Args:
        question: It has lines.
        told: The SHA-256 of pictures of which the chat was told that they are new to the model.
    """
    lines = {places: line for places, line in lines_of(question).items() if line.answer}

    def caveats(guesses: bool | None) -> dict[tuple[int, ...], str]:
        again = {places: were_told(line, told) for places, line in lines.items()}
        return {places: shown(line, guesses=guesses, again=again[places]).caveat for places, line in lines.items()}

    # Lines differ where only some are guesses; then the others lead: what is said once says not to rely on them.
    joint = shown_jointly(question)
    for guesses in (True,) if joint is not None and _guesses_jointly(question) else (None, False):
        found = caveats(guesses)
        if said := shared({*found.values()}):
            return said, {places: one.removesuffix(said).strip() for places, one in found.items()}
    return "", caveats(None)


def were_told(question: Question, told: Collection[str]) -> bool:
    """Whether it was said of all pictures of a question that they are new to the model."""
    return all(picture.sha256 in told for picture in question.pictures)


def shown_jointly(question: Question) -> tuple[str, str, str] | None:
    """What the answers of all lines come to, and how sure that is, also in short; None where nothing asks for that.

    It is right where all of them are: as likely as that is where the pictures have nothing to do with each other.
    """
    lines = lines_of(question)
    alike = all(line.text == question.text for line in lines.values())
    answers = [(line.answer or "").strip() for line in lines.values()] if alike else []
    counts, said = [_count(answer) for answer in answers], None
    decided = all(answer in ("yes", "no") for answer in answers)
    if counted_in_each(question.text) is not None and None not in counts:
        said = _("In total: {number}", number=sum(count for count in counts if count is not None))
    elif sought_in_each(question.text) is not None and decided:
        said = _which([place for place, answer in enumerate(answers, 1) if answer == "yes"], len(answers))
    elif asks_whether_alike(question.text) and decided:
        said = _("Not all the same") if "no" in answers else _("All the same")
    if said is None or not answers:
        return None
    confidence = _joint_confidence(question)
    if _guesses_jointly(question):
        said = _("I do not know. My guess: {answer}", answer=said)
    familiar = is_familiar(question)
    return said, sureness(confidence, familiar=familiar), in_short(confidence, familiar)


def _joint_confidence(question: Question) -> float:
    return math.prod(line.confidence or 0.0 for line in lines_of(question).values())


def _guesses_jointly(question: Question) -> bool:
    """Whether what all lines come to, if they do, is a guess."""
    return percent(_joint_confidence(question)) < question.unsure_below


def _which(places: Sequence[int], pictures: int) -> str:
    """The pictures, counted from 1, that have what is looked for."""
    if not places:
        return _("In none of them")
    if len(places) == pictures:
        return _("In all of them")
    return in_pictures(places)


def _count(answer: str) -> int | None:
    """The number that an answer says; None where it says none."""
    if answer.isascii() and answer.isdecimal():
        return int(answer)
    return 0 if answer.lower() in ("none", "zero") or is_absent(answer) else None


def shown_answer(answer: Answer, unsure_below: int, question: str) -> Shown:
    """An answer as the model gave it to a question; below so many percent it is said as a guess."""
    return _shown(answer.text.strip(), answer.confidence, answer, unsure_below=unsure_below, asked=question)


def familiarity(about: Evidence) -> str:
    """In a few words what is new to the model; empty where nothing is, or where it cannot tell."""
    parts = (about, *(lines_of(about).values() if isinstance(about, Question) else ()))
    words = any(part.known_words is False or part.unknown_words for part in parts)
    picture = any(part.known_picture is False for part in parts)
    if picture:
        return _("new to me: picture and words") if words else _("new to me: picture")
    return _("new to me: words") if words else ""


def _shown(
    answer: str,
    confidence: float,
    about: Evidence | Answer,
    *,
    unsure_below: int,
    asked: str,
    asked_as: str = "",
    guesses: bool | None = None,
    again: bool = False,
) -> Shown:
    value, familiar = percent(confidence), is_familiar(about)
    sure = sureness(confidence, familiar=familiar)
    short = in_short(confidence, familiar)
    others = [text.strip()[:LONGEST_PART] for text, _ in about.alternatives if text.strip()]
    others = [text for text in others if may_be_chosen(asked, text)][:MOST_ALTERNATIVES]
    if not answer:
        return Shown(translated(TRUNCATED if about.truncated else NO_ANSWER), sure, short)
    nameless = names_nothing(answer, asked)
    unsure = value < max(unsure_below, LEAST_OF_NOTHING if nameless else 0)
    if about.truncated:
        said = f"{answer[0].upper()}{answer[1:LONGEST]} …"
    elif not may_be_chosen(asked, answer):
        unsure, said = True, _("I do not know which.")
        sure = short = translated(NOT_EVEN_A_GUESS)
    elif unsure and nameless and all(names_nothing(other, asked) for other in others):
        said = translated(ASK_ONE_THING) if _ALL_OF_IT.fullmatch(asked.strip(" ?!.")) else _("I do not know.")
        sure = short = translated(NOT_EVEN_A_GUESS)
    else:
        said = _headline(answer, others, unsure, asked)
    return Shown(said, sure, short, caveat(about, unsure=unsure if guesses is None else guesses, again=again), asked_as)


def is_familiar(about: Evidence | Answer) -> bool | None:
    """Whether pictures and words are like the model's own; None where it cannot tell."""
    parts = lines_of(about).values() if isinstance(about, Question) else ()
    if any(_is_new(part) for part in (*parts, about)):
        return False
    return None if any(part.known_picture is None for part in parts or (about,)) else True


def _is_new(about: Evidence | Answer) -> bool:
    return about.known_picture is False or about.known_words is False or bool(about.unknown_words)


def _headline(answer: str, alternatives: Sequence[str], unsure: bool, asked: str) -> str:
    """The answer as a sentence, with what else it may be, or as a guess."""
    if unsure:
        named = [text for text in (answer[:LONGEST], *alternatives) if not names_nothing(text, asked)]
        first, *others = dict.fromkeys(_guess(text, asked) for text in named)
        return _("I do not know. My guess: {answer}", answer=_with_others(first, others))
    if is_absent(answer):
        if unnamed := unnamed_absence(answer, asked):
            return unnamed.answer
        there = [other for other in alternatives if not is_absent(other)]
        seen = _("I see {thing}.", thing=_part(answer))
        perhaps = _("If there is one: {things}", things=_or(there)) if there else ""
        return f"{seen} {perhaps}".strip()
    said = _with_others(_part(answer[:LONGEST]), [_part(other) for other in alternatives])
    return said[0].upper() + said[1:]


def _with_others(answer: str, others: Sequence[str]) -> str:
    return _("{answer}, or perhaps {others}", answer=answer, others=_or(others)) if others else answer


def _guess(answer: str, asked: str) -> str:
    """An answer within a guess; what the question does not name is not said to be absent."""
    unnamed = unnamed_absence(answer, asked)
    return unnamed.guess if unnamed else _part(answer)


def _or(answers: Sequence[str]) -> str:
    first, *others = answers
    return _("{one} or {other}", one=first, other=_or(others)) if others else first


def _part(answer: str) -> str:
    """An answer within a sentence; of several things it has one "and"."""
    if is_absent(answer):
        return _("{thing} here", thing=answer)
    things = answer.split(" and ")
    listed = len(things) > 2 and all(len(thing.split()) <= 2 for thing in things)
    return f"{', '.join(things[:-1])} and {things[-1]}" if listed else answer


translate_constants(__name__)
