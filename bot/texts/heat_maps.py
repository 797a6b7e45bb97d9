"""Every sentence that a person reads about where the model looked. HTML: what people typed is escaped."""

from __future__ import annotations

from html import escape

from bot.conversation.lines import lines_of
from bot.conversation.one_of_several import named_picture
from bot.texts.answers import shown
from bot.texts.catalog import N_, translate_constants, translated
from bot.texts.lines import shorten
from storage.records import Question

BUTTON = N_("Where?")
NOT_THERE = N_("There is no answer here that I could show this of.")
COMING = N_("I show it below the answer in a moment.")
LATER = N_("Nobody can look just now. I show it below the answer as soon as somebody can.")
SHOWN = N_("I have shown it already: look below the answer.")
PICTURE_GONE = N_("I do not have this picture any more, so I cannot show it.")
OTHER_MODEL = N_("Another model has answered this, so I cannot say where it looked. Ask again, and I can.")
NOWHERE = N_("Nothing in the picture counted: the answer came from the words of the question.")
MEANING = N_("Bright and framed is what counted for this answer. It does not say that the answer is right.")
LOOKED = N_("Bright and framed is where I looked most. It does not say that the answer is right.")
"""Where pictures are compared, or nothing was found: what is framed is not what the answer names."""
_NOTHING = ("no", "nothing", "none", "nobody", "nowhere")
_LONGEST = 200
"""Characters of question and answer in a caption."""


def caption(request: Question) -> str:
    """Under a picture that shows where an answer came from."""
    lines, said = lines_of(request), shown(request)
    parts = [shorten(f"{before} {one.answer}".strip(), _LONGEST) for before, one in said.lines]
    answer = shorten(" · ".join(parts), 2 * _LONGEST) if parts else shorten(said.answer, _LONGEST)
    compared = named_picture(request) is None and any(one.several for one in (lines.values() or (request,)))
    named = not compared and (request.answer or "").lower().split()[:1] not in [[word] for word in _NOTHING]
    meaning = translated(MEANING if named else LOOKED)
    return f"<i>{escape(shorten(request.asked, _LONGEST))}</i>\n<b>{escape(answer)}</b>\n{meaning}"


translate_constants(__name__)
