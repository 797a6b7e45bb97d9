"""Every sentence that a person reads about questions and pictures. HTML: what people typed is escaped."""

from __future__ import annotations

from html import escape

from bot.texts.answers import shown
from bot.texts.failures import sentence
from model.counting import counted
from model.text import MAX_QUESTION
from storage.records import Question, State

LOOKING = "🔎 Looking…"
LOOKING_AGAIN = "🔎 Looking again…"
CANCEL_BUTTON = "Cancel"
EACH_BUTTON = "Ask about each picture"
ASKING_EACH = "I ask about each picture."
NOT_YOURS_TO_ASK = "Only who asked this, and the admins of this group, can ask it again."
NOTHING_TO_ASK = "That is answered already."
NEED_TWO = "To compare, I need two pictures: send me another one, and ask again."
COMPARE_QUESTION = "What changed?"
"""What /compare asks where nothing stands after it."""
CANCELLED = "Cancelled."
NOTHING_TO_CANCEL = "There is nothing to cancel: it is answered already."
NOT_YOURS_TO_CANCEL = "Only who asked this, and the admins of this group, can cancel it."
NEED_PICTURE = "Send me a picture first, then ask about it. You can also write the question right under the picture."
NEED_PICTURE_GROUP = (
    "Which picture? Reply to it with your question: mention me there, or use /ask. In groups I see only what is meant "
    "for me, unless I am an admin."
)
CANNOT_SEE = "I cannot see that picture; reply to it with your question. In groups I see only what is meant for me."
CANNOT_SEE_ABOVE = (
    "If you mean the picture above: I cannot see that picture; reply to it with your question. To go on about the one "
    "that I answered about, reply to my answer."
)
WHAT_TO_KNOW = "Got it. What would you like to know about this picture?"
WHAT_TO_KNOW_ALBUM = "Got them. What would you like to know about these pictures?"
WHAT_TO_KNOW_REPLACED = "I see the new picture. What would you like to know about it?"
TOO_BIG = "This file is too big: Telegram lets bots read files of at most 20 MB. Please send it as a photo, or smaller."
NOT_DOWNLOADED = "I could not get this picture from Telegram. Please send it again."
NO_ROOM = "I have no room for this picture: too many questions are waiting. Please send it again in a few minutes."
DISK_FULL = "My disk is nearly full, so I cannot take pictures just now. I go on with yours as soon as there is room."
NOT_STORED = "I cannot keep pictures just now. Please try again in a few minutes."
STILL_UNREADABLE = "I still cannot read this picture. Please send it again, or another one."
PICTURE_GONE = "I do not have this picture any more. Please send it again."
EMPTY_ASK = "Write your question after the command, as in: /ask What colour is the ball?"
NO_WORDS = "I see no words in this. Write what you would like to know about a picture."
UNREAD = "I cannot read what is attached to this message. Send me a picture, and ask about it."
UNKNOWN_COMMAND = "I do not know this command. /help shows what I can do."
GIVEN_UP = "I tried several times and could not work on this message. Please send it again, or ask in another way."
UNDELIVERABLE = "The answer could not be sent to this chat."
BROKEN = "Something went wrong on my side. Please try again."

UNSUPPORTED: dict[str, str] = {
    "sticker": "I cannot look at stickers. Send me a picture as a photo, and ask about it.",
    "animation": "I cannot watch animations. Send me a single picture, and ask about it.",
    "video": "I cannot watch videos. Send me a picture, for example a screenshot of it, and ask about it.",
    "video_note": "I cannot watch video messages. Send me a picture, and ask about it.",
    "voice": "I cannot listen to voice messages. Please write your question.",
    "audio": "I cannot listen to music. Send me a picture, and ask about it.",
    "document": "I can only look at pictures, and this file is none. Send me a photo, or an image file.",
    "other": "I can only look at pictures. Send me one, and ask about it.",
}

TOO_LONG = f"That is too long for me: a question may have up to {MAX_QUESTION} characters."
TOO_LONG_CAPTION = f"{TOO_LONG} I have kept the picture: ask about it in fewer words."
REFUSALS: dict[str, str] = {
    "too long": TOO_LONG,
    "too long caption": TOO_LONG_CAPTION,
    "empty": EMPTY_ASK,
    "no words": NO_WORDS,
    "unread": UNREAD,
}

