"""The report's charts. Where splits stand in one chart, their colours are those of their names in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from model.images import encoded
from training.eda.facts import SplitFacts
from training.report.figures import DARK, LIGHT, Drawn, Palette, draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMMONEST = 30
_CLOUD = (900, 460)
_SMALL_WORDS = frozenset(
    [
        *("a", "an", "the", "of", "to", "in", "on", "is", "are", "was", "were", "be", "do", "does", "did"),
        *("this", "that", "it", "its", "there", "and", "or"),
    ]
)

_Key = TypeVar("_Key", bound=Hashable)


def commonest_answers(splits: Sequence[SplitFacts]) -> Drawn:
    """The 30 commonest answers of all splits together, as shares of each split's questions."""
    total: Counter[str] = Counter()
    for each in splits:
        total.update(each.answers)
    names = [name for name, _ in total.most_common(COMMONEST)]
    alt = f"Bars: the {len(names)} commonest answers"
    return _bars(splits, names, [_shares(each.answers) for each in splits], alt, 0.27)


def groups(splits: Sequence[SplitFacts], what: Callable[[SplitFacts], Counter[str]], most: int, alt: str) -> Drawn:
    """Named groups as horizontal bars, the largest first."""
    total: Counter[str] = Counter()
    for each in splits:
        total.update(what(each))
    names = [name for name, _ in total.most_common(most)]
    return _bars(splits, names, [_shares(what(each)) for each in splits], alt, 0.3)


def lengths(splits: Sequence[SplitFacts], what: Callable[[SplitFacts], Counter[int]], unit: str, alt: str) -> Drawn:
    """How often each whole number comes up, as columns side by side."""
    highest = max((max(what(each), default=1) for each in splits), default=1)
    rare = 0.002  # a tail of single questions would squeeze all the others
    while highest > 3 and all(what(each)[highest] <= rare * what(each).total() for each in splits):
        highest -= 1
    lowest = min((min(what(each), default=1) for each in splits), default=1)
    shown = range(lowest, highest + 1)

    def paint(axes: Axes, theme: Palette) -> None:
        width = 0.8 / max(1, len(splits))
        for place, each in enumerate(splits):
            shares = _shares(what(each))
            at = [number + (place - (len(splits) - 1) / 2) * width for number in shown]
            values = [100 * shares.get(number, 0.0) for number in shown]
            axes.bar(at, values, width * 0.92, color=theme.series[place], label=each.split)
        axes.set_xticks(list(shown)[:: max(1, len(shown) // 12)])
        axes.set(xlabel=unit, ylabel="% of questions")
        axes.grid(visible=False, axis="x")
        _name(axes, splits)

    return draw(paint, alt, 5.2, 3.0)


def cloud(counts: Mapping[str, int], split: str, place: int, what: str) -> Drawn:
    """A word cloud: the larger a word, the more often it comes up."""
    return Drawn(
        _cloud(counts, LIGHT, place),
        _cloud(counts, DARK, place),
        f"Word cloud of the {what} of {split}: {_first(counts)}",
    )


def question_words(facts: SplitFacts) -> dict[str, int]:
    """The words of the questions without the small ones that every sentence has."""
    return {word: number for word, number in facts.words.items() if word not in _SMALL_WORDS}


def _bars(
    splits: Sequence[SplitFacts], names: Sequence[str], shares: Sequence[Mapping[str, float]], alt: str, row: float
) -> Drawn:
    def paint(axes: Axes, theme: Palette) -> None:
        height = 0.8 / max(1, len(splits))
        for place, (each, own) in enumerate(zip(splits, shares, strict=True)):
            at = [line + (place - (len(splits) - 1) / 2) * height for line in range(len(names))]
            values = [100 * own.get(name, 0.0) for name in names]
            axes.barh(at, values, height * 0.9, color=theme.series[place], label=each.split)
        axes.set_yticks(range(len(names)), [_short(name) for name in names])
        for label in axes.get_yticklabels():
            label.set_color(theme.ink)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlabel("% of questions")
        axes.grid(visible=False, axis="y")
        _name(axes, splits)

    return draw(paint, alt, 5.2, 0.9 + row * len(names))


def _name(axes: Axes, splits: Sequence[SplitFacts]) -> None:
    if len(splits) > 1:
        axes.legend(frameon=False, fontsize=10)


def _short(name: str) -> str:
    return (name[:21] + "…" if len(name) > 22 else name) or "(none)"


def _shares(counts: Counter[_Key]) -> dict[_Key, float]:
    total = max(1, counts.total())
    return {key: number / total for key, number in counts.items()}


def _first(counts: Mapping[str, int]) -> str:
    return ", ".join(sorted(counts, key=lambda word: -counts[word])[:8])


def _cloud(counts: Mapping[str, int], theme: Palette, place: int) -> bytes:
    from wordcloud import WordCloud

    colours = (theme.series[place], theme.ink, theme.soft)
    made = WordCloud(
        width=_CLOUD[0],
        height=_CLOUD[1],
        background_color=theme.paper,
        max_words=80,
        prefer_horizontal=1.0,
        random_state=7,  # the same data give the same picture
        color_func=lambda word, *_, **__: colours[len(word) % len(colours)],
    ).generate_from_frequencies(counts)
    return encoded(made.to_image())
