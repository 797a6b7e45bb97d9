"""Words that a model's tokenizer does not know: they vanish from questions, and answers with them are never right."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.counting import counted
from model.profile import STYLES, Profile
from model.text import target_answer
from training.evaluation.accuracy import exact_match

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHOWN = 10
"""Words that a sentence names."""
_MARKS = ".,;:!?\"'()[]"
"""No part of a word that they stand beside."""


@dataclass(slots=True)
class Lost:
    """What a tokenizer loses of some texts."""

    texts: int = 0
    touched: int = 0
    """Texts that lose a word or more."""
    words: Counter[str] = field(default_factory=Counter)
    """The lost words, with the number of texts that they stand in."""

    @property
    def share(self) -> float:
        """Of texts that lose something, 0 to 1."""
        return self.touched / max(1, self.texts)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; the words by how often they are lost."""
        return {"texts": self.texts, "touched": self.touched, "words": dict(self.words.most_common())}


@dataclass(slots=True)
class UnknownWords:
    """What a model can neither read nor say."""

    questions: Lost = field(default_factory=Lost)
    answers: Lost = field(default_factory=Lost)
    """`touched` answers can never be right, whatever the model learns."""

    def __bool__(self) -> bool:
        return bool(self.questions.touched or self.answers.touched)

    @property
    def words(self) -> list[str]:
        """All of them, those of the answers first, the most frequent first."""
        return list(dict.fromkeys(w for part in (self.answers, self.questions) for w, _ in part.words.most_common()))

    def sentences(self, model: str) -> list[str]:
        """What a person should know about it; nothing where every word is known.

        Args:
            model: The model's name, for people.
        """
        found = []
        if self.answers.touched:
            found.append(
                f"{_share(self.answers)} answers can never be right: {model} does not know {_named(self.answers)}."
            )
        if self.questions.touched:
            found.append(
                f"{_share(self.questions)} questions lose words that {model} does not know: {_named(self.questions)}."
            )
        return found

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"questions": self.questions.as_dict(), "answers": self.answers.as_dict()}


class Vocabulary:
    """What a tokenizer knows; each text and each word is tried once."""

    def __init__(self, tokenizer: Tokenizer, profile: Profile) -> None:
        """Know a model by its tokenizer and by how it wants its questions."""
        self._tokenizer, self._style = tokenizer, STYLES[profile.question_style]
        self._lost_words: dict[str, bool] = {}
        self._question_words: dict[str, tuple[str, ...]] = {}
        self._answer_words: dict[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, folder: Path) -> Vocabulary:
        """The vocabulary of the model in a folder.

        Raises:
            ModelError: It has no tokenizer, or one that cannot be read.
        """
        from model.processor import read_tokenizer

        return cls(read_tokenizer(folder), Profile.read(folder))

    def find_unknown(self, questions: Iterable[str], answers: Iterable[str]) -> UnknownWords:
        """Everything that is lost of these texts.

        Args:
            questions: As people typed them, or as they were prepared.
            answers: As people gave them, or as they were prepared.
        """
        found = UnknownWords()
        for part, texts, lost_of in (
            (found.questions, questions, self.lost_of_question),
            (found.answers, answers, self.lost_of_answer),
        ):
            for text in texts:
                lost = lost_of(text)
                part.texts += 1
                part.touched += bool(lost)
                part.words.update(lost)
        return found

    def lost_of_question(self, question: str) -> tuple[str, ...]:
        """The words of a question that the model does not read."""
        if question not in self._question_words:
            words = dict.fromkeys(self._style(question).split())
            lost = (bare for word in words if self._is_lost(word) and (bare := word.strip(_MARKS).lower()))
            self._question_words[question] = tuple(dict.fromkeys(lost))
        return self._question_words[question]

    def lost_of_answer(self, answer: str) -> tuple[str, ...]:
        """The words of an answer that the model cannot say; empty when it can say it as it is judged."""
        if answer not in self._answer_words:
            taught = target_answer(answer)
            lost: tuple[str, ...] = ()
            if not exact_match(self._said(taught), taught):
                words = tuple(dict.fromkeys(taught.split()))
                # Where each word alone comes back, it is the whole that does not: its marks or its spaces.
                lost = tuple(word for word in words if not exact_match(self._said(word), word)) or (taught,)
            self._answer_words[answer] = lost
        return self._answer_words[answer]

    def _is_lost(self, word: str) -> bool:
        """Whether not all letters and digits of a word come back, case and accents aside."""
        if word not in self._lost_words:
            self._lost_words[word] = _letters(self._said(word)) != _letters(word)
        return self._lost_words[word]

    def _said(self, text: str) -> str:
        """The text after its way through the tokenizer, as an answer is read back."""
        try:
            ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        except Exception:  # noqa: BLE001 - tokenizers raises plain Exception for a word that has no token at all
            return ""
        decoded: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return decoded.strip()


def _letters(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if each.isalnum())


def _share(lost: Lost) -> str:
    return f"{lost.touched:,} of {lost.texts:,} ({100 * lost.share:.1f} %)"


def _named(lost: Lost) -> str:
    shown = [f"“{word}”" + (f" ({number:,})" if number > 1 else "") for word, number in lost.words.most_common(SHOWN)]
    more = len(lost.words) - len(shown)
    return ", ".join(shown) + (f" and {counted(more, 'more word')}" if more > 0 else "")
