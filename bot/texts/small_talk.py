"""What the bot says to words that ask nothing."""

from __future__ import annotations

from bot.conversation.small_talk import SmallTalk

IN_GROUPS = (SmallTalk.GREETING, SmallTalk.ASKING)
"""What gets a reply in groups, too: the rest is said in passing there."""
_WITH_PICTURE = "Ask me anything about the picture."
_WITHOUT = "Send me a picture, and ask about it."
_AGAIN = "Ask me more about the picture, or ask in other words."


def reply(kind: SmallTalk, with_picture: bool) -> str:
    """A short sentence; `with_picture`: whether there is one to ask about."""
    go_on = _WITH_PICTURE if with_picture else _WITHOUT
    again = _AGAIN if with_picture else _WITHOUT
    return {
        SmallTalk.GREETING: f"Hello! {go_on}",
        SmallTalk.NAME: f"Nice to meet you! {go_on}",
        SmallTalk.ASKING: f"I am a bot that looks at pictures; how sure I am stands under each answer. {go_on}",
        SmallTalk.THANKS: "You are welcome!",
        SmallTalk.FAREWELL: "Goodbye! Come back with a picture whenever you like.",
        SmallTalk.PRAISE: f"Thank you! {go_on}",
        SmallTalk.COMMENT: f"I only answer questions about pictures. {go_on}",
        SmallTalk.AGREEMENT: f"All right. {again}",
        SmallTalk.INSULT: f"I am sorry that I was no help. {again}",
        SmallTalk.LAUGHTER: f"😄 {again}",
        SmallTalk.EMOJI: f"🙂 {go_on}",
    }[kind]
