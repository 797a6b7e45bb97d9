"""Every sentence that a person reads about questions and pictures. HTML: what people typed is escaped."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from bot.conversation.lines import left_out, lines_of
from bot.texts.answers import caveats_of_lines, shown, shown_jointly, were_told
from bot.texts.catalog import N_, Sentences, _, directed, isolated, plural, translate_constants, translated
from bot.texts.caveats import still
from bot.texts.failures import sentence
from bot.texts.lines import beginning, own_question
from model.text import MAX_QUESTION
from storage.records import Question, State

_MESSAGE = 4096
"""UTF-16 units that Telegram takes as one message."""
_MARKS = 5
"""At most so many stand around a line and its answer: its end, and marks of the direction."""
_LEAST = 20
"""Of those so many of each line's answer are shown at least."""
LOOKING = N_("🔎 Looking…")
LOOKING_AGAIN = N_("🔎 Looking again…")
CANCEL_BUTTON = N_("Cancel")
EACH_BUTTON = N_("Ask about each picture")
ASKING_EACH = N_("I ask about each picture.")
NOT_YOURS_TO_ASK = N_("Only who asked this, and the admins of this group, can ask it again.")
NOTHING_TO_ASK = N_("That is answered already.")
NEED_TWO = N_("To compare, I need two pictures: send me another one, and ask again.")
NO_MORE_CHANGES = N_(
    "More than that I cannot say of what changed; you can ask about each of the pictures by replying to it."
)
ASK_EARLIER = N_("To ask about the earlier picture, reply to it with your question.")
COMPARE_QUESTION = "What changed?"  # what /compare asks where no question stands after it
CANCELLED = N_("Cancelled.")
NOTHING_TO_CANCEL = N_("There is nothing to cancel: it is answered already.")
NOT_YOURS_TO_CANCEL = N_("Only who asked this, and the admins of this group, can cancel it.")
NEED_PICTURE = N_(
    "Send me a picture first, then ask about it. You can also write the question right under the picture."
)
NEED_PICTURE_GROUP = N_(
    "Which picture? Reply to it with your question: mention me there, or use /ask. In groups I see only what is meant "
    "for me, unless I am an admin."
)
CANNOT_SEE = N_("I cannot see that picture; reply to it with your question. In groups I see only what is meant for me.")
CANNOT_SEE_ABOVE = N_(
    "I cannot see the message above yours. Reply with your question to the picture that you mean, or to my answer "
    "about it."
)
WHAT_TO_KNOW = N_("Got it. What would you like to know about this picture?")
WHAT_TO_KNOW_ALBUM = N_("Got them. What would you like to know about these pictures?")
WHAT_TO_KNOW_STILL = N_(
    "Got it. I see only the still picture that Telegram shows of it, nothing that moves. What would you like to know "
    "about that picture?"
)
WHAT_TO_KNOW_REPLACED = N_("I see the new picture. What would you like to know about it?")
TOO_BIG = N_(
    "This file is too big: Telegram lets bots read files of at most 20 MB. Please send it as a photo, or smaller."
)
NOT_DOWNLOADED = N_("I could not get this picture from Telegram. Please send it again.")
NO_ROOM = N_("I have no room for this picture: too many questions are waiting. Please send it again in a few minutes.")
DISK_FULL = N_(
    "My disk is nearly full, so I cannot take pictures just now. I go on with yours as soon as there is room."
)
NOT_STORED = N_("I cannot keep pictures just now. Please try again in a few minutes.")
STILL_UNREADABLE = N_("I still cannot read this picture. Please send it again, or another one.")
PICTURE_GONE = N_("I do not have this picture any more. Please send it again.")
EMPTY_ASK = N_("Write your question after the command, as in: /ask What colour is the ball?")
NO_WORDS = N_("I see no words in this. Write what you would like to know about a picture.")
NO_STORY = N_(
    "I answer single questions about a picture; telling a story about it is more than I can. Ask, for example: "
    "<i>Who is holding the ball?</i> or <i>What is on the table?</i>"
)
NO_REASON = N_(
    "I cannot say why. If “Where?” stands under an answer, it shows what in the picture counted for that answer."
)
UNREAD = N_("I cannot read what is attached to this message. Send me a picture, and ask about it.")
UNKNOWN_COMMAND = N_("I do not know this command. /help shows what I can do.")
GIVEN_UP = N_("I tried several times and could not work on this message. Please send it again, or ask in another way.")
UNDELIVERABLE = N_("The answer could not be sent to this chat.")
BROKEN = N_("Something went wrong on my side. Please try again.")

