"""How fast a training step is, against the plain loop over the same batches: the picture encoded for each question."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, Self

import torch
from PIL import Image
from transformers import get_linear_schedule_with_warmup
from transformers.trainer_utils import SaveStrategy
from transformers.utils import logging

from model.profile import Profile
from training.console import Silent
from training.data.prepared import read_examples
from training.finetune.callbacks import peak_memory
from training.finetune.config import TrainConfig
from training.finetune.data import PictureSampler
from training.finetune.families import read_baseline
from training.finetune.run import assemble

LEARNING_RATE = 1e-6
PLAIN, PLAIN_FROZEN = "plain loop", "plain loop, tower frozen"
LORA = "vqabot train, LoRA"
WARM_UP = 1
"""First steps that do not count: memory is taken and kernels are chosen there."""


@dataclass(slots=True)
class Measured:
    """Some steps of one way to train."""

    seconds: list[float] = field(default_factory=list)
    """Of each step after the warm-up, with the reading of its pictures."""
    cpu_seconds: list[float] = field(default_factory=list)
    """The same in seconds of CPU: what a machine shared with others does not blur."""
    losses: list[float] = field(default_factory=list)
    """Of each step."""
    peak_gb: float = 0.0
    """Most memory that its process held, or its GPU."""

    @property
    def seconds_per_step(self) -> float:
        """The median."""
        return statistics.median(self.seconds)


def plain_loop(
    model_folder: Path, data: Path, batch_size: int, steps: int, device: str, *, frozen: bool = False
) -> Measured:
    """The loop that notebooks write: every question with its own picture, fp32, AdamW, linear schedule.

    Args:
        model_folder: The model.
        data: Prepared data.
        batch_size: Questions a step.
        steps: How many steps.
        device: cpu or cuda.
        frozen: Whether the vision tower gets no gradients.
    """
    measured = Measured()
    logging.disable_progress_bar()
    baseline = read_baseline(model_folder)
    model = baseline.module
    if frozen:
        baseline.vision_tower.requires_grad_(False)
    profile, rows = Profile.read(model_folder), read_examples(data, "train")
    order = list(PictureSampler(rows, seed=0))
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=LEARNING_RATE, weight_decay=0.0
    )
    schedule = get_linear_schedule_with_warmup(optimizer, 0, steps)
    model.train().to(device)
    for step in range(steps):
        began, cpu = time.perf_counter(), time.process_time()
        batch = [rows[index] for index in order[step * batch_size : (step + 1) * batch_size]]
        inputs = baseline.inputs(
            [profile.prompt(row.question) for row in batch],
            [Image.open(data / row.image).convert("RGB") for row in batch],
            [row.answer or "" for row in batch],
        )
        loss = model(**inputs.to(device)).loss
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        measured.losses.append(loss.item())
        if step >= WARM_UP:
            measured.seconds.append(time.perf_counter() - began)
            measured.cpu_seconds.append(time.process_time() - cpu)
    measured.peak_gb = peak_memory() / 2**30
    return measured


def our_training(config: TrainConfig, data: Path, folder: Path, steps: int) -> Measured:
    """`vqabot train` with these settings; saving and judging are left out."""
    settings = {
        "max_steps": steps,
        "learning_rate": LEARNING_RATE,
        "log_every": 1,
        "eval_questions": 0,
        "new_words": "none",
    }
    config = config.model_copy(update=settings)
    ready = assemble(config, data, folder, Silent())
    ready.trainer.args.save_strategy = SaveStrategy.NO
    ready.trainer.train()
    cpu = [after - before for before, after in pairwise(ready.journal.cpu)]
    measured = Measured(ready.journal.all_seconds[WARM_UP:], cpu[WARM_UP:])
    measured.losses = [entry["loss"] for entry in ready.trainer.state.log_history if "loss" in entry]
    measured.peak_gb = peak_memory() / 2**30
    return measured


@dataclass(frozen=True, slots=True)
class Task:
    """What is measured: a model's shape, its pictures, and how many questions a step has."""

    model: Path
    data: Path
    work: Path
    """An empty folder for what the trainings write."""
    batch_size: int
    steps: int
    device: Literal["cpu", "cuda"]

    def ways(self) -> dict[str, Callable[[], Measured]]:
        """All ways to train, by name: the plain loops with ours beside them."""
        return {
            PLAIN: partial(plain_loop, self.model, self.data, self.batch_size, self.steps, self.device),
            "vqabot train, fp32": partial(self._ours, precision="fp32"),
            "vqabot train": partial(self._ours),
            PLAIN_FROZEN: partial(
                plain_loop, self.model, self.data, self.batch_size, self.steps, self.device, frozen=True
            ),
            "vqabot train, tower frozen, fp32": partial(self._ours, precision="fp32", freeze_vision=True),
            "vqabot train, tower frozen": partial(self._ours, freeze_vision=True),
            LORA: partial(self._ours, lora_rank=16),
        }

    def _ours(self, **settings: Any) -> Measured:  # noqa: ANN401 - fields of the config
        config = TrainConfig(model=str(self.model), batch_size=self.batch_size, device=self.device, **settings)
        return our_training(config, self.data, self.work / "-".join(map(str, settings.values())), self.steps)


class Measurer:
    """`with Measurer(task) as measurer: measurer.measure(name)`: trains in one of the ways, in another process.

    On a CPU each way has a process of its own, so that what it takes of memory is seen. On a GPU memory is counted anew
    for each, and one process saves the seconds of many starts.
    """

    def __init__(self, task: Task) -> None:
        """Start nothing yet."""
        self._task = task
        self._pool = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def measure(self, name: str) -> Measured:
        """Train in one of the task's ways.

        Raises:
            BrokenProcessPool: The process was killed, most likely for want of memory.
            torch.OutOfMemoryError: The GPU's memory does not suffice.
        """
        try:
            return self._pool.submit(_measure, self._task, name).result()
        except BrokenProcessPool:
            self._pool = self._start()
            raise

    def _start(self) -> ProcessPoolExecutor:
        once = None if self._task.device == "cuda" else 1
        return ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=once)


def _measure(task: Task, name: str) -> Measured:
    if task.device == "cuda":
        gc.collect()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    return task.ways()[name]()


def compare(found: Mapping[str, Measured], questions: int) -> dict[str, dict[str, float | None]]:
    """The figures of each way, with the plain loop that trains everything as the measure of speed.

    The losses of a way are held against those of the plain loop that trains the same weights; adapters have no such.

    Args:
        found: Measured ways by name.
        questions: Questions a step.
    """
    rows: dict[str, dict[str, float | None]] = {}
    for name, measured in found.items():
        plain = found.get(PLAIN)
        twin = None if name == LORA else found.get(PLAIN_FROZEN if "frozen" in name else PLAIN)
        differences = [abs(a - b) for a, b in zip(measured.losses, twin.losses, strict=True)] if twin else []
        rows[name] = {
            "seconds_per_step": round(measured.seconds_per_step, 4),
            "questions_per_second": round(questions / measured.seconds_per_step, 3),
            "cpu_seconds_per_step": round(statistics.median(measured.cpu_seconds), 4),
            "times_plain": round(plain.seconds_per_step / measured.seconds_per_step, 2) if plain else None,
            "times_plain_in_cpu": round(
                statistics.median(plain.cpu_seconds) / max(1e-9, statistics.median(measured.cpu_seconds)), 2
            )
            if plain
            else None,
            "largest_loss_difference": max(differences) if differences else None,
            "peak_memory_gb": round(measured.peak_gb, 2),
        }
    return rows
