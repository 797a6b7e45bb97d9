"""Which picture and which question does a message mean? Pure functions: facts of a message in, its meaning out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.conversation.comparison import begins_comparing, is_comparison, names_another, needs_two
from bot.conversation.corrections import objection
from bot.conversation.no_short_answer import no_short_answer, wants_description
from bot.conversation.one_of_several import asks_of_this_alone
from bot.conversation.phrases import lexicon
from bot.conversation.phrases_in_english import names_value
from bot.conversation.question_language import asked_in, asks_for_language
from bot.conversation.requests import command_meant, sentence_meant
from bot.conversation.several_questions import on_one_line
from bot.conversation.small_talk import SmallTalk, is_gesture, says_nothing, small_talk
from bot.conversation.statements import as_question, states
from bot.conversation.steering import asks_again, asks_of_this, steering, wants_other_picture
from bot.conversation.text_speak import spelled_out
from model.text import MAX_QUESTION, question_length


@dataclass(frozen=True, slots=True)
class TelegramPicture:
    """A picture in a message, where Telegram keeps it."""

    message_id: int
    """The message under whose number it is kept."""
    file_id: str
    size: int | None
    """Bytes; None when Telegram does not say."""
    media_type: str
    unique_id: str | None = None
    """Telegram's name for the file: it changes when an edit replaces the picture."""
    certain: bool = True
    """False for a file that says nothing of its type: its bytes tell."""
    still_of: str | None = None
    """The kind of what moves, where this is only its still picture: "animation", "sticker" or "video"."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts of a message."""

    private: bool
    text: str
    """Text or caption without the mention of the bot and without the command /ask; else what it quotes of others."""
    picture: TelegramPicture | None = None
    """Its own picture, or one that it quotes from another chat."""
    unsupported: str | None = None
    """The kind of an attachment that has no picture, or "unread" for one that cannot be parsed."""
    emoji: str = ""
    """What a sticker stands for."""
    album: str | None = None
    addressed: bool = True
    """Whether the bot is meant: always in private chats; in groups by mention, reply or command."""
    asked_by_command: bool = False
    command: str | None = None
    """Another command at the start of a caption, or after the mention of the bot: `text` begins with it."""
    reply_picture: TelegramPicture | None = None
    """The picture of the message that this one replies to."""
    reply_unsupported: str | None = None
    """The kind of what this one replies to, where that is neither picture nor text."""
    reply_to: int | None = None
    """The message that this one replies to."""
    quoted_line: int | None = None
    """The number that begins the line which this one quotes of the bot's answer about several pictures."""
    reply_to_bot: bool = False
    """Whether the bot wrote that one."""


class Source(Enum):
    """Where the picture of a question comes from."""

    OWN = "own"
    REPLIED = "replied"
    REPLIED_ANSWER = "replied answer"
    """What the message replied to is about: the bot's answer or its "Got it", somebody's question."""
    NEWEST = "newest"
    """What was talked about last."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about a picture."""

    question: str
    source: Source


@dataclass(frozen=True, slots=True)
class Show:
    """A picture without a question."""

    source: Source = Source.OWN


@dataclass(frozen=True, slots=True)
class Command:
    """A command in a picture's caption, or after a mention."""

    name: str


@dataclass(frozen=True, slots=True)
class Name:
    """A command that does what was asked for. It is only named: it takes much away, or needs pictures."""

    command: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Something that gets a sentence instead of an answer: a key of `texts.UNSUPPORTED` or `texts.REFUSALS`."""

    why: str


@dataclass(frozen=True, slots=True)
class Talk:
    """Words that ask nothing: a greeting, thanks, an emoji."""

    kind: SmallTalk


@dataclass(frozen=True, slots=True)
class Object:
    """The answer before is called wrong."""

    right: str
    """What is said to be right; empty where that is not said."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The bot is not meant."""


_HELP = re.compile(
    r"(?:help(?: me)?(?:,? (?:please|pls|plz))?|commands|menu|(?:so )?what can (?:you|u) do"
    r"|how (?:does|do) (?:this|it|you|u) work"
    r"|how (?:to|do i|can i) use (?:this|it|you|u|the bot))",
    re.IGNORECASE,
)
_LEARNT = frozenset(("it", "de", "es", "fr", "pt", "ru", "fa"))
"""Languages, besides English, of which `talk_score` was learnt: of others it knows nothing."""
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)

