"""What `vqabot bench gpu` measures: its steps, and the lines of its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.benchmarks.steps import Step, StepResult

SIDES = (768, 224)
_WAYS = ("plain loop", "vqabot train", "vqabot train, fp32", "vqabot train, tower frozen", "vqabot train, LoRA")
MACHINE = "machine"
"""The first step: it fails where the device is not there."""
_PATIENCE = 10
"""Limits are so many times as long where steps are only tried."""
_SHAPES_MODULE = "training.finetune.families.florence2.shapes"


def steps(device: str, work: Path, *, small: bool) -> list[list[Step]]:
    """Groups of steps, the most wanted first. Those of a group run side by side: correctness, no speed.

    Args:
        device: `cuda`, or `cpu` to try the steps themselves.
        work: An empty folder for the models that are made.
        small: Tiny models and numbers, to try the steps themselves.
    """
    shapes = ("tiny",) if small else ("base", "large")
    sides = (64, 640) if small else SIDES
    makes = [_make(shape, work, sides) for shape in shapes]
    groups = [
        [bench(MACHINE, 60, "machine", "--device", device)],
        [*makes, *correctness(device, small=small)],
        *([step] for step in answering(device, work, sides[0], small=small)),
        *([step] for step in training(device, work, shapes, min(sides), small=small)),
        [pace(small=small)],
        [out_of_memory(device, work / shapes[-1] / str(max(sides)), small=small)],
    ]
    if not small:
        return [*groups, *([step] for step in training(device, work, shapes, max(sides), small=small))]
    # Tried where much else may run: a limit is for what hangs.
    return [[replace(step, limit=_PATIENCE * step.limit) for step in group] for group in groups]


def _make(shape: str, work: Path, sides: tuple[int, ...]) -> Step:
    return Step(f"make {shape}", (_SHAPES_MODULE, shape, str(work / shape), *map(str, sides)), 120)


def bench(name: str, limit: float, *words: str) -> Step:
    """`vqabot bench WORDS --json` within so many seconds."""
    return Step(name, ("bot.cli", "bench", *words, "--json"), limit)


def correctness(device: str, *, small: bool) -> list[Step]:
    """The same tokens, right answers in other number formats, and a training that is killed."""
    number, scenes, formats = ("6", "2", ["bfloat16"]) if small else ("500", "2000", ["bfloat16", "float16"])
    dtypes = [word for name in formats for word in ("--dtype", name)]
    length = ("--steps", "6", "--save-every", "2") if small else ("--steps", "60", "--save-every", "10")
    return [
        bench("same tokens", 120, "equality", "--number", number, "--device", device),
        bench("right answers", 120, "arithmetic", *dtypes, "--scenes", scenes, "--device", device),
        bench("kill -9 and resume", 90, "resume", *length, "--device", device),
    ]


def answering(device: str, work: Path, side: int, *, small: bool) -> Iterator[Step]:
    """Questions a second: the built-in model, then the shapes."""
    extras = ["--batched", "--without-graphs", "--profile", "--load", "0.8", "--device", device]
    if small:
        few = ["--pictures", "2", "--waiting", "4", "--batch-size", "2", "--baseline-pictures", "1", "--threads", "1"]
        sizes = {"tiny": few}
        extras += ["--load-questions", "4"]
    else:
        common = ["--waiting", "96", "--batch-size", "48", "--baseline-pictures"]
        sizes = {
            "builtin": ["--pictures", "400", *common, "30", "--beams", "1"],
            "base": ["--pictures", "256", *common, "4"],
            "large": ["--pictures", "128", *common, "3"],
        }
        extras += ["--load-questions", "1500"]
    for shape in sizes:
        model = "builtin" if shape == "builtin" else str(work / shape / str(side))
        words = ["answer", "--model", model, *sizes[shape], *extras]
        yield bench(f"answer {shape}", 100, *words)


def training(device: str, work: Path, shapes: tuple[str, ...], side: int, *, small: bool) -> Iterator[Step]:
    """Questions a second and losses of the ways to train."""
    ways = ("plain loop", "vqabot train, fp32") if small else _WAYS
    only = [word for way in ways for word in ("--only", way)]
    length = ["--steps", "2" if small else "7", "--device", device]
    for shape in shapes:
        words = ["train", "--model", str(work / shape / str(side)), "--batch-size", "8", *only]
        yield bench(f"train {shape}, {side} px", 75, *words, *length)


def pace(*, small: bool) -> Step:
    """How fast the built-in model is trained."""
    if small:
        few = "--seconds 1 --batch 3 --dense-batch 2 --drawers 0 --threads 1 --report-every 1"
        return bench("train the built-in model", 120, "builtin", *few.split())
    return bench("train the built-in model", 130, "builtin", "--seconds", "90", "--batch", "96")


def out_of_memory(device: str, model: Path, *, small: bool) -> Step:
    """A batch that no card holds."""
    batch = "128" if small else "512"
    return bench("out of memory", 60, "memory", "--model", str(model), "--batch-size", batch, "--device", device)


def table(outcomes: list[StepResult]) -> list[tuple[str, str]]:
    """What came of each step, in one line each: its name, and the figures that matter."""
    return [(outcome.name, _line(outcome)) for outcome in outcomes]


def _line(outcome: StepResult) -> str:
    said = outcome.said.splitlines()[-1] if outcome.said else ""
    if outcome.result != "ok":
        return f"{outcome.result}. {said}".strip()
    figures = outcome.figures
    kind = outcome.name.split()[0]
    if kind == "answer":
        return _answer(figures)
    if "ways" in figures:
        return _train(figures)
    chosen = {
        "machine": ("device", "torch", "bfloat16_gflop_per_second", "copied_gb_per_second"),
        "same": ("requests", "different"),
        "kill": ("steps", "largest_loss_difference"),
        "out": ("sentence",),
    }.get(kind)
    shown = figures if chosen is None else {name: figures[name] for name in chosen if name in figures}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in shown.items()) or "done"


def _answer(figures: dict[str, Any]) -> str:
    ours = figures["ours"]
    parts = [f"{ours['questions_per_second']:g} questions/s, {figures['ratio']:g} times the baseline"]
    for name, text in (("batched", "bf16 batches of generate()"), ("without_graphs", "ours without graphs")):
        if f"ratio_to_{name}" in figures:
            parts.append(f"{figures[f'ratio_to_{name}']:g} times {text}")
    parts.append(f"{100 * ours['share_of_ceiling']:.0f} % of the ceiling")
    if "load_p95_ms" in ours:
        parts.append(f"at 80 % load p50 {ours['load_p50_ms']:g} and p95 {ours['load_p95_ms']:g} ms")
    start = f"start {ours.get('load_seconds', 0):g} s, recording {ours.get('warm_up_seconds', 0):g} s"
    return ", ".join([*parts, f"{ours['peak_memory_mb']:g} MB", start])


def _train(figures: dict[str, Any]) -> str:
    parts = []
    for name, row in figures["ways"].items():
        times = "" if row["times_plain"] is None else f", {row['times_plain']:g} times"
        off = row["largest_loss_difference"]
        differs = "" if not off else f", losses within {off:.1e}"
        parts.append(
            f"{name}: {row['questions_per_second']:g} questions/s{times}, {row['peak_memory_gb']:g} GB{differs}"
        )
    parts += [f"{name}: does not fit" for name in figures.get("too_large_for_the_gpu", ())]
    return "; ".join(parts)
