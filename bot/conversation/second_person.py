"""Questions that are put to the bot itself, such as "can you sing?": they ask nothing about a picture. Pure functions.

So do those that ask whether anybody is there.

One is told by its words: it begins as questions do, has a second person, and has neither a verb of looking or telling
nor anything that the bot could look at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Language:
    """Plain words (lower case, no accents), separated by spaces."""

    begins: str
    you: str
    looking: str
    """Verbs of looking, telling and believing: "do you see ...", "can you tell me ..."."""
    looked_at: str
    """What stands for something in a picture."""

    def is_to_the_bot(self, words: Sequence[str]) -> bool:
        said = frozenset(words)
        other = {*self.looking.split(), *self.looked_at.split()}
        begins = not said.isdisjoint(self.you.split()) and not {*words[:2]}.isdisjoint(self.begins.split())
        return begins and said.isdisjoint(other)


_LANGUAGES = (
    _Language(
        "do are can could would will did have were what whats who whos where wheres how hows why when which should"
        " may r",
        "you u ya we your ur yours yourself",
        "see c think tell describe count read know recognise recognize find spot guess say show notice make look"
        " looking seeing watching"
        " explain sure identify name mean meant believe give certain call point list",
        "the this that these those it its he hes she shes they him her his them their there here picture photo"
        " image pic drawing scene one colour color many else outside inside indoors outdoors",
    ),
    _Language(
        "bist kannst hast magst willst kommst lebst wohnst sprichst was wo wer wie warum wann woher welche",
        "du dich dir dein deine deinen deiner",
        "siehst sehen erkennst erkennen sagst sagen zahlst zahlen beschreiben lesen glaubst denkst meinst findest"
        " finden zeigen weisst nennen raten sicher",
        "der die das den dem dieser diese dieses er sie es ihn ihm ihr hier da dort bild foto farbe viele",
    ),
    _Language(
        "sei hai vuoi puoi stai chi cosa dove come perche quando che tu eres tienes puedes quieres vives quien que"
        " donde como cuando por es as peux veux qui quoi ou comment pourquoi quand quel quelle vous voce vc quem"
        " onde qual",
        "sei hai vuoi puoi stai vivi parli tu ti tuo tua tuoi te tus eres tienes puedes quieres vives haces toi ton"
        " tes vous votre voce vc teu",
        "vedi vedere dirmi dire dici pensi credi contare leggere leggi riconosci trovi trovare descrivere mostrare"
        " sai sicuro sicura ves ver dime decir decirme crees piensas contar leer reconoces encuentras encontrar"
        " describir mostrar sabes seguro segura vois voir voyez dis penses pense crois compter lire reconnais"
        " trouves trouver decrire montrer sais sur sure ve dizer diz acha pensa ler reconhece encontra descrever"
        " sabe certeza secondo",
        "il lo la i gli le l questo questa quello quella qui lui lei foto immagine colore quanti quante el los las"
        " este esta esto ese esa eso aqui ahi alli imagen color cuantos cuantas les ce cet cette ces ca elle ils"
        " elles on ici photo image couleur combien y o a os as isso isto esse essa imagem cor quantos quantas ele"
        " ela no na do da",
    ),
    _Language(
        "ты вы как кто где когда почему зачем откуда что можешь какои какая у",
        "ты тебя тебе тобои твои твоя твое вы вас вам ваш",
        "видишь видите сказать скажешь думаешь считаешь прочитать читать узнаешь наити наидешь описать показать"
        " знаешь уверен",
        "это этот эта эти он она оно они его ее их тут здесь там картинке фото цвет сколько",
    ),
)
"""English, German, those of Romance origin (which share too many words to be told apart here), Russian."""


_WHERE = re.compile(r"where (?:are|r|were|am|is) (?:we|i)\b")
_ABLE = re.compile(
    r"(?:sai|sabes|(?:tu )?sais(?: tu)?|(?:voce |vc )?sabe|(?:ты )?умеешь|(?:ты )?можешь|puoi|puedes|(?:voce |vc )?pode"
    r"|(?:tu )?peux(?: tu)?) (\w+(?:re|[aei]r|ть|ться))|(\w+) بلدی"
)
"""Whether it can do something: "sai ballare"."""


_SOMEBODY = "anyone anybody someone somebody qualcuno jemand irgendwer alguien alguem quelqu кто ктонибудь کسی"
_THERE = (
    "is are there any in out at the hello c e ci in qui la ist bist da noch hier hay ahi sigue y a il un tem esta ai"
    " есть тут там нибудь еще هست هستش اونجا"
)
_AWAKE = (
    "home here around awake alive online listening casa sveglio vivo haus hause zuhause wach maison reveille despierto"
    " acordado живои живые дома онлаин خونه بیدار آنلاین زنده"
)


def calls_for_somebody(words: Sequence[str], *, greeted: bool) -> bool:
    """Whether plain words ask if somebody is there to talk with: "anyone home", after a greeting "anyone there"."""
    said = frozenset(words) - {*_SOMEBODY.split()}
    awake = {*_AWAKE.split()}
    called = greeted or not said.isdisjoint(awake)
    return len(said) < len(words) and called and said <= awake | {*_THERE.split()}


_DOUBT = re.compile(
    r"(?:(?:are |r )?(?:you|u|ya) )?(?:really |quite |very |so |absolutely )?(?:sure|certain|positive|confident)"
    r"(?: (?:(?:about|of) (?:that|this|it)|(?:that )?(?:it|that|there|they) (?:is|are)))?"
    r"|how (?:sure|certain|confident)(?: (?:are|r) (?:you|u))?(?: (?:about|of) (?:that|this|it))?"
    r"|(?:is (?:it|that|this) )?(?:true|correct)|yes|no|(?:can|do) (?:you|u) (?:really )?(?:see|hear|read|think)"
    r"|sicher|wirklich|sicur[oa]|segur[oa]|sur|certeza|(?:ты )?уверена?|точно|مطم[ءئیي]*نی?"
)
"""Whether an answer is right, or the bot can see at all: "sure?", "how sure are you", "can you see"."""


def asks_the_bot(words: Sequence[str]) -> bool:
    """Whether plain words (lower case, no accents) ask about the bot."""
    if len(words) > _MOST_WORDS:
        return False
    if _DOUBT.fullmatch(" ".join(words)):
        return True
    if able := _ABLE.fullmatch(" ".join(words)):
        return not any(able[1] in language.looking.split() for language in _LANGUAGES)
    if _WHERE.match(" ".join(words)):  # in the picture
        return False
    if words[0] == "t" and words[1:2] in (["es"], ["as"]):  # "t'es un robot"
        words = ["tu", *words[1:]]
    return any(language.is_to_the_bot(words) for language in _LANGUAGES)
