"""A question in another language is told from an English one; what is not plain counts as English."""

from __future__ import annotations

import pytest

from bot.conversation.question_language import asked_in


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Welche Farbe hat der Ball?", "de"),
        ("Was ist das?", "de"),
        ("Wie viele Hunde sind auf dem Bild?", "de"),
        ("Che colore ha la palla?", "it"),
        ("Quanti cani ci sono?", None),
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
        ("Que?", None),
        ("color?", None),
        ("", None),
        ("???", None),
    ],
)
def test_what_is_plainly_another_language(question: str, language: str | None) -> None:
    assert asked_in(question) == language
