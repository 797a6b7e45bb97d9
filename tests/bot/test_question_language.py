"""A question in another language is told from an English one; what is not plain counts as English."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bot.conversation.question_language import asked_in, asks_for_language
from training.scenes.catalogue import CATALOGUE
from training.scenes.typed import WAYS, reworded

LISTS = Path(__file__).parent / "messages"


def questions(name: str) -> list[str]:
    return [line for line in (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line]


def words(question: str) -> list[str]:
    return re.findall(r"\w+", question.lower())


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Welche Farbe hat der Ball?", "de"),
        ("Was ist das?", "de"),
        ("Wie viele Hunde sind auf dem Bild?", "de"),
        ("Che colore ha la palla?", "it"),
        ("Quanti cani ci sono?", "it"),
        ("¿De qué color es la pelota?", "es"),
        ("¿Dónde está el perro?", "es"),
        ("De quelle couleur est la balle ?", "fr"),
        ("Où est le chien ?", "fr"),
        ("Qual é a cor da bola?", "pt"),
        ("che tempo fa", "it"),
        ("où est-elle ?", "fr"),
        ("et le chien ?", "fr"),
        ("qué lleva puesto", "es"),
        ("quien es", "es"),
        ("was siehst du", "de"),
        ("is the café open", None),
        ("Was hat sich geändert?", "de"),
        ("Sind sie gleich?", "de"),
        ("Cos'è cambiato?", "it"),
        ("¿Qué cambió?", "es"),
        ("Qu'est-ce qui a changé ?", "fr"),
        ("O que mudou?", "pt"),
        ("Какого цвета мяч?", "ru"),
        ("توپ چه رنگی است؟", "fa"),
        ("这是什么？", ""),
        ("What color is the ball?", None),
        ("And the dog?", None),
        ("What does “das ist gut” say?", None),
        ("Is the sign in the café “où est le chien”?", None),
        ("La la land?", None),
        ("as a channel?", None),
        ("do a die as no", None),
        ("do cats like que?", None),
        ("old 0?", None),
        ("color?", None),
        ("", None),
        ("???", None),
    ],
)
def test_what_is_plainly_another_language(question: str, language: str | None) -> None:
    assert asked_in(question) == language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Ist der Ball rot?", "de"),
        ("Farbe?", "de"),
        ("e il cane?", "it"),
        ("¿Qué hace el perro?", "es"),
        ("Que fait le chien ?", "fr"),
        ("cor do cachorro", "pt"),
        ("is er een kat?", "nl"),
        ("en de hond?", "nl"),
        ("Jakiego koloru jest piłka?", "pl"),
        ("Top ne renk?", "tr"),
        ("Apa warna bolanya?", "id"),
        ("Quả bóng màu gì?", "vi"),
        ("ball ka rang kya hai?", "hi"),
        ("Τι χρώμα έχει η μπάλα;", ""),
        ("गेंद का रंग क्या है?", ""),
        ("Якого кольору м'яч?", "uk"),
        ("Какъв цвят е топката?", "bg"),
        ("Које боје је лопта?", "sr"),
        ("ما لون الكرة؟", "ar"),
        ("گیند کا رنگ کیا ہے؟", "ur"),
        ("er ist blau", "de"),
        ("azul", "es"),
    ],
)
def test_a_few_common_words_tell_a_language(question: str, language: str) -> None:
    assert asked_in(question) == language


@pytest.mark.parametrize(
    ("question", "spoken", "language"),
    [
        ("e la sua?", "it", "it"),
        ("e a dela?", "pt", "pt"),
        ("e o gato?", "pt", "pt"),
        ("e o gato?", "en", "es"),
        ("y la de ella?", "it", "es"),
        ("e lui?", "en", "it"),
        ("et maintenant?", "de", "fr"),
        ("y ahora", "es", "es"),
        ("is Ella happy?", "es", None),
        ("dog?", "es", None),
    ],
)
def test_of_several_languages_it_is_the_one_that_is_spoken(question: str, spoken: str, language: str | None) -> None:
    assert asked_in(question, spoken) == language


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("antworte auf Deutsch", "de"),
        ("Können Sie Deutsch?", "de"),
        ("rispondi in italiano", "it"),
        ("non parlo inglese", "it"),
        ("¿hablas español?", "es"),
        ("réponds en français", "fr"),
        ("fala português?", "pt"),
        ("ты говоришь по-русски?", "ru"),
        ("فارسی بلدی؟", "fa"),
        ("answer in German please", ""),
        ("do you speak German?", ""),
        ("can you translate that to French?", ""),
        ("I don't speak English", ""),
        ("is the sign in German?", None),
        ("what does it say in French?", None),
        ("what does “Deutsch” say?", None),
        ("how many french fries", None),
    ],
)
def test_a_wish_for_another_language_is_none_for_a_picture(wish: str, language: str | None) -> None:
    assert asked_in(wish) == language == asks_for_language(wish)


def test_no_english_question_is_taken_for_another_language() -> None:
    """Of a list that is all English, of the wordings that the built-in model learnt, and of these with slips."""
    rng = random.Random("questions")
    forms = [form for _, forms in WAYS for form in forms] * 3
    worded = [re.sub(r"\{\d*\}", lambda _: rng.choice([*CATALOGUE]), form) for form in forms]
    asked = {*worded, *(reworded(question, rng) for question in worded), *questions("short_questions_strangers")}
    assert len(asked) > 1500
    assert [question for question in asked if asked_in(question) is not None] == []


def test_no_english_question_of_the_mixed_lists_is_taken_for_another_language() -> None:
    """English is, here, what has only words that are in the English list."""
    english = {word for question in questions("short_questions_strangers") for word in words(question)}
    parts = ("", "_hard", "_held_out", "_all_languages")
    mixed = [question for part in parts for question in questions(f"short_questions{part}")]
    asked = [question for question in mixed if english.issuperset(words(question))]
    assert len(asked) > 300
    assert [question for question in asked if asked_in(question) is not None] == []


def test_a_name_is_no_language() -> None:
    assert asked_in("is bella the dog") is None
    assert asked_in("who is rosa") is None
