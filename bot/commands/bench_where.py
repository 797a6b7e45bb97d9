"""`vqabot bench where`: whether a model shows the right place, against the picture's middle and chance."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from bot.commands.errors import in_words
from bot.commands.terminal import Terminal
from model.backends.placement import Placement, limit_busy_waiting
from model.counting import counted


@click.command("where", epilog="Example: vqabot bench where --scenes 200 --json")
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--scenes", type=click.IntRange(1), default=200, show_default=True, help="Unseen scenes.")
@click.option("--seed", default="0", show_default=True, help="Names the scenes.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_where(model: str, scenes: int, seed: str, as_json: bool) -> None:
    """Measure where a model says that its answers came from, on scenes whose boxes are known.

    Questions about one thing count that were answered rightly, and not so about a grey picture. "On it": the hottest
    place lies in the thing's box. "Heat on it": the share of the heat in the box. With 95 % intervals.
    """
    limit_busy_waiting(os.environ)
    with in_words():
        from model.answerer import Answerer
        from model.families.base import ShowsWhere
        from training.evaluation.pointing import pointing_game

        answerer = Answerer.load(model, Placement())
        if not isinstance(answerer.family, ShowsWhere):
            raise click.ClickException("This kind of model cannot show where it looked.")
        with Terminal().bar(scenes, "Asking") as bar:
            found, asked = pointing_game(answerer, scenes, seed, bar.update)
    if not found:
        raise click.ClickException("No question was answered rightly that a grey picture does not answer as well.")
    count = len(next(iter(found.values())).hits)
    figures: dict[str, dict[str, Any]] = {
        way: {
            "on_it": round(100 * one.hit.value, 1),
            "on_it_interval": one.hit.percent(),
            "heat_on_it": round(100 * one.share.value, 1),
            "heat_on_it_interval": one.share.percent(),
            "seconds": round(sorted(one.seconds)[len(one.seconds) // 2], 4),
        }
        for way, one in found.items()
    }
    if as_json:
        click.echo(json.dumps({"model": model, "asked": asked, "questions": count, "ways": figures}))
        return
    click.echo(f"{counted(count, 'question')} of {asked} count.")
    click.echo(f"{'way':22}{'on it %':>24}{'heat on it %':>24}{'seconds':>10}")
    for way, one in figures.items():
        hit, heat = (
            f"{one[name]:.1f} ({one[f'{name}_interval'][0]:.0f} to {one[f'{name}_interval'][1]:.0f})"
            for name in ("on_it", "heat_on_it")
        )
        click.echo(f"{way:22}{hit:>24}{heat:>24}{one['seconds']:>10.3f}")
