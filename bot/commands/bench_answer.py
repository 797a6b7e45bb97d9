"""`vqabot bench answer`: how fast questions are answered, against the baseline over the same questions."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.backends.placement import DTYPES, limit_busy_waiting

if TYPE_CHECKING:
    from model.benchmarks.answering import Side, Workload

SHAPES = ("builtin", "florence2-base", "florence2-large", "blip-base", "paligemma-3b")


@click.command(epilog="Example: vqabot bench answer --shape florence2-base --size 768 --beams 3 --json")
@click.option("--shape", type=click.Choice(SHAPES), default="builtin", show_default=True, help="What is asked.")
@click.option("--model", help="A folder, a ZIP or a hub id, instead of a shape.")
@click.option("--size", type=click.IntRange(32, 1600), default=768, show_default=True, help="Side of a picture.")
@click.option("--pictures", type=click.IntRange(1), default=4, show_default=True, help="Different ones.")
@click.option("--per-picture", type=click.IntRange(1), default=3, show_default=True, help="Questions about each.")
@click.option("--waiting", type=click.IntRange(1), default=12, show_default=True, help="Questions that wait at once.")
@click.option("--batch-size", type=click.IntRange(0), default=0, show_default=True, help="Ours; 0: all that wait.")
@click.option("--load", type=click.FloatRange(0, 2), default=0.0, help="Then questions come by chance at this share.")
@click.option("--load-questions", type=click.IntRange(1), default=100, show_default=True, help="How many come then.")
@click.option("--beams", type=click.IntRange(1, 10), default=3, show_default=True, help="Width of the search.")
@click.option("--tokens", type=click.IntRange(1, 100), default=5, show_default=True, help="Of an answer, at most.")
@click.option("--baseline-pictures", type=click.IntRange(1), help="Ask the baseline about fewer.  [default: all]")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True, help="The fastest one counts.")
@click.option("--threads", type=click.IntRange(0), default=0, show_default=True, help="CPU threads; 0: chosen.")
@click.option("--dtype", type=click.Choice(DTYPES), default="auto", show_default=True, help="Ours; baseline: float32.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda.")
@click.option("--batched", is_flag=True, help="Measure bfloat16 in batches through generate() as well.")
@click.option("--without-graphs", is_flag=True, help="Measure ours without CUDA graphs as well.")
@click.option("--profile", is_flag=True, help="Show which operations the time goes into.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the figures into this file: .png, .svg or .pdf.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def answer(
    shape: str,
    model: str | None,
    size: int,
    baseline_pictures: int | None,
    rounds: int,
    batched: bool,
    without_graphs: bool,
    plot: Path | None,
    as_json: bool,
    **workload: Any,  # noqa: ANN401 - the other options are Workload's fields
) -> None:
    """Time answers, and the baseline: float32, generate(), one question at a time, its picture read again.

    Other shapes than builtin are made from their configuration with random weights, and all answers are equally long;
    `--size` is for them. Each side runs in a process of its own, in turn, over the same questions. Ratios come from the
    clock and from processor seconds; the latter hold also beside other load. With `--load 0.8` questions then come by
    chance (a Poisson process) at 80 % of what was answered a second, and the times until their answers are shown too.
    """
    from dataclasses import replace

    from model.benchmarks.answering import Workload

    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as temporary:
        folder = _folder(shape, model, size, workload["tokens"], Path(temporary))
        work = Workload(folder, **workload)
        fewer = replace(work, pictures=min(work.pictures, baseline_pictures or work.pictures))
        sides = [(_apart("measure_baseline", fewer), _apart("measure_ours", work)) for _ in range(rounds)]
        baseline = min((side for side, _ in sides), key=_each)
        ours = min((side for _, side in sides), key=_each)
        figures = _figures(model or shape, work, baseline, ours)
        if batched:
            enough = min(work.pictures, -(-2 * work.largest_batch // work.per_picture))  # for two whole batches
            figures |= _beside("batched", figures, _apart("measure_batched", replace(work, pictures=enough)), ours)
        if without_graphs:
            bare = replace(work, graphs=False, load=0.0, profile=False)
            figures |= _beside("without_graphs", figures, _apart("measure_ours", bare), ours)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        _show(figures)
    if plot is not None:  # last: what took minutes to measure is not lost to a wrong path
        _draw(figures, plot)


def _each(side: Side) -> float:
    return side.wall / side.questions


def _folder(shape: str, model: str | None, size: int, tokens: int, temporary: Path) -> Path:
    """Where the model lies; a shape is made first."""
    from model.loading import locate

    if model is not None or shape == "builtin":
        return locate(model or "builtin")
    from training.finetune.families.shapes import save_shape

    folder = save_shape(shape, temporary / "model", (size, size))
    file = folder / "generation_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**settings, "min_new_tokens": tokens}), encoding="utf-8")
    return folder


def _apart(name: str, work: Workload) -> Side:
    """Measure one side in a fresh process."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    from model.benchmarks import answering

    limit_busy_waiting(os.environ)  # both sides, as the worker
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # torch's profiler says on standard error when it begins and ends
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            side: Side = pool.submit(getattr(answering, name), work).result()
    except BrokenProcessPool as error:
        raise click.ClickException("The measuring process was killed; is there enough memory?") from error
    return side


