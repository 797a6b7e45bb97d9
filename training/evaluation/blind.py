"""What words alone give: the score of the best fixed answers, learnt without looking at any picture.

A question is answered by what was most often right for the same words; where these were never asked, for its kind or
its official type.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from model.text import normalise_question
from training.data.vqa import VqaQuestion
from training.scenes.wording import kind_of

Key = Callable[[VqaQuestion], str]


def same_words(question: VqaQuestion) -> str:
    """The question's words, case and marks aside."""
    return normalise_question(question.question)


def same_kind(question: VqaQuestion) -> str:
    """The kind of a question of the project's own scenes."""
    return kind_of(question.question)


def same_type(question: VqaQuestion) -> str:
    """The official question type."""
    return question.question_type


def same(_: VqaQuestion) -> str:
    """All questions are the same."""
    return ""


BY_WORDS_OR_KIND: tuple[Key, ...] = (same_words, same_kind, same)
"""For the project's own scenes: their kinds are finer than the official types."""
BY_WORDS_OR_TYPE: tuple[Key, ...] = (same_words, same_type, same)
BY_TYPE: tuple[Key, ...] = (same_type, same)


class Prior:
    """The commonest answers of annotated questions, by the first of several keys that is known."""

    def __init__(self, learnt: Iterable[VqaQuestion], keys: Sequence[Key]) -> None:
        """Learn from annotated questions; `keys` go from the finest to the coarsest."""
        self._keys = keys
        counts: list[dict[str, Counter[str]]] = [defaultdict(Counter) for _ in keys]
        for question in learnt:
            for key, counter in zip(keys, counts, strict=True):
                counter[key(question)][question.answer or ""] += 1
        self._best = [{name: _commonest(found) for name, found in counter.items()} for counter in counts]

    def answer(self, question: VqaQuestion) -> str:
        """The commonest answer; empty when nothing was learnt."""
        return next(
            (best[key(question)] for key, best in zip(self._keys, self._best, strict=True) if key(question) in best),
            "",
        )


def prior_answers(
    judged: Sequence[VqaQuestion], keys: Sequence[Key], learnt: Sequence[VqaQuestion] | None = None
) -> dict[int, str]:
    """Answers that a prior gives, by question number.

    Args:
        judged: The questions to answer.
        keys: What makes two questions the same to the prior, the finest first.
        learnt: Annotated questions about other pictures. Without them each half of `judged` (by picture) is answered
            from the other half.
    """
    if learnt is not None:
        prior = Prior(learnt, keys)
        return {question.question_id: prior.answer(question) for question in judged}
    pictures = sorted({question.image_id for question in judged})
    first = set(pictures[::2])
    halves = [q for q in judged if q.image_id in first], [q for q in judged if q.image_id not in first]
    answers: dict[int, str] = {}
    for half, other in (halves, halves[::-1]):
        answers |= prior_answers(half, keys, other)
    return answers


def _commonest(found: Counter[str]) -> str:
    """The commonest answer; of equally common ones the first in the alphabet, so that no order of files matters."""
    return min(found, key=lambda answer: (-found[answer], answer))
