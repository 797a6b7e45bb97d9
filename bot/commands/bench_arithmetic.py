"""`vqabot bench arithmetic`: what another number format costs in accuracy."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

import click

from bot.commands.terminal import show_figures
from model.backends.placement import DTYPES

PICTURES_AT_ONCE = 8


@click.command(epilog="Example: vqabot bench arithmetic --dtype bfloat16 --scenes 2000")
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option(
    "--dtype",
    "dtypes",
    type=click.Choice(DTYPES[1:]),
    multiple=True,
    default=["bfloat16"],
    show_default=True,
    help="Beside float32; may be given more than once.",
)
@click.option("--scenes", type=click.IntRange(1), default=2000, show_default=True, help="Drawn for this alone.")
@click.option("--per-picture", type=click.IntRange(1), default=3, show_default=True, help="Questions about each.")
@click.option("--beams", type=click.IntRange(1, 10), default=1, show_default=True, help="Width of the search.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def arithmetic(
    model: str, dtypes: tuple[str, ...], scenes: int, per_picture: int, beams: int, device: str, as_json: bool
) -> None:
    """Answer the same questions about unseen scenes in float32 and in other number formats; count right answers."""
    from model.answerer import Answerer
    from model.backends.placement import Placement
    from model.types import Request

    sides = {name: Answerer.load(model, Placement(device, name)) for name in ("float32", *dtypes)}
    right, same, asked = dict.fromkeys(sides, 0), dict.fromkeys(sides, 0), 0
    with click.progressbar(range(0, scenes, PICTURES_AT_ONCE), label="Answering", file=sys.stderr) as starts:
        for start in starts:
            drawn = list(_draw(range(start, min(scenes, start + PICTURES_AT_ONCE)), per_picture))
            requests = [Request(name, picture, question, beams, 20) for name, picture, question, _ in drawn]
            said = {name: [one.text for one in side.answer(requests)] for name, side in sides.items()}
            for name, texts in said.items():
                right[name] += sum(text == wanted for text, (*_, wanted) in zip(texts, drawn, strict=True))
                same[name] += sum(one == other for one, other in zip(said["float32"], texts, strict=True))
            asked += len(drawn)
    figures = {
        "scenes": scenes,
        "questions": asked,
        **{f"{name}_right_percent": round(100 * count / asked, 2) for name, count in right.items()},
    }
    for name in dtypes:
        before = f"{name}_" if len(dtypes) > 1 else ""
        figures[f"{before}difference_points"] = round(100 * (right[name] - right["float32"]) / asked, 2)
        figures[f"{before}same_answers_percent"] = round(100 * same[name] / asked, 2)
    show_figures(figures, as_json)


def _draw(numbers: range, per_picture: int) -> Iterator[tuple[str, bytes, str, str]]:
    """Name, picture, question and answer; these seeds draw for nothing else."""
    from model.images import encoded
    from training.scenes import art, layout, questions

    for number in numbers:
        rng = random.Random(f"bench-arithmetic/{number}")
        scene = layout.compose(rng)
        picture = encoded(art.render(scene, rng), compress_level=1)
        for place, qa in enumerate(questions.ask(scene, rng, per_picture)):
            yield f"{number}/{place}", picture, qa.question, qa.answer