def _figures(name: str, work: Workload, baseline: Side, ours: Side) -> dict[str, Any]:
    from model.loading import model_type
    from model.plugins import find
    from model.processor import read_image_settings

    size = read_image_settings(work.folder)["size"]
    count = find("model.families", model_type(work.folder), "flops.count_flops")  # what cannot be counted is 0
    asked = (work.folder, (size["width"], size["height"]), work.beams, work.tokens)
    picture, question = (0.0, 0.0) if count is None else count(*asked)
    done = (work.pictures * picture + ours.questions * question) / ours.wall
    again = (picture + question) * baseline.questions / baseline.wall
    figures: dict[str, Any] = {
        "model": name,
        "size": [size["width"], size["height"]],
        "workload": {
            "pictures": work.pictures,
            "per_picture": work.per_picture,
            "waiting": work.waiting,
            "beams": work.beams,
            "tokens": work.tokens,
        },
        "gflop": {"picture": round(picture / 1e9, 2), "question": round(question / 1e9, 2)},
        "baseline": _side(baseline, again),
        "ours": _side(ours, done),
    }
    if ours.operations:
        figures["operations"] = ours.operations
    if work.waiting == 1:
        figures["ours"] |= _alone(work, ours)
        each = _each(baseline)
        figures["lone_to_baseline"] = round(figures["ours"]["lone_ms"] / 1000 / each, 3)
        if work.per_picture > 1:
            figures["follow_up_to_baseline"] = round(figures["ours"]["follow_up_ms"] / 1000 / each, 3)
    figures["ratio_by_processor"] = round(
        baseline.processor / baseline.questions / (ours.processor / ours.questions), 2
    )
    figures["ratio"] = round(_each(baseline) / _each(ours), 2)
    return figures


def _beside(name: str, figures: dict[str, Any], side: Side, ours: Side) -> dict[str, Any]:
    """The figures of a further side, and how many times as fast ours is; `ratio` stays the last."""
    picture, question = (1e9 * figures["gflop"][part] for part in ("picture", "question"))
    pictures = side.questions if name == "batched" else figures["workload"]["pictures"]
    done = (pictures * picture + side.questions * question) / side.wall
    ratio = figures.pop("ratio")
    return {name: _side(side, done), f"ratio_to_{name}": round(_each(side) / _each(ours), 2), "ratio": ratio}