NO_SPEECH = N_("I hear no question in this. Please say it again, a little slower, or write it.")
ASK_HEARD_BUTTON = N_("Yes, ask that")
NOTHING_HEARD_THERE = N_("I cannot find that message any more. Please write your question.")
NOT_YOURS_TO_CONFIRM = N_("Only who spoke can say what was meant.")

UNSUPPORTED: dict[str, str] = Sentences(
    {
        "sticker": N_("I cannot look at moving stickers. Send me a picture as a photo, and ask about it."),
        "animation": N_("I cannot watch animations. Send me a single picture, and ask about it."),
        "video": N_("I cannot watch videos. Send me a picture, for example a screenshot of it, and ask about it."),
        "video_note": N_("I cannot watch video messages. Send me a picture, and ask about it."),
        "voice": N_("I cannot listen to voice messages. Please write your question."),
        "audio": N_("I cannot listen to music. Send me a picture, and ask about it."),
        "pdf": N_("A PDF is not a picture: please send a photo or a screenshot of the page."),
        "archive": N_("This is an archive, not a picture: please send the picture itself."),
        "text file": N_("A document is not a picture: please send a photo or a screenshot of the page."),
        "document": N_("I can only look at pictures, and this file is none. Send me a photo, or an image file."),
        "other": N_("I can only look at pictures. Send me one, and ask about it."),
    }
)

TOO_LONG = N_("That is too long for me: a question may have up to {number} characters.", number=MAX_QUESTION)
TOO_LONG_CAPTION = N_(
    "That is too long for me: a question may have up to {number} characters. I have kept the picture: ask about it in "
    "fewer words.",
    number=MAX_QUESTION,
)
STATEMENT = N_("I take that as a statement, and only answer questions. To ask it, end it with a question mark.")
NEW_PICTURE = N_("Send me a picture, and ask about it.")
NOTHING_TO_REPEAT = N_("I was asked nothing about this picture yet. What would you like to know?")
LANGUAGES = N_(
    "I understand and answer questions in English only. What else I say comes in other languages, too: /settings"
)
FIXED = N_("That cannot be changed; what can be changed is in /settings.")
MOVING = N_("You can send me videos and GIFs, but I see only the still picture that Telegram shows of each.")
SEES_YOU = N_("I see nothing but the pictures that are sent to me.")
REFUSALS: dict[str, str] = Sentences(
    {
        "languages": LANGUAGES,
        "fixed": FIXED,
        "moving": MOVING,
        "sees you": SEES_YOU,
        "too long": TOO_LONG,
        "too long caption": TOO_LONG_CAPTION,
        "empty": EMPTY_ASK,
        "no words": NO_WORDS,
        "unread": UNREAD,
        "story": NO_STORY,
        "why": NO_REASON,
        "statement": STATEMENT,
        "new picture": NEW_PICTURE,
    }
)

OTHER_LANGUAGE = N_(
    "I understand questions in English only. Ask, for example: <i>What color is the ball?</i>\n"
    "My answers are in English, too."
)
"""To a question in another language, said in that language."""


def did_you_ask(heard: str) -> str:
    """It is not sure what was said: the question that it may have been."""
    return _("Did you ask: <i>{question}</i>\nIf not, please write your question.", question=escape(heard))


def too_fast(limit: int, seconds: int) -> str:
    """Somebody asked more questions than the limit in a minute; there is room again in so many seconds."""
    return plural(
        "That is a lot of questions: I take at most {limit} a minute from one person. "
        "Please ask again in {number} second.",
        "That is a lot of questions: I take at most {limit} a minute from one person. "
        "Please ask again in {number} seconds.",
        seconds,
        limit=limit,
    )


def too_many_of_yours(waiting: int) -> str:
    """So many questions of one person have no answer yet."""
    return plural(
        "{number} of your questions is still waiting for an answer. Please ask again when it is answered.",
        "{number} of your questions are still waiting for an answer. Please ask again when some are answered.",
        waiting,
    )


def too_many_waiting() -> str:
    """The bot's backlog, or the chat's, is full."""
    return _("Too many questions are waiting just now. Please ask again in a few minutes.")