_ONLY_NAMED = ("delete", "compare")
_DENIED = re.compile(r"(?:is|are|does|do|has|have|was|were)n'?t (?:there|the|he|she|they|these|those)\b", re.IGNORECASE)

Meaning = Ask | Show | Command | Name | Refuse | Talk | Object | Nothing


def meaning_of(facts: Facts) -> Meaning:
    """Decide what a message means to the bot."""
    if not facts.addressed:
        return Nothing()
    if facts.command is not None:
        return Command(facts.command)
    question = on_one_line(facts.text)
    if facts.picture is None and facts.unsupported is not None:
        return Talk(SmallTalk.EMOJI) if is_gesture(facts.emoji) else Refuse(facts.unsupported)
    if question_length(question) > MAX_QUESTION:
        return Refuse("too long" if facts.picture is None else "too long caption")
    if facts.picture is None and (right := objection(question)) is not None:
        return Object(right)
    if (why := no_short_answer(question)) is not None:
        return Refuse(why)
    described = wants_description(question)
    if facts.picture is None and not facts.asked_by_command and not described:
        if (why := sentence_meant(question)) is not None:
            return Refuse(why)
        if (name := command_meant(question)) is not None:
            return Name(name) if name in _ONLY_NAMED else Command(name)
    if facts.private and facts.picture is None and _HELP.fullmatch(question.strip(" ?!.")):
        return Command("help")
    if facts.picture is None and _LINK.fullmatch(question):
        return Refuse("other")
    compares = _compares(question, of_album=facts.album is not None and facts.picture is not None)
    again = described or asks_again(question) or asks_of_this(question) or asks_of_this_alone(question)
    talk = None if compares or again else steering(question) or small_talk(question)
    if facts.picture is None and wants_other_picture(question):
        return Refuse("new picture")
    if talk is SmallTalk.ASKING and as_question(question):  # "they are outside, no?"
        talk = None
    if talk is not None and _is_in_another_language(question, talk):
        talk = None
    if talk is SmallTalk.REMARK and _asks_of_a_thing(question):
        talk = None
    plain = not (facts.asked_by_command or compares or described)
    if talk in (None, SmallTalk.REMARK) and plain and states(question):
        if facts.picture is None:
            return Refuse("statement")
        talk = SmallTalk.REMARK
    shown_again = facts.picture is not None and asks_again(question)  # nothing was asked about it yet
    if talk is not None or shown_again or (says_nothing(question) and not compares and not described):
        question = ""
    if facts.picture is not None:
        return Ask(question, Source.OWN) if question else Show()
    if talk is not None:
        return Talk(talk)
    if facts.reply_unsupported is not None:
        return Refuse(facts.reply_unsupported)
    source = Source.NEWEST
    if facts.reply_to is not None:
        source = Source.REPLIED_ANSWER if facts.reply_picture is None else Source.REPLIED
    if question:
        return Ask(question, source)
    if source is not Source.NEWEST:
        return Show(source)
    return Refuse("empty" if facts.asked_by_command else "no words")


def _asks_of_a_thing(question: str) -> bool:
    """Whether what is made like a remark asks: "isn't there an elephant", "she happy", "one house and two people?"."""
    last = re.sub(r"\W+$", "", question.lower()).split(" ")[-1]
    named = question.endswith("?") and any(map(lexicon().is_thing, (last, last.removesuffix("s"))))
    whole = spelled_out(question)
    asks = whole != question and small_talk(whole) is None
    praised = lexicon().phrases.get((last,)) == SmallTalk.PRAISE  # "isn't she lovely"
    return named or asks or (not praised and _DENIED.match(question.replace("’", "'")) is not None)


def _compares(question: str, *, of_album: bool) -> bool:
    """Whether it is plainly a question about several pictures; under those of an album "what's new?" is one, too."""
    about_several = needs_two(question) or names_another(question) or (of_album and is_comparison(question))
    return about_several and (question.endswith("?") or begins_comparing(question))


def _is_in_another_language(question: str, talk: SmallTalk) -> bool:
    """Whether what seems to ask nothing is a question in another language, or a wish for one."""
    if asks_for_language(question) is not None:
        return True
    language = asked_in(question) if talk in (SmallTalk.REMARK, SmallTalk.COMMENT) else None
    asks = any(mark in question for mark in "?؟") or names_value(question)
    return language is not None and (asks or language not in _LEARNT)