START = (
    "Hello! I answer questions about pictures.\n\n"
    "Send me a picture and write your question under it, or send the picture first and ask then. "
    "You can go on asking about the same picture, and you can reply to an older one.\n\n"
    "Each answer says how sure I am. /help shows everything else."
)
EXAMPLE_CAPTION = "An example. Reply to this picture and ask, for instance: <i>{question}</i>"
HELP = (
    "<b>Ask about a picture</b>\n"
    "• a picture with your question under it\n"
    "• a picture, and then questions as messages\n"
    "• a reply to any picture, or to one of my answers\n"
    "• an edited question asks again\n"
    "• 👍 or 👎 under an answer, and a reply that says what is right\n"
    "• an album, or two pictures: “What changed?”, “Which one has a dog?”\n"
    "• in groups: mention me, reply to me, or use /ask\n"
    "• “Where?” under an answer shows what in the picture counted for it\n\n"
    "<b>Commands</b>\n"
    "/compare – what changed between the last two pictures\n"
    "/settings – how carefully I search and how long answers may be\n"
    "/history – what you asked, and what I answered, also by date (/history 2026-11-03)\n"
    "/export – your history as a ZIP file\n"
    "/delete – forget everything of this chat\n"
    "/privacy – what I keep\n\n"
    "Pictures: JPEG, PNG, WebP, GIF (its first frame) or HEIC, up to 20 MB."
)
DESCRIPTION = (
    "I answer questions about pictures. Send me a picture and write your question under it, or send the picture first "
    "and ask then. Press Start for an example."
)
"""What Telegram shows in a chat with the bot that is not started yet; at most 512 characters."""
SHORT_DESCRIPTION = "Send me a picture and ask a question about it."
"""What Telegram shows on the bot's profile; at most 120 characters."""
PRIVACY = (
    "<b>What I keep</b>\n"
    "The pictures that you send me, your questions, my answers, where I looked for them and what you think of them, "
    "your settings, and the numbers of my own messages; of you, your Telegram number, first name and language. When "
    "there is no room left, the oldest pictures go; /settings says after how many days all of it goes.\n"
    "It lies on the machine that runs me and goes to nobody else. No other chat can see it. Who runs me can, "
    "and may keep backups; which questions are answered wrong is shown to them. Nothing is used to train me unless "
    "/settings of this chat says so, and then without names and numbers.\n\n"
    "<b>Your rights</b>\n"
    "/export gives you everything as a file. /delete removes everything of this chat from my machine at once and for "
    "good; only whether my admin keeps this chat out stays. The messages in the chat are kept by Telegram: there you "
    "delete them yourself, or let me take away mine."
)


_OWN_CAPTION = 60
"""Characters of a picture's own caption that stand before its answer."""


def too_fast(limit: int, seconds: int) -> str:
    """Somebody asked more questions than the limit in a minute; there is room again in so many seconds."""
    return (
        f"That is a lot of questions: I take at most {limit} a minute from one person. "
        f"Please ask again in {counted(seconds, 'second')}."
    )


def too_many_of_yours(waiting: int) -> str:
    """So many questions of one person have no answer yet."""
    return f"{waiting} of your questions are still waiting for an answer. Please ask again when some are answered."


def too_many_waiting() -> str:
    """The bot's backlog, or the chat's, is full."""
    return "Too many questions are waiting just now. Please ask again in a few minutes."


def group_welcome(username: str) -> str:
    """The bot was added to a group: how to ask."""
    return (
        "Hello! I answer questions about pictures.\n\n"
        f"Reply to a picture with <code>@{username}</code> and your question, or with <code>/ask</code> and your "
        "question. To ask more about the same picture, reply to my answer.\n\n"
        "I see only what is meant for me, unless you make me an admin. /help shows everything else."
    )


def looking(position: int, again: bool = False) -> str:
    """The progress message; the position is how many questions wait before this one."""
    base = LOOKING_AGAIN if again else LOOKING
    if position <= 0:
        return base
    return f"{base}\n{counted(position, 'question')} before yours."


def outcome(question: Question) -> str:
    """What the progress message becomes; of a question about each of several pictures, a line for each."""
    if not question.each_picture or not question.several or question.state in (State.CANCELLED, State.FAILED):
        return _outcome(question)
    lines = [f"<i>{escape(question.asked_as)}</i>"] if question.asked_as else []
    for number, one in enumerate(question.of_each(), 1):
        said = " – ".join(_outcome(one).split("\n"))
        asked = "" if one.text == question.text else f"{escape(one.text[:_OWN_CAPTION])} "
        lines.append(f"{number}. {asked}{said}")
    return "\n".join(lines)


def _outcome(question: Question) -> str:
    """What became of one question."""
    if question.state is State.CANCELLED:
        return CANCELLED
    if question.state is State.FAILED:
        return escape(sentence(question.error or BROKEN))
    answer = shown(question)
    if not (question.answer or "").strip():
        return answer.answer
    lines = [
        f"<i>{escape(answer.asked_as)}</i>" if answer.asked_as else "",
        escape(answer.caveat),
        f"<b>{escape(answer.answer)}</b>",
        f"<i>{answer.sureness}</i>",
    ]
    return "\n".join(line for line in lines if line)
