"""What stands before an answer: why not to rely on it. Plain text."""

from __future__ import annotations

from bot.conversation.as_typed import as_typed
from bot.conversation.noun_phrases import DETERMINERS, STOPS
from bot.texts.catalog import N_, Sentences, _, joined, plural, quoted, translate_constants, translated
from model.confidence.answer_kind import NUMBERS
from model.types import Answer
from storage.records import Evidence, Question

DEFAULT_KNOWS = N_("I have learnt from other pictures")
"""Where a model's `vqabot.json` does not say what it has learnt from."""
BUILTIN_KNOWS = N_("I have learnt from cartoon scenes and simple drawings")
"""What the built-in model's says; another model's sentence stays as it was written."""
NEW_WORDING = N_("You ask in a way that is new to me, so do not rely on this:")
NEW_WORDING_UNSURE = N_("You ask in a way that is new to me.")
STILL_DIFFERENT = N_("Still unlike the pictures that I know, so do not rely on this:")
"""Of one picture or several, where `knows` was said of them before."""
STILL_DIFFERENT_UNSURE = N_("Still unlike the pictures that I know.")
TRUNCATED = N_("My answer was cut off: it is longer than answers may be here.")
LONGEST_PART = 200
"""Characters of what stands beside an answer that are shown."""
STILLS: dict[str, str] = Sentences(
    {
        "animation": N_("Of the animation I saw only the still picture that Telegram shows of it."),
        "file": N_("Of the animation I saw only the first picture."),
        "sticker": N_("Of the moving sticker I saw only the still picture that Telegram shows of it."),
        "video": N_("Of the video I saw only the still picture that Telegram shows of it."),
    }
)
_EVERYDAY = (
    "anything anybody anyone everything something nothing nobody no yes so but if me we i im whos hows whats wheres"
    " thats theres hes shes theyre isnt arent doesnt dont cant else again then too please very just hers about should"
    " when why how what where which want know before after lol"
)
_UNNAMED = STOPS | NUMBERS | {*DETERMINERS.split("|"), *_EVERYDAY.split()}
"""Words that everybody knows, also where the model has not met them: then the whole question is in new words."""


def still(question: Question) -> str:
    """That an answer rests on the still picture of something that moves; empty where it does not."""
    return STILLS.get(question.still_of or "", "")


def caveat(about: Evidence | Answer, *, unsure: bool, again: bool = False) -> str:
    """That an answer is only a beginning, and what is new to the model in a question, in a sentence or two.

    Args:
        about: What was found of its picture and words.
        unsure: The answer says itself not to rely on it.
        again: What the model has learnt from was said of this picture before.
    """
    new = as_typed(about.unknown_words, about.text) if isinstance(about, Question) else about.unknown_words
    words = [quoted(word) for word in new if _bare(word) not in _UNNAMED]
    sentences = [still(about)] if isinstance(about, Question) and about.still_of else []
    if about.truncated:
        sentences.append(translated(TRUNCATED))
    if words:
        *others, last = words
        listed = _("{things} and {last}", things=joined(others), last=last) if others else last
        unknown = plural(
            "I do not know the word {words}.", "I do not know the words {words}.", len(words), words=listed
        )
        sentences.append(unknown)
    if about.known_picture is False and again:
        sentences.append(translated(STILL_DIFFERENT_UNSURE if unsure else STILL_DIFFERENT))
    elif about.known_picture is False:
        said = about.knows.strip().rstrip(".")[:LONGEST_PART]
        knows = translated({BUILTIN_KNOWS: BUILTIN_KNOWS, "": DEFAULT_KNOWS}.get(said, said))
        different = _("{knows}; this looks different, so do not rely on this:", knows=knows)
        sentences.append(_("{knows}; this looks different.", knows=knows) if unsure else different)
    elif words:
        sentences += [] if unsure else [_("So do not rely on this:")]
    elif about.known_words is False:
        sentences.append(translated(NEW_WORDING_UNSURE if unsure else NEW_WORDING))
    return " ".join(sentences)


def _bare(word: str) -> str:
    return word.lower().replace("'", "").replace("’", "")


translate_constants(__name__)
