"""What the bot says to words that ask nothing."""

from __future__ import annotations

from bot.conversation.small_talk import SmallTalk
from bot.texts.catalog import N_, _, translated

IN_GROUPS = (SmallTalk.GREETING, SmallTalk.ASKING, SmallTalk.REMARK)
"""What gets a reply in groups, too: a remark may have been meant as a question; the rest is said in passing there."""
_WITH_PICTURE = N_("Ask me anything about the picture.")
_WITHOUT = N_("Send me a picture, and ask about it.")
_AGAIN = N_("Ask me more about the picture, or ask in other words.")


def reply(kind: SmallTalk, with_picture: bool) -> str:
    """A short sentence; `with_picture`: whether there is one to ask about."""
    go_on = translated(_WITH_PICTURE if with_picture else _WITHOUT)
    again = translated(_AGAIN if with_picture else _WITHOUT)
    said = {
        SmallTalk.GREETING: (_("Hello!"), go_on),
        SmallTalk.NAME: (_("Nice to meet you!"), go_on),
        SmallTalk.ASKING: (_("I am a bot that looks at pictures; how sure I am stands under each answer."), go_on),
        SmallTalk.THANKS: (_("You are welcome!"),),
        SmallTalk.FAREWELL: (_("Goodbye! Come back with a picture whenever you like."),),
        SmallTalk.PRAISE: (_("Thank you!"), go_on),
        SmallTalk.COMMENT: (_("I only answer questions about pictures."), go_on),
        SmallTalk.AGREEMENT: (_("All right."), again),
        SmallTalk.REMARK: (_("All right."), again),
        SmallTalk.INSULT: (_("I am sorry that I was no help."), again),
        SmallTalk.LAUGHTER: ("😄", again),
        SmallTalk.EMOJI: ("🙂", go_on),
    }
    return " ".join(said[kind])
