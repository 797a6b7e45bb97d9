"""What people type to steer the conversation: the question before once more, another one, the end. Pure functions."""

from __future__ import annotations

import re

from bot.conversation.small_talk import SmallTalk

_PLEASE = r"(?:please|pls|plz|bitte|por favor|per favore|s'il te plaît)"
_REPEAT = re.compile(
    rf"(?:(?:ok|okay|k|and|now)[\s,]+)?"
    rf"(?:{_PLEASE} |(?:can|could) (?:you|u) )*(?:(?:(?:ask|answer|repeat|say)(?: (?:it|that|this|me))?|once|same) )?"
    r"(?:again|once more|one more time|repeat(?: (?:it|that|this|(?:the|my|that) (?:last )?question))?"
    r"|(?:the )?same (?:question|thing)|noch ?mal|noch einmal|ancora(?: una volta)?|di nuovo|otra vez|de nuevo|encore"
    rf"(?: une fois)?|de novo|outra vez|ещ[её] раз|снова|повтори|دوباره)(?:,? {_PLEASE})?",
    re.IGNORECASE,
)
_OF_THIS = re.compile(
    r"(?:(?:and|n|&|so|ok|okay|wh?at about|how about|same for)\b[\s,]*)+"
    r"(?:(?:in|on|for|with) )?(?:now|here|this|(?:this|the new) (?:one|picture|photo|pic|image|drawing|scene)"
    r"|these(?: (?:ones|two|pictures|photos|pics|images|drawings|scenes))?)"
    r"|(?:(?:in|on|for|with) )?(?:here|this one|these) (?:too|also|as well)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:(?:the|a|an|my|ok|okay|so) )*(?:(?:next|new|another|other|different|more) questions?"
    r"|(?:next|new|another|different) one)",  # "the other one" is of something in the picture
    re.IGNORECASE,
)
_OTHER_PICTURE = re.compile(
    r"(?:(?:the|a|an|my|ok|okay|so) )*(?:next|new|another|different) (?:picture|photo|pic|image|drawing|scene)",
    re.IGNORECASE,
)
_CLOSE = re.compile(r"(?:close|end|leave|finish)(?: (?:this|it|the chat|chat|conversation))?", re.IGNORECASE)
_FOR_ANOTHER = re.compile(
    r"(?:[!$][a-z]\w+|@\w+(?=\s))(?!\s+(?:what|which|who|where|how|is|are|does|do|can)\b)[^?؟]*|\*[a-z]+|[a-z]+\*",
    re.IGNORECASE,
)
"""A command to another bot, a word to somebody who is named, or one for people to put right what was typed before:
"!play despacito", "@gif cats", "*there"."""
_IDLE = re.compile(
    r"(?:ok|okay|so|oh|hey|and)?\W*(?:look|see|here|there|behold)(?: (?:here|there|look|see|see here))?"
    r"|(?:look|check)(?: it| this| that)?(?: one)? (?:out|closer|closely|harder|properly)(?: bot| again)?"
    r"|wrong (?!with\b)\w+(?: (?:again|bot|lol|dude|bro))*|tests? ?[0-9][0-9 ]*|more(?: please| pls)?",
    re.IGNORECASE,
)
"""What only points at something, tries the bot or complains: "look", "here", "look closer", "wrong colour", "test1"."""
_TITLED = re.compile(r"(?:dr|mr|mrs|ms|miss|mister|prof|professor)\.? [^\W\d]+", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[$€£]?\d+(?:[.:/]\d+)*\s?(?:%|€|\$|£|k|m|x)?", re.IGNORECASE)
_PICKS = re.compile(r"[1-9]|1\d|20")
"""A number that may be of a picture, or of something in it; any other alone asks nothing: "420", "0", "100%"."""
_TAGS = re.compile(r"(?:#[^\W\d]\w*\s*)+")
_ENDS = " .!,;:…"


def asks_again(text: str) -> bool:
    """Whether a message is nothing but the wish for the question before: "again", "repeat that"."""
    return bool(_REPEAT.fullmatch(text.strip(f"{_ENDS}?؟")))


def asks_of_this(text: str) -> bool:
    """Whether a message wants the same asked of the picture that is there now: "and this one?", "what about now"."""
    return bool(_OF_THIS.fullmatch(text.strip(f"{_ENDS}?")))


def wants_other_picture(text: str) -> bool:
    """Whether it announces another picture, which has not come: "new picture"."""
    return bool(_OTHER_PICTURE.fullmatch(text.strip(_ENDS)))


def steering(text: str) -> SmallTalk | None:
    """What a message is that announces a question, ends the talk or is for another one; "close?" may be a question.

    Remarks are a number that picks nothing, too, what only points, and hashtags.
    """
    if _FOR_ANOTHER.fullmatch(text) or _TAGS.fullmatch(text):
        return SmallTalk.REMARK
    bare = text.strip(_ENDS)
    if _IDLE.fullmatch(bare) or (_NUMBER.fullmatch(bare) and not _PICKS.fullmatch(bare)):
        return SmallTalk.REMARK
    if _TITLED.fullmatch(bare):
        return SmallTalk.NAME
    if _OTHER.fullmatch(bare):
        return SmallTalk.AGREEMENT
    return SmallTalk.FAREWELL if _CLOSE.fullmatch(bare) else None
