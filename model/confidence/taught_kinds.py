"""Questions that only a model can answer whose training asked such: why, when, by what name, a drawing or a photo.

Any other model guesses, and nothing in an answer's probability shows it: "girl" to "who is that?". `vqabot calibrate`
notes in `vqabot.json` which of these kinds no training question was of. English, as the questions are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from model.confidence.answer_kind import openings

FEWEST_QUESTIONS = 1000
"""Among fewer the absence of a kind says nothing."""
SHARE = 0.001
"""Of all questions: a kind that fewer are of was not taught."""
_BE = "(?:is|are|was|were)"
_DO = "(?:does|do|did|would|will)"
_SOMEBODY = (
    r"(?:(?:the|this|that|these|those) )?(?:\w+ )?(?:boy|girl|man|woman|child|kid|baby|toddler|guy|lady|person|dude"
    r"|boys|girls|men|women|children|kids|people|dog|cat|puppy|kitten|pet)"
)
_SIZE = "(?:tall|big|high|long|wide|heavy|old|young|far|deep|fast|large|small|short|hot|cold|warm|thick)"
_UNITS = r"(?:years?|months|days|hours?|minutes|met(?:er|re)s?|feet|foot|inches|miles|kilos?|pounds|degrees)"
_PICTURE = "(?:this|that|it|these|(?:the|this|that) (?:whole )?(?:picture|image|photo|pic|photograph|scene))"
_MADE_AS = (
    "(?:photos?|photographs?|photographed|drawings?|drawn|paintings?|painted|sketch(?:es)?|cartoons?|comics?|anime"
    "|animations?|animated|illustrations?|renders?|rendered|renderings?|screenshots?|selfies?|memes?|videos?|movies?"
    "|collages?|artworks?|art|clipart|cgi|3d|2d|ai|artificial|generated|digital|photoshop|photoshopped|edited|fake|real"
    "|realistic|handdrawn)"
)
_MADE_WITH = f"(?:oil|pencil|charcoal|ink|watercolou?r|hand|computer|artificially|(?:child|kid)'?s|{_MADE_AS})"
_MADE = f"(?:{_MADE_WITH} )*{_MADE_AS}"
_IS_MADE = rf"(?:(?:{_BE}n?'?t?|if|whether) {_PICTURE}(?: {_BE})?|(?:{_DO}|doesn't) {_PICTURE} look(?: like)?)"
_PATTERNS = {
    "reason": r"why\b|.+ why$|how come\b|what (?:makes|made|causes|caused) (?!of\b)"
    rf"|(?:what {_BE}|for what) (?:the )?reason\b",
    "date": rf"when(?: (?:{_BE}|{_DO}|has|had) .+)?$|(?:what|which) (?:year|month|date|century|decade)\b|how long ago\b"
    rf"|what {_BE} the (?:year|month|date)\b|when (?:this|that|it|he|she|they|the .+) {_BE} \w+$",
    "price": rf"how (?:much|many (?:dollars|euros))(?: money)? {_DO} .*\b(?:cost|pay)\b"
    rf"|(?:how much|what) {_BE} .*\bworth\b|how (?:expensive|cheap)\b"
    rf"|how much {_BE} (?:the|this|that|these|those|it|they|an?)\b"
    rf"|what {_DO} .* cost\b|(?:what {_BE} )?(?:(?:the|its) )?(?:price|cost)\b",
    "measure": rf"how {_SIZE}\b|how many {_UNITS}\b|how much {_DO} .* weigh\b|what size\b"
    rf"|what {_BE} (?:the|his|her|its|their) (?:\w+'?s )?(?:size|height|weight|age|length|width|depth|speed|distance"
    r"|temperature)\b",
    "medium": rf"{_IS_MADE} (?:(?:just|only|really|actually|even|all) )*(?:an? )?{_MADE}"
    r"(?: (?:picture|image|pic|scene|life|film))?(?: or .+)?$"
    rf"|{_IS_MADE} (?:an? )?real \w+ or (?:just )?(?:an? )?{_MADE}$|(?:an? )?{_MADE} or (?:an? )?{_MADE}$"
    rf"|{_IS_MADE} (?:drawn|painted|made|created|generated|produced|taken) (?:by|with|using) .+"
    rf"|{_IS_MADE} from an? (?:\w+ )?(?:cartoon|movie|film|game|comic|book|show|series)$"
    rf"|how {_BE} {_PICTURE} (?:drawn|painted|made|created|generated)$"
    r"|(?:what|which)(?: is the)? (?:kind|type|sort|style|form|genre|medium) of (?:an? )?"
    rf"(?:picture|image|photo|pic|photograph|drawing|painting|art|artwork)(?: {_BE} {_PICTURE})?$"
    rf"|(?:in )?(?:what|which) (?:(?:art|artistic|drawing|painting) )?(?:style|medium|technique|genre) {_BE} {_PICTURE}"
    r"(?: (?:drawn|painted|made|done))?(?: in)?$"
    rf"|what {_BE} the (?:(?:art|artistic|drawing|painting) )?(?:style|medium|technique|genre)(?: of {_PICTURE})?$",
    "name": rf"who {_BE} (?:this|that|these|those|it|he|she|they|{_SOMEBODY})(?: (?:here|there|in .+))?$"
    rf"|who (?:this|that|he|she|they|{_SOMEBODY}) {_BE}$"
    rf"|who (?:painted|drew|made|created|designed|took) (?:it|this|that|the (?:picture|photo|image|drawing|painting))\b"
    rf"|(?:what {_BE} )?(?:(?:his|her|their|{_SOMEBODY}'?s) names?|(?:the )?names? of (?:him|her|them|{_SOMEBODY}))\b"
    rf"|what {_BE} (?:he|she|they|{_SOMEBODY}) (?:called|named)\b"
    r"|(?:what|which|in which|in what) (?:country|city|town|village|state|street)\b",
    "text": rf"what {_DO} (?:(?!{_SOMEBODY}\b)(?:the|this|that|these|those|his|her|their) .+|it) (?:say|read|spell)$"
    rf"|what {_BE} (?:.+ )?(?:written|printed)\b|(?:can you )?read (?:it|this|that|the|what)\b"
    rf"|(?:what|which)(?: {_BE}(?: the)?)? (?:text|title|word|words|letters?|brand|logo|caption)\b",
    "unseen": rf"what (?:{_BE}|{_DO}) (?:he|she|they|{_SOMEBODY}) (?:thinking|saying|dreaming|say|think|want|wish)\b"
    rf"|what {_BE} (?:.+ )?(?:going to|gonna) \w+|what will\b|what (?:happens|comes) next\b",
}
_KINDS = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}
KINDS = frozenset(_KINDS)
_CONTRACTED = re.compile(r"\b(what|who|when|how)'?s\b")


def taught_kind(question: str) -> str | None:
    """Of which of these kinds a question is, as it was typed; None for any other."""
    for opening in openings(question):
        rest = _CONTRACTED.sub(r"\1 is", " ".join(opening))
        for kind, pattern in _KINDS.items():
            if pattern.match(rest):
                return kind
    return None


def untaught(questions: Iterable[str]) -> tuple[str, ...] | None:
    """The kinds that hardly any of a training's questions is of; None where there are too few questions to tell."""
    counts = Counter(map(taught_kind, questions))
    if counts.total() < FEWEST_QUESTIONS:
        return None
    return tuple(sorted(kind for kind in KINDS if counts[kind] < SHARE * counts.total()))
