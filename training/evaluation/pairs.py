"""Questions about several pictures: by kind of change, false alarms, the pictures exchanged, and one picture alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from training.data.vqa import VqaQuestion
from training.evaluation.accuracy import normalise_answer
from training.evaluation.intervals import Estimate, estimate

NOTHING = "nothing"
"""The answer where nothing changed."""
_OTHERS = {"first": "second", "second": "first", "left": "right", "right": "left"}
"""Words that change places when the pictures do."""
_CHANGED = (
    re.compile(r"(?P<what>.+) is (?P<how>gone|new)"),
    re.compile(r"the (?P<before>\S+) (?P<what>.+) is (?P<how>\S+) now"),
    re.compile(r"(?P<what>.+ wears|.+ is|it is) (?P<how>.+) now"),
)


@dataclass(frozen=True, slots=True)
class PairFigures:
    """How questions about several pictures were answered; shares of exact answers unless something else is said."""

    questions: int
    exact: Estimate
    by_type: Mapping[str, Estimate]
    """By the type of the question: of vqabot's own pairs the kind of change."""
    false_alarms: Estimate | None
    """Where nothing changed: how often something was said to have. None without such questions."""
    overlooked: Estimate | None
    """Where something changed: how often it was said that nothing has. None as above."""
    same_when_exchanged: Estimate
    """How often the answer says the same, in its words, when the pictures change places."""
    last_alone: Estimate
    """With the last picture only: what can be said without comparing."""
    changes: Estimate | None
    """Of the questions what changed. None where nothing tells which they are."""
    changes_last_alone: Estimate | None
    """The same with the last picture only."""

    def as_dict(self) -> dict[str, object]:
        """For JSON; in percent."""
        named = {
            "exact": self.exact,
            "false_alarms": self.false_alarms,
            "overlooked": self.overlooked,
            "same_when_exchanged": self.same_when_exchanged,
            "last_alone": self.last_alone,
            "changes": self.changes,
            "changes_last_alone": self.changes_last_alone,
        }
        return {
            "questions": self.questions,
            **{name: None if each is None else each.as_dict() for name, each in named.items()},
            "by_type": {name: {**each.as_dict(), "questions": each.count} for name, each in self.by_type.items()},
        }


def pair_figures(
    questions: Sequence[VqaQuestion],
    seen: Mapping[int, str],
    exchanged: Mapping[int, str],
    alone: Mapping[int, str],
    right: Callable[[Mapping[int, str], VqaQuestion], bool],
) -> PairFigures | None:
    """Judge the questions that are about several pictures; None where there are none.

    Args:
        questions: Those that were judged.
        seen: Answers by question number.
        exchanged: The same with the pictures in the opposite order.
        alone: The same with the last picture only.
        right: Whether a question is answered exactly.
    """
    asked = [q for q in questions if len(q.image_ids) > 1]
    if not asked:
        return None

    def share(some: Sequence[VqaQuestion], holds: Callable[[VqaQuestion], bool]) -> Estimate:
        return estimate([float(holds(q)) for q in some], [q.image_ids for q in some])

    def says_nothing(q: VqaQuestion) -> bool:
        return normalise_answer(seen[q.question_id]) == NOTHING

    types: dict[str, list[VqaQuestion]] = defaultdict(list)
    for q in asked:
        types[q.question_type or "(none)"].append(q)
    same = [q for q in asked if normalise_answer(q.answer or "") == NOTHING]
    about_changes = {q.question_type for q in same} | {name for name in types if name.startswith("changed: ")}
    what_changed = [q for q in asked if q.question_type in about_changes]
    changed = [q for q in what_changed if q not in same] if same else []
    return PairFigures(
        questions=len(asked),
        exact=share(asked, lambda q: right(seen, q)),
        by_type={name: share(types[name], lambda q: right(seen, q)) for name in sorted(types)},
        false_alarms=share(same, lambda q: not says_nothing(q)) if same else None,
        overlooked=share(changed, says_nothing) if changed else None,
        same_when_exchanged=share(asked, lambda q: says_the_same(seen[q.question_id], exchanged[q.question_id])),
        last_alone=share(asked, lambda q: right(alone, q)),
        changes=share(what_changed, lambda q: right(seen, q)) if what_changed else None,
        changes_last_alone=share(what_changed, lambda q: right(alone, q)) if what_changed else None,
    )


def says_the_same(answer: str, exchanged: str) -> bool:
    """Whether two answers say the same of two pictures, the second one of the pictures in the opposite order.

    What is gone is new then, left is right, first is second, and what is blue now was: "the red ball is blue now"
    becomes "the blue ball is red now". Of a pose, the weather and the like only one side is told, so that the same
    thing must have changed, to something else. Everything else must be said in the same words.
    """
    one, two = (" ".join(text.lower().split()) for text in (answer, exchanged))
    for pattern in _CHANGED:
        here, there = pattern.fullmatch(one), pattern.fullmatch(two)
        if here is not None and there is not None:
            if "before" in pattern.groupindex:
                other = (here["before"], here["how"]) == (there["how"], there["before"])
            else:
                other = here["how"] != there["how"]
            return other and here["what"] == there["what"]
    return " ".join(_OTHERS.get(word, word) for word in one.split()) == two
