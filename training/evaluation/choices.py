"""Multiple choice: the model scores each of the choices, and the likeliest is its answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from model.answerer import Answerer
from model.prepared import FAILED
from model.text import target_answer
from model.types import Answer, Request
from training.data.vqa import VqaQuestion


class Chooser:
    """Answers requests by choosing; stands where an `Answerer` stands.

    A choice's score is the log-probability that the model says exactly this and nothing more. There is no correction
    for length: it would favour long choices, which the model gives little probability for good reason. The confidence
    is the choice's share of the probability of all choices.
    """

    def __init__(self, answerer: Answerer, questions: Iterable[VqaQuestion]) -> None:
        """Choose for requests whose id is the number of one of `questions`, each of which has choices."""
        self._answerer = answerer
        self._choices = {str(q.question_id): q.choices for q in questions}

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """Choose for a batch; the answers stand in the order of the requests."""
        batch = [self._answerer.prepare(request) for request in requests]
        choices = [self._choices[request.id] for request in requests]
        scores = self._answerer.score(batch, [[target_answer(text) for text in own] for own in choices])
        answers = []
        for item, own, scored in zip(batch, choices, scores, strict=True):
            if scored is None:
                answers.append(Answer(item.request.id, "", 0.0, 0.0, item.error or FAILED))
                continue
            best = max(range(len(own)), key=lambda place: scored[place])
            share = 1 / math.fsum(math.exp(each - scored[best]) for each in scored)
            answers.append(Answer(item.request.id, own[best], share, 0.0))
        return answers
