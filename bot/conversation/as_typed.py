"""Words of a question that was put in full, as the person typed them. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from model.text import typed_words
from model.word_forms import other_forms


def as_typed(words: Iterable[str], text: str) -> tuple[str, ...]:
    """These words as they, or forms of them, stand in a text; without those that only its full form has."""
    typed = typed_words(text)
    found = (
        next((typed[form] for form in other_forms(word) if form in typed), "") for word in typed_words(" ".join(words))
    )
    return tuple(dict.fromkeys(word for word in found if word))
