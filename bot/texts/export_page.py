"""What stands on the page of an export, in the chat's language. Plain text: the page escapes it."""

from __future__ import annotations

from bot.texts.catalog import N_, Sentences, _, plural, translate_constants, translated

YOUR_CHAT = N_("your chat")
ASKED_ABOUT = N_("The picture that was asked about")
NOT_ASKED_ABOUT = N_("A picture that nothing was asked about")
NOT_KEPT = N_("The picture is not kept any more")
NOTHING_ASKED = N_("Nothing was asked about this picture")
WHERE = N_("Where I looked")
WHERE_PICTURE = N_("The picture with what counted for the answer")
NO_ANSWER = N_("No answer yet")
FOOTER = N_(
    "The same data for programs, with the settings and all else that is kept: history.json (described by "
    "history.schema.json) and history.csv. Made by vqabot; this page loads nothing from the network."
)
WITHOUT_ANSWER: dict[str, str] = Sentences({"failed": N_("No answer"), "cancelled": N_("Cancelled")})
"""By a question's state; in all others `NO_ANSWER`."""


def title(chat: str) -> str:
    """What the browser's tab says."""
    return _("History of {chat}", chat=chat)


def facts(questions: int, pictures: int, part: int, parts: int, exported: str) -> str:
    """What is on the page; `exported` is when it was made."""
    said = [
        plural("{number} question", "{number} questions", questions),
        plural("{number} picture", "{number} pictures", pictures),
    ]
    said += [_("part {part} of {parts}", part=part, parts=parts)] if parts > 1 else []
    return " · ".join((*said, _("exported {when}", when=exported)))


def about(pictures: int) -> str:
    """Before the numbers of the pictures that a question is about."""
    return plural("About {number} picture:", "About {number} pictures:", pictures)


def without_answer(state: str, error: str | None) -> str:
    """In the place of an answer: why there is none."""
    said: str = WITHOUT_ANSWER.get(state, translated(NO_ANSWER))
    return f"{said}: {error}" if error else said


translate_constants(__name__)