def _side(side: Side, flops: float) -> dict[str, Any]:
    return {
        "arithmetic": side.arithmetic,
        "questions": side.questions,
        "questions_per_second": round(side.questions / side.wall, 3),
        "processor_seconds_per_question": round(side.processor / side.questions, 4),
        **_shares(side.latencies),
        **{f"{stage}_ms": round(1000 * seconds / side.questions, 2) for stage, seconds in side.stages.items()},
        "gflop_per_second": round(flops / 1e9, 1),
        "ceiling_gflop_per_second": round(side.ceiling / 1e9, 1),
        "share_of_ceiling": round(flops / side.ceiling, 3),
        "peak_memory_mb": round(side.peak_memory_mb),
        **{f"{name}_seconds": round(seconds, 2) for name, seconds in side.startup.items()},
        **_shares(side.loaded, "load_"),
    }


def _shares(latencies: list[float], prefix: str = "") -> dict[str, float]:
    """Milliseconds that half of the answers, 95 and 99 % of them took at most; none for none."""
    ordered = sorted(latencies)
    last = len(ordered) - 1
    return {f"{prefix}p{share}_ms": round(1000 * ordered[last * share // 100], 1) for share in (50, 95, 99) if ordered}


def _alone(work: Workload, ours: Side) -> dict[str, float]:
    """Median milliseconds of first questions and of further ones."""
    lone = sorted(ours.latencies[:: work.per_picture])
    further = sorted(value for place, value in enumerate(ours.latencies) if place % work.per_picture)
    found = {"lone_ms": round(1000 * lone[len(lone) // 2], 1)}
    if further:
        found["follow_up_ms"] = round(1000 * further[len(further) // 2], 1)
    return found


def _show(figures: dict[str, Any]) -> None:
    work = figures["workload"]
    width, height = figures["size"]
    click.echo(
        f"{figures['model']}, {width} x {height} pixels: {work['pictures']} pictures, {work['per_picture']} questions "
        f"each, {work['waiting']} waiting, beams {work['beams']}, {work['tokens']} tokens"
    )
    click.echo(f"{figures['gflop']['picture']} GFLOP a picture, {figures['gflop']['question']} a question\n")
    sides = [side for side in ("baseline", "batched", "without_graphs", "ours") if side in figures]
    _row("", [side.replace("_", " ") for side in sides])
    for name in figures["ours"]:
        _row(name, [figures[side].get(name, "") for side in sides])
    wide = 30 * len(sides)
    for name, share in figures.get("operations", {}).items():
        click.echo(f"{name:<34}{share:>{wide}.1%}")
    click.echo()
    for name, value in figures.items():
        if name.endswith("to_baseline") or name.startswith("ratio"):
            click.echo(f"{name.replace('_', ' '):<34}{value:>{wide}}")


def _row(name: str, values: list[object]) -> None:
    click.echo(f"{name.replace('_', ' '):<34}" + "".join(f"{value!s:>30}" for value in values))


def _draw(figures: dict[str, Any], path: Path) -> None:
    """Questions a second and latencies of both sides, and where our time goes."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (speed, waits, stages) = pyplot.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    sides = ("baseline", "ours")
    speed.bar(sides, [figures[side]["questions_per_second"] for side in sides])
    speed.set_title(f"Questions a second ({figures['ratio']} times)")
    for side in sides:
        waits.plot(["p50", "p95", "p99"], [figures[side][f"p{p}_ms"] / 1000 for p in (50, 95, 99)], "o-", label=side)
    waits.set_title("Seconds to an answer")
    waits.set_ylim(bottom=0)
    waits.legend()
    names = [name for name in ("prepare", "images", "prompts", "generation") if f"{name}_ms" in figures["ours"]]
    stages.barh(names, [figures["ours"][f"{name}_ms"] for name in names])
    stages.set_title("Milliseconds a question, ours")
    figure.suptitle(f"{figures['model']}, {figures['ours']['arithmetic']}", fontsize=10)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"The plot cannot be written to {path}: try another place or a name that ends in .png."
        ) from error
    pyplot.close(figure)
    click.echo(f"Plot: {path}", err=True)