def progress(position: int, again: bool = False) -> str:
    """The progress message; the position is how many questions wait before this one."""
    base = translated(LOOKING_AGAIN if again else LOOKING)
    if position <= 0:
        return base
    before = plural("{number} question before yours.", "{number} questions before yours.", position)
    return f"{base}\n{before}"


def outcome(question: Question, told: Collection[str] = ()) -> str:
    """What the progress message becomes; of a question about each of several pictures, its lines.

    Args:
        question: It has an outcome.
        told: The SHA-256 of pictures of which the chat was told that they are new to the model.
    """
    about = lines_of(question)
    if not about or question.state in (State.CANCELLED, State.FAILED):
        return _outcome(question, told)
    head, own_caveats = _head(question, told)
    lines = []
    for places, one in about.items():
        own = _outcome(one, told, own_caveats.get(places, ""))
        parts = [part.strip() for part in own.split("\n") if part.strip()]
        said = " – ".join(parts).replace(": – ", ": ").replace(". – <b>", ". <b>")  # a caveat leads to its answer
        asked = escape(own_question(one, question))
        lines.append(directed(f"{beginning(places)} {asked}{said}"))
    if _length([*head, *lines]) > _MESSAGE:
        room = (_MESSAGE - _length(head)) // len(about) - _MARKS
        lines = [_in_short(places, one, question, room) for places, one in about.items()]
    return "\n".join([*head, *lines])


def _head(question: Question, told: Collection[str]) -> tuple[list[str], dict[tuple[int, ...], str]]:
    """What stands before the lines of an answer, and the caveats that only some of them have."""
    asked_as = f"<i>{escape(question.asked_as)}</i>" if question.asked_as else ""
    head = [line for line in (_heard(question), asked_as) if line]
    if rest := left_out(question):
        questions = escape(" ".join(rest)).join(("<i>", "</i>"))
        head.append(_("That was too much for one message. I left out: {questions}", questions=questions))
    caveat, own_caveats = caveats_of_lines(question, told)
    head += [escape(caveat)] if caveat else []
    if (joint := shown_jointly(question)) is not None:
        head.append(f"<b>{joint[0]}</b> – <i>{joint[1]}</i>")
    head += [said] if (said := escape(still(question))) else []
    return head, own_caveats


def _in_short(places: tuple[int, ...], one: Question, question: Question, room: int) -> str:
    """A line of at most so many UTF-16 units, or little more: how sure it is in few words, and a beginning."""
    before, answered = f"{beginning(places)} {own_question(one, question)}", shown(one) if one.answer else None
    sure = f" – {answered.in_short}" if answered else ""
    said = answered.answer if answered else sentence(one.error or translated(BROKEN))
    room = max(_LEAST, room - _length([before, sure]))
    if _length([said]) > room:
        said = said.encode("utf-16-le")[: 2 * room - 2].decode("utf-16-le", "ignore").rstrip() + "…"
    bold = ("<b>", "</b>") if answered else ("", "")
    return directed(f"{escape(before)}{isolated(escape(said)).join(bold)}<i>{sure}</i>")


def _length(lines: Collection[str]) -> int:
    """UTF-16 units, as Telegram counts them."""
    return len("\n".join(lines).encode("utf-16-le")) // 2


def _heard(question: Question) -> str:
    """What was heard, where the question was spoken."""
    return _("I heard: <i>{question}</i>", question=escape(question.text)) if question.spoken else ""


def _outcome(question: Question, told: Collection[str], caveat: str | None = None) -> str:
    """What became of one question; with a caveat, of one of several lines, without what was heard or asked in full."""
    if question.state is State.CANCELLED:
        return translated(CANCELLED)
    if question.state is State.FAILED:
        return escape(sentence(question.error or translated(BROKEN)))
    in_full = caveat is None
    answer = shown(question, again=were_told(question, told))
    if not (question.answer or "").strip():
        return answer.answer
    lines = [
        _heard(question) if in_full else "",
        f"<i>{escape(answer.asked_as)}</i>" if answer.asked_as and in_full else "",
        escape(answer.caveat if caveat is None else caveat),
        f"<b>{escape(answer.answer) if in_full else isolated(escape(answer.answer))}</b>",
        f"<i>{answer.sureness}</i>",
    ]
    return "\n".join(line for line in lines if line)


translate_constants(__name__)
