"""Trains the built-in model from a seed: first what is where, then questions with it; resumable at any moment."""

from __future__ import annotations

import json
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing
from torch import distributed, nn
from torch.utils.data import DataLoader, Dataset
from transformers import PreTrainedTokenizerFast
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.atomic import replacing
from training.builtin import architecture
from training.builtin.averages import move_average, share_gradients
from training.builtin.data import PAIR_EVERY, SceneDataset, collate
from training.builtin.dense_head import DenseHead
from training.builtin.losses import losses_of
from training.builtin.optimizer import MuonAndAdamW
from training.builtin.warm_start import take_over, take_over_head
from training.scenes.variety import FIRST, WIDE, Variety

PATIENCE = timedelta(days=30)
"""How long the processes wait for each other: a training may be halted and go on a day later."""
NAMESPACE = "builtin-train"
"""Names the seeds of the training's scenes: no other scenes of the project are of it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every setting of the built-in model's training."""

    seed: int = 0
    """Names the scenes and the first weights."""
    dense_steps: int = 2000
    """Steps on dense targets alone."""
    question_steps: int = 28000
    """Steps on questions and dense targets together."""
    decay: float = 0.5
    """Share of the question steps, at the end, over which the learning rate falls to zero."""
    question_rate: float = 0.6
    """AdamW's highest learning rate in the second phase, in units of the first one's."""
    question_muon_rate: float = 0.2
    """Muon's, likewise: at the full one what the first phase has taught was lost again (its loss rose from 5.2 to 7.1
    within 700 steps), at half of it all stood nearly still later."""
    dense_batch: int = 30
    """Pictures a step in the first phase."""
    batch: int = 12
    """Samples a step in the second phase; every second is a pair of pictures."""
    per_picture: int = 6
    """Questions a picture in the second phase."""
    per_pair: int = 3
    """Questions a pair."""
    learning_rate: float = 1e-3
    """AdamW's, for what is no matrix of a layer."""
    muon_rate: float = 4.0
    """Muon's learning rate, for the matrices, in units of AdamW's."""
    warmup: int = 200
    """Steps over which the learning rate rises, in each phase."""
    weight_decay: float = 0.02
    clip: float = 1.0
    """Largest norm of the gradient."""
    dense_weight: float = 1.0
    """Weight of the dense loss beside the question loss."""
    average: float = 0.998
    """Decay of the moving average of the weights, which is what is kept in the end."""
    start: str = ""
    """An earlier built-in model whose weights the training begins with: `builtin`, a folder or a ZIP; empty: from
    nothing. The first phase then teaches the dense head alone, since its first gradients would undo what the model has
    learnt. From the folder of an earlier training its dense head is taken, too: then no such phase is needed."""
    leave_out: tuple[str, ...] = ()
    """Media, backdrops, emoji sets, kinds of things, "contour" or "typed" that the scenes lack, to be judged by."""
    first: float = 0.3
    """Share of the samples of the second phase drawn in the one style, and of the kinds, that `vqabot scenes` and the
    demo draw: among all styles nearly none is of it. None where kinds of things are left out that it draws."""
    wide: bool = True
    """False draws scenes of one style, and leaves out the camera: less to learn, for a comparison within hours."""
    processes: int = 2
    """Processes that train side by side, each on its share of every batch, each with one thread: on small matrices two
    processes that meet once a step are faster than two threads that meet at every operation."""
    threads: int = 0
    """CPU threads where one process trains; 0: one for each core."""
    drawers: int = 0
    """Further processes that draw; 0 draws where it is trained. A GPU needs as many as there are CPU cores."""
    checkpoint_minutes: float = 4.0
    """Minutes between checkpoints."""
    report_every: int = 50
    """Steps between lines of losses."""
    judge_every: int = 1000
    """Steps between judgements on scenes of a namespace of their own."""

    def __post_init__(self) -> None:
        """Refuse what would be found out after minutes, or by the optimizer."""
        for name in ("learning_rate", "muon_rate", "question_rate", "question_muon_rate"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be above 0; it is {getattr(self, name)}")

    @property
    def steps(self) -> int:
        """Steps of both phases."""
        return self.dense_steps + self.question_steps

    @property
    def variety(self) -> Variety:
        """What the scenes may be like.

        Raises:
            ValueError: Something cannot be left out.
        """
        return (WIDE if self.wide else FIRST).without(self.leave_out)

    def rates(self, step: int) -> tuple[float, float]:
        """AdamW's and Muon's learning rates of a step: they rise in each phase, and fall to zero in the second."""
        inside = step if step < self.dense_steps else step - self.dense_steps
        adamw = self.learning_rate * min(1.0, (inside + 1) / self.warmup)
        muon = adamw * self.muon_rate
        if step < self.dense_steps:
            return adamw, muon
        left = min(1.0, (self.steps - step) / max(1.0, self.decay * self.question_steps))
        return adamw * self.question_rate * left, muon * self.question_muon_rate * left


@dataclass(slots=True)
class TrainingState:
    """What is trained, and its moving average."""

    model: Florence2ForConditionalGeneration
    head: DenseHead
    average: Florence2ForConditionalGeneration
    optimizer: MuonAndAdamW
    step: int = 0


def train(recipe: Recipe, folder: Path, report: Callable[[str], None]) -> None:
    """Train, going on from the folder's checkpoint when there is one, and save the averaged model to `folder`/model.

    Args:
        recipe: The settings; a checkpoint made with another seed is refused.
        folder: Holds `checkpoint.pt`, `recipe.json` and, in the end, `model/`.
        report: Takes one line of progress.

    Raises:
        ValueError: The folder's checkpoint belongs to another seed, batches cannot be shared by the processes,
            something cannot be left out, or the model to start from or its dense head has other layers.
        ModelError: There is no model to start from.
    """
    _ = recipe.variety
    # Told here: what a process of several raises is no sentence.
    if recipe.start and not (folder / "checkpoint.pt").exists():
        tokenizer = architecture.load_tokenizer()
        take_over(architecture.build_model(len(tokenizer)), tokenizer, recipe.start)
        take_over_head(DenseHead(tokenizer), recipe.start)
    share = recipe.processes * PAIR_EVERY
    if recipe.batch % share or recipe.dense_batch % recipe.processes:
        raise ValueError(
            f"batches of {recipe.dense_batch} and {recipe.batch} cannot be shared by {recipe.processes}: "
            f"the second must be a multiple of {share}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if recipe.processes == 1:
        threads = torch.get_num_threads()
        torch.set_num_threads(recipe.threads or os.cpu_count() or 1)  # their number changes the last bits of sums
        try:
            _train(0, recipe, folder, report)
        finally:
            torch.set_num_threads(threads)
        return
    (folder / "rendezvous").unlink(missing_ok=True)  # of a run that was killed
    torch.multiprocessing.spawn(_train, (recipe, folder, report), nprocs=recipe.processes)  # type: ignore[attr-defined,no-untyped-call]


def _train(rank: int, recipe: Recipe, folder: Path, report: Callable[[str], None]) -> None:
    """One of the processes; the first one reports and keeps checkpoints."""
    if recipe.processes > 1:
        torch.set_num_threads(1)
        rendezvous = f"file://{(folder / 'rendezvous').absolute()}"
        distributed.init_process_group(
            "gloo", init_method=rendezvous, rank=rank, world_size=recipe.processes, timeout=PATIENCE
        )
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = architecture.load_tokenizer()
    parts = _start(recipe, folder, tokenizer, device)
    if device.type == "cpu":  # the fused attention's backward pass takes twice as long there as the eager one
        parts.model.set_attn_implementation("eager")
    if rank == 0:
        (folder / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2))
    began, first, kept = time.monotonic(), parts.step, time.monotonic()
    sums: dict[str, float] = defaultdict(float)
    starter = parent_process() if recipe.processes > 1 else None
    for batch in _batches(recipe, rank, parts.step):
        if starter is not None and not starter.is_alive():
            raise SystemExit("what started this training has ended; the same command goes on from the last checkpoint")
        parts.optimizer.set_rates(*recipe.rates(parts.step))
        parts.model.requires_grad_(not recipe.start or parts.step >= recipe.dense_steps)
        losses = losses_of(parts.model, parts.head, batch, tokenizer, device)
        loss = sum(
            (value * (recipe.dense_weight if key == "dense" else 1) for key, value in losses.items()),
            0 * losses["dense"],
        )
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is {float(loss)} at step {parts.step}; the last checkpoint is kept")
        parts.optimizer.zero_grad()
        loss.backward()
        if recipe.processes > 1:
            share_gradients([parts.model, parts.head], recipe.processes)
        nn.utils.clip_grad_norm_([*parts.model.parameters(), *parts.head.parameters()], recipe.clip)
        parts.optimizer.step()
        parts.step += 1
        move_average(parts.average.parameters(), parts.model.parameters(), parts.step, recipe.average)
        for key, value in losses.items():
            sums[key] += value.item()
        if rank:
            continue
        if parts.step % recipe.report_every == 0:
            pace = (time.monotonic() - began) / (parts.step - first)
            means = {key: round(value / recipe.report_every, 4) for key, value in sums.items()}
            line = {"step": parts.step, "seconds": round(pace, 3), **means}
            report(json.dumps(line))
            sums.clear()
        if time.monotonic() - kept > 60 * recipe.checkpoint_minutes or parts.step == recipe.steps:
            _keep(parts, recipe, folder)
            kept = time.monotonic()
        if parts.step > recipe.dense_steps and parts.step % recipe.judge_every == 0:
            from training.builtin.judging import accuracy_by_set

            report(json.dumps({"step": parts.step, **accuracy_by_set(parts.average, tokenizer)}))
    if rank == 0:
        processor = architecture.build_processor(tokenizer)
        architecture.save(str(folder / "model"), parts.average, processor)
    if recipe.processes > 1:
        distributed.destroy_process_group()


def _start(recipe: Recipe, folder: Path, tokenizer: PreTrainedTokenizerFast, device: torch.device) -> TrainingState:
    model = architecture.build_model(len(tokenizer), device)
    if recipe.start and not (folder / "checkpoint.pt").exists():
        take_over(model, tokenizer, recipe.start)
    average = architecture.build_model(len(tokenizer), device)
    average.load_state_dict(model.state_dict())
    head = DenseHead(tokenizer).to(device)
    if recipe.start and not (folder / "checkpoint.pt").exists():
        take_over_head(head, recipe.start)
    parts = TrainingState(model, head, average, MuonAndAdamW(model, head, weight_decay=recipe.weight_decay))
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        if kept["seed"] != recipe.seed:
            raise ValueError(f"{checkpoint} belongs to seed {kept['seed']}, not to seed {recipe.seed}")
        if "muon" not in kept["optimizer"]:
            raise ValueError(f"{checkpoint} is of an earlier version, which had another optimizer: take another folder")
        for name in ("model", "head", "average", "optimizer"):
            getattr(parts, name).load_state_dict(kept[name])
        parts.step = kept["step"]
    return parts


def _keep(parts: TrainingState, recipe: Recipe, folder: Path) -> None:
    names = ("model", "head", "average", "optimizer")
    state: dict[str, Any] = {name: getattr(parts, name).state_dict() for name in names}
    with replacing(folder / "checkpoint.pt") as partial:
        torch.save({**state, "step": parts.step, "seed": recipe.seed}, partial)


class _Shares(Dataset[dict[str, object]]):
    """A process's share of each step's batch, by the step's number: what a step sees depends on that alone."""

    def __init__(self, recipe: Recipe, rank: int) -> None:
        self.recipe, self.rank = recipe, rank

    def __getitem__(self, step: int) -> dict[str, object]:
        recipe = self.recipe
        dense = step < recipe.dense_steps
        if dense:
            data = SceneDataset(f"{NAMESPACE}/{recipe.seed}/dense", 0, 0, recipe.variety, plain=not recipe.wide)
            first, size = step * recipe.dense_batch, recipe.dense_batch
        else:
            name, asked = f"{NAMESPACE}/{recipe.seed}", (recipe.per_picture, recipe.per_pair)
            # That style knows no kinds left out, which the model is to be judged by.
            first_too = recipe.wide and recipe.variety.kinds >= FIRST.kinds
            data = SceneDataset(
                name, *asked, recipe.variety, plain=not recipe.wide, first=recipe.first if first_too else 0.0
            )
            first, size = (step - recipe.dense_steps) * recipe.batch, recipe.batch
        share = size // recipe.processes
        return collate([data[first + self.rank * share + i] for i in range(share)])


def _batches(recipe: Recipe, rank: int, step: int) -> Iterator[dict[str, Any]]:
    """A process's share of the batches from a step on."""
    shares, steps = _Shares(recipe, rank), range(step, recipe.steps)
    if not recipe.drawers:
        yield from (shares[number] for number in steps)
        return
    yield from DataLoader(shares, batch_size=None, sampler=steps, num_workers=recipe.drawers, prefetch_factor=4)
