"""What is asked of the bot beside pictures: to forget, to change its language, what it keeps. Pure functions; English.

Each has a command, or a sentence of its own.
"""

from __future__ import annotations

import re

_LEAD = re.compile(
    r"^(?:(?:please|pls|hey|hi|hello|ok|okay|so|bot|and|but|now)[\s,]+"
    r"|(?:can|could|may|will|would|should) (?:you|u|i|we) "
    r"|(?:how|where) (?:do|can|could|to|would) (?:i |you |u |we )?|how to "
    r"|i (?:want|need|would like|wanna)(?: you)?(?: to)? "
    r"|is there a way to |is it possible to |just )+",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|now|bot|thanks|for me|right now|here|too|instead|anymore|immediately))+$",
    re.IGNORECASE,
)
_MY = r"(?:(?:all|everything|all of|any)(?: of)? )?(?:(?:my|our|the|this|these|that|those|your) )?"
_KEPT = (
    r"(?:stuff|data|history|chats?|pictures?|photos?|pics?|images?|questions?|answers?|messages?|conversations?|account"
    r"|info|information|memory|profile|everything)"
)
_LANGUAGE = (
    r"(?:german|deutsch|italian|italiano|spanish|español|espanol|french|français|francais|portuguese|russian|farsi"
    r"|persian|english|arabic|chinese|japanese|korean|turkish|dutch|polish|hindi|ukrainian|other languages?"
    r"|another language|my language|a different language)"
)
_OWN_NAME = r"(?:deutsch|italiano|español|espanol|français|francais|português|portugues)"
_PLEASE = r"(?:please|pls|plz|bitte|per favore|por favor|s'il (?:te|vous) pla[iî]t)"
_MOVING = r"(?:videos?|clips?|movies?|gifs?|animations?|video messages?)"
_SHOWN = (
    r"(?:percentages?|percents?|%|confidence|sureness|probabilit(?:y|ies)|buttons?|notifications?|sounds?|dark mode"
    r"|thumbs)"
)
_COMMANDS = {
    "delete": rf"(?:delete|erase|remove|clear|wipe|forget)(?: (?:about )?me| {_MY}{_KEPT}| everything| all)?"
    rf"(?: (?:about|of|from) (?:me|us|mine|{_MY}{_KEPT}))?|unsubscribe(?: me)?|opt out"
    r"|reset(?: (?:the )?(?:chat|bot))?",
    "export": rf"(?:export|download|save|back up|backup)(?: {_MY}{_KEPT})?|(?:get|give|send)(?: me)? (?:all )?my data",
    "history": r"(?:(?:show|see|open|view|list)(?: me)? )?(?:my |the |our |chat )?history"
    r"|what (?:did|have) i ask(?:ed)?(?: (?:you|u))?(?: before| earlier| so far| yesterday| today)?"
    r"|(?:(?:show|see|list)(?: me)? )?my (?:old |previous |past |last |earlier )?questions?"
    r"|what (?:was|were) my (?:last |previous |old |earlier )?questions?"
    r"|(?:(?:show|tell|list)(?: me)? )?(?:what|everything(?: that)?|all(?: that)?) i(?: have|'ve)? asked(?: (?:you|u))?"
    r"(?: before| earlier| so far| yesterday| today)?",
    "help": r"(?:show|open|see|give|list)(?: me)? (?:(?:all|the|your|bot) )*(?:help|commands|menu)"
    r"|i need (?:some )?help|(?:can|could) (?:you|u) help(?: me)?"
    r"|what (?:commands|can i (?:do|ask))(?: (?:are there|do you have|can i use|is there|you|here))?"
    r"|what are (?:the|your) commands",
    "start": r"(?:(?:show|give|send)(?: me)? )?(?:an |the )?examples?|start",
    "settings": r"(?:(?:open|show|change|see|edit|go to|(?:where|what) are)(?: me)? )?(?:the |my |your |its )?"
    r"(?:settings?|options|preferences)"
    r"|(?:change|set|use|increase|decrease|raise|lower)(?: the)?(?: number of)? (?:beams?|time ?zone|retention)\b.*"
    r"|use \d+ beams?",
    "privacy": r"(?:show(?: me)? )?(?:the |your )?privacy(?: policy)?"
    r"|(?:what )?(?:do|does|will|did|are) (?:you|u|it|this bot) (?:also )?"
    rf"(?:store|keep|save|share|record|sell|collect|remember|keeping|saving|storing)(?: {_MY}{_KEPT}| anything)?"
    r"(?: (?:about|of|from) (?:me|us|mine))?|what (?:do|does) (?:you|u|it) (?:know|keep|store|save|remember)"
    rf"(?: (?:about|of) (?:me|us))?|(?:are|is) my {_KEPT} (?:safe|private|stored|kept|saved|shared|deleted|secure)"
    rf"|who (?:can )?sees? my {_KEPT}|how long (?:do|will) (?:you|u) (?:keep|store|save) {_MY}{_KEPT}"
    rf"|where (?:do|are|is) (?:(?:you|u) )?(?:keep|store|save )?{_MY}{_KEPT}(?: stored| kept| saved)?"
    r"|is (?:this|it|the bot) (?:private|secure)",
    "compare": r"how (?:to|do (?:i|you|u)|can (?:i|you|u)) compare "
    r"(?:(?:two|2|the|my|both|several) )*(?:pictures|photos|pics|images|them|things)",
}
_SENTENCES = {
    "languages": rf"(?:(?:change|set|switch|choose|select)(?: to)?(?: the| my| your)? )?language(?: to \w+)?"
    r"|(?:speak|talk|answer|reply|respond|write|switch|translate|say (?:it|that))(?: (?:to )?me)?"
    rf"(?: (?:in|to|into))? {_LANGUAGE}"
    r"|(?:what|which|how many)(?: other)? languages? (?:do|can|does) (?:you|u|it)"
    r" (?:speak|know|understand|talk|support|have)"
    rf"|(?:do|does|can) (?:you|u|it) (?:also )?(?:speak|understand|talk|know|answer in|support) {_LANGUAGE}"
    rf"|(?:in |auf |en )?(?:{_LANGUAGE},? {_PLEASE}|{_OWN_NAME})",
    "fixed": rf"(?:turn|switch) (?:off|on)(?: the| your)? {_SHOWN}|(?:turn|switch)(?: the| your)? {_SHOWN} (?:off|on)"
    r"|(?:hide|disable|remove|stop|mute|do(?: not|n'?t) (?:show|say|display)|stop showing|no)(?: me)?"
    rf"(?: the| your)? {_SHOWN}",
    "moving": rf"(?:send|upload|share|use|post)(?: you| u)?(?: an?| some)? {_MOVING}"
    rf"|(?:do|does|can) (?:you|u|it) (?:take|accept|support|understand|watch|see|look at|work with) {_MOVING}"
    rf"|(?:watch|see|look at|analy[sz]e)(?: my| an?)? {_MOVING}",
    "sees you": r"(?:can|could|do) (?:you|u) (?:really |actually )?(?:see|watch|look at) (?:me|us|my face)"
    r"|are (?:you|u) (?:watching|seeing|looking at) (?:me|us)",
}


def command_meant(text: str) -> str | None:
    """The command that does what a message asks of the bot, or tells of it: "delete my stuff"; None for all else."""
    return _found(text, _COMMANDS)


def sentence_meant(text: str) -> str | None:
    """The key of the sentence that answers what a message asks of the bot: "speak german"; None for all else."""
    return _found(text, _SENTENCES)


def _found(text: str, wanted: dict[str, str]) -> str | None:
    bare = " ".join(text.replace("’", "'").split()).strip(" ?!.,…")
    line = _END.sub("", bare)
    for form in dict.fromkeys((line, _LEAD.sub("", line), bare)):
        for name, pattern in wanted.items():
            if re.fullmatch(pattern, form, re.IGNORECASE):
                return name
    return None
