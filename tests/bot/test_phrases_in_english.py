"""What people say of no picture in other languages is understood as English is; what is a question is not touched."""

from __future__ import annotations

import pytest

from bot.conversation.meaning import Ask, Command, Facts, Meaning, Object, Refuse, Source, Talk, meaning_of
from bot.conversation.phrases_in_english import in_english
from bot.conversation.small_talk import SmallTalk


def meant(text: str) -> Meaning:
    return meaning_of(Facts(private=True, text=in_english(text)))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Hallo! What color is the ball?", "What color is the ball?"),
        ("Guten Tag, is there a dog?", "is there a dog?"),
        ("moin what is that", "what is that"),
        ("Danke! And the dog?", "And the dog?"),
        ("Bonjour, is it red?", "is it red?"),
        ("Привет! What color is the ball?", "What color is the ball?"),
        ("سلام، is there a dog?", "is there a dog?"),
        ("what color is the Ball bitte?", "what color is the Ball?"),
        ("And the dog? Gracias.", "And the dog?"),
    ],
)
def test_a_polite_word_at_the_ends_of_an_english_question_is_left_out(text: str, bare: str) -> None:
    assert in_english(text) == bare


@pytest.mark.parametrize(
    "text",
    [
        *("What color is the ball?", "no, orange", "no, it is blue", "dove?", "halo?", "merci bot", "vermelho ou azul"),
        *("Hallo, welche Farbe hat der Ball?", "brinquedo no chão", "sai dirmi se piove", "tamam?", "falsch?", ""),
        *("no estoy segura si es azul marino o negro", "is the bonjour sign red", "warum drei?", "👋"),
    ],
)
def test_what_may_be_about_a_picture_stays_as_it_is(text: str) -> None:
    assert in_english(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("teşekkürler", SmallTalk.THANKS), ("dziękuję", SmallTalk.THANKS), ("谢谢", SmallTalk.THANKS)),
        *(("شكرًا", SmallTalk.THANKS), ("धन्यवाद", SmallTalk.THANKS), ("terima kasih", SmallTalk.THANKS)),
        *(("hej", SmallTalk.GREETING), ("Dzień dobry", SmallTalk.GREETING), ("مرحبا", SmallTalk.GREETING)),
        *(("你好", SmallTalk.GREETING), ("שלום", SmallTalk.GREETING), ("नमस्ते", SmallTalk.GREETING)),
        *(("doei", SmallTalk.FAREWELL), ("до побачення", SmallTalk.FAREWELL), ("tạm biệt", SmallTalk.FAREWELL)),
        *(("evet", SmallTalk.AGREEMENT), ("hayır", SmallTalk.AGREEMENT), ("selam, nasılsın?", SmallTalk.ASKING)),
    ],
)
def test_small_talk_of_further_languages_is_small_talk(text: str, kind: SmallTalk) -> None:
    assert meant(text) == Talk(kind)


@pytest.mark.parametrize("text", ["Wo?", "Onde?", "Où ?", "¿Dónde?", "Где?", "کجا؟", "Nerede?"])
def test_where_is_asked_in_other_languages(text: str) -> None:
    assert meant(text) == Ask("Where?", Source.NEWEST)


def test_a_dove_is_a_bird_but_in_italian() -> None:
    assert in_english("Dove?", "it") == "Where?"


@pytest.mark.parametrize("text", ["Warum?", "Perché?", "Pourquoi ?", "Por quê?", "¿Por qué?", "Почему?", "چرا؟"])
def test_why_is_asked_in_other_languages(text: str) -> None:
    assert meant(text) == Refuse("why")


@pytest.mark.parametrize(
    "text",
    ["Hilfe", "aiuto", "помощь", "کمک", "come funziona?", "¿cómo funciona?", "comment ça marche ?", "hilfe bitte"],
)
def test_help_is_wanted_in_other_languages(text: str) -> None:
    assert meant(text) == Command("help")


@pytest.mark.parametrize(
    "text",
    [
        *("falsch", "das stimmt nicht", "è sbagliato", "te equivocas", "c'est faux", "неправильно", "غلط است"),
        *("você errou", "nein, blau", "nein, er ist braun", "no, azul", "no, è marrone", "falsch, er ist blau", "不对"),
    ],
)
def test_an_answer_is_called_wrong_in_other_languages(text: str) -> None:
    assert meant(text) == Object("")


@pytest.mark.parametrize(
    "text",
    [
        *("es azul", "er ist blau", "Jakiego koloru jest piłka?", "Τι χρώμα έχει η μπάλα;", "गेंद का रंग क्या है?"),
        *("antworte auf Deutsch", "¿hablas español?", "ты говоришь по-русски?"),
    ],
)
def test_what_is_asked_in_another_language_is_no_small_talk(text: str) -> None:
    assert meant(text) == Ask(text, Source.NEWEST)
