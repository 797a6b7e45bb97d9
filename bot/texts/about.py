"""What the bot says of itself: how it is used, its commands, what it keeps."""

from __future__ import annotations

from bot.texts.catalog import N_, Sentences, _, directed, translate_constants
from bot.texts.language import NAMES

START = N_(
    "Hello! I answer questions about pictures.\n\n"
    "Send me a picture and write your question under it, or send the picture first and ask then. "
    "You can go on asking about the same picture, and you can reply to an older one.\n\n"
    "I understand questions in English; my own texts can be in {languages} languages: /settings.\n\n"
    "Each answer says how sure I am. /help shows everything else.",
    languages=len(NAMES),
)
EXAMPLE_CAPTION = N_("An example. Reply to this picture and ask, for instance: <i>{question}</i>")
HELP = N_(
    "<b>Ask about a picture</b> (in English)\n"
    "• a picture with your question under it\n"
    "• a picture, and then questions as messages\n"
    "• a reply to any picture, or to one of my answers\n"
    "• a voice message, in English; reply in writing if I misheard it\n"
    "• a sticker, a GIF or a video: of what moves I see only its still picture\n"
    "• an edited question is answered anew\n"
    "• 👍 or 👎 under an answer, or as a reaction to it, and a reply that says what is right\n"
    "• an album, or two pictures: “What changed?”, “Which one has a dog?”\n"
    "• in groups: mention me, reply to me, or use /ask\n"
    "• “Where?” under an answer shows what in the picture counted for it\n\n"
    "<b>Commands</b>\n"
    "/ask – ask about the picture you reply to, or the last one\n"
    "/compare – what changed between the last two pictures\n"
    "/settings – how carefully I search, how long I keep things, the language and the time zone\n"
    "/history – what you asked, and what I answered, also by date (/history 2026-11-03)\n"
    "/export – your history as a ZIP file\n"
    "/delete – forget everything of this chat\n"
    "/privacy – what I keep\n\n"
    "Pictures: JPEG, PNG, WebP, GIF (its first frame) or HEIC, up to 20 MB."
)
COMMANDS: dict[str, str] = Sentences(
    {
        "start": N_("An example to try"),
        "help": N_("What this bot can do"),
        "ask": N_("Ask about the picture you reply to, or the last one"),
        "compare": N_("What changed between the last two pictures"),
        "settings": N_("How carefully to search, how long answers may be"),
        "history": N_("What was asked and answered"),
        "export": N_("The history as a ZIP file"),
        "delete": N_("Forget everything of this chat"),
        "privacy": N_("What is kept"),
        "admin": N_("How the bot is doing; settings for all chats"),
    }
)
"""What Telegram's menu says beside each command."""
DESCRIPTION = N_(
    "I answer questions about pictures. Send me a picture and write your question under it, or send the picture first "
    "and ask then. Press Start for an example."
)
"""What Telegram shows in a chat with the bot that is not started yet; at most 512 characters."""
SHORT_DESCRIPTION = N_("Send me a picture and ask a question about it.")
"""What Telegram shows on the bot's profile; at most 120 characters."""
PRIVACY = N_(
    "<b>What I keep</b>\n"
    "The pictures that you send me, your questions, my answers, where I looked for them and what you think of them, "
    "your settings, and the numbers of my own messages; of you, your Telegram number, first name and language. When "
    "there is no room left, the oldest pictures go; /settings says after how many days all of it goes.\n"
    "It lies on the machine that runs me and goes to nobody else. No other chat can see it. Who runs me can, "
    "and may keep backups; which questions are answered wrong is shown to them. Nothing is used to train me unless "
    "/settings of this chat says so, and then without names and numbers.\n"
    "Of a voice message I keep what I heard, as your question; the sound itself is gone once I have listened to it.\n\n"
    "<b>Your rights</b>\n"
    "/export gives you everything as a file. /delete removes everything of this chat from my machine at once and for "
    "good; only whether my admin keeps this chat out stays. The messages in the chat are kept by Telegram: there you "
    "delete them yourself, or let me take away mine."
)


def of_command(name: str) -> str:
    """What a command does, to who asks for that in words."""
    return directed(f"/{name} – {COMMANDS[name]}")


def group_welcome(username: str) -> str:
    """The bot was added to a group: how to ask."""
    return _(
        "Hello! I answer questions about pictures.\n\n"
        "Reply to a picture with <code>@{username}</code> and your question, or with <code>/ask</code> and your "
        "question. To ask more about the same picture, reply to my answer.\n\n"
        "I see only what is meant for me, unless you make me an admin. /help shows everything else.",
        username=username,
    )


translate_constants(__name__)
