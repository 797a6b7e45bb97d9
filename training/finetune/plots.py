"""The curves of a training as one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from training.finetune.validation import best_of, evaluations
from training.report.figures import LIGHT, finish, prepare


def draw(history: Sequence[Mapping[str, float]], file: Path) -> None:
    """Draw the losses and the accuracy over the steps, with the model as it was before as a line.

    Args:
        history: Lines of the log, each with `step`.
        file: The PNG to write.
    """
    # The plain classes instead of pyplot, which keeps every figure and asks for a screen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    trained = [(entry["step"], entry["loss"]) for entry in history if "loss" in entry]
    evaluated = evaluations(history)
    figure = Figure(figsize=(10, 4), layout="constrained", facecolor=LIGHT.paper)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        prepare(axes, LIGHT)
    before, now = LIGHT.series[1], LIGHT.series[0]
    if trained:
        # One line of the log is a point, which a line alone would not show.
        left.plot(*zip(*trained, strict=True), "o-" if len(trained) < 3 else "-", color=LIGHT.soft, label="train")
    if evaluated:
        steps = [entry["step"] for entry in evaluated]
        left.plot(steps, [entry["eval_loss"] for entry in evaluated], "o-", color=now, label="val")
        right.plot(steps, [entry["eval_official"] for entry in evaluated], "o-", color=now, label="official accuracy")
        if evaluated[0]["step"] == 0:
            right.axhline(evaluated[0]["eval_official"], color=before, linestyle="--", label="before training")
        best = best_of(evaluated)
        right.annotate(
            f"{best['eval_official']:.1f} %",
            (best["step"], best["eval_official"]),
            textcoords="offset points",
            xytext=(0, 8 if best["eval_official"] < 90 else -14),
            ha="left" if best is evaluated[0] else "right" if best is evaluated[-1] else "center",
        )
        right.margins(y=0.2)
        low, high = right.get_ylim()
        right.set_ylim(max(-2.0, low), min(102.0, high))  # room for whole dots, and no ticks beyond 0 and 100 %
        right.set_yticks([tick for tick in right.get_yticks() if 0 <= tick <= 100])
    for axes, title, unit in ((left, "Loss", "nats a token"), (right, "Accuracy on val", "percent")):
        axes.set_title(title, color=LIGHT.ink, fontsize=12)
        axes.set_xlabel("step")
        axes.set_ylabel(unit)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False)
        finish(axes, LIGHT)
    figure.savefig(file, dpi=110)
