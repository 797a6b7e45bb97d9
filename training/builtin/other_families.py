"""Trains small models of other families on the built-in model's scenes: its recipe, as far as it fits.

First what is where, then questions with it, on the same scenes at the same learning rates, with the same moving
average. Where a question's words look is taught to all. Left out are pairs of pictures, and the marks on picture
tokens: BLIP's stay as they are, whatever is asked.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoProcessor
from transformers.utils import logging

from model.atomic import replacing
from model.families.base import Prompt
from model.processor import read_image_settings, read_tokenizer
from model.profile import BUILTIN_PROFILE
from training.builtin.architecture import HEIGHT, HIDDEN, WIDTH
from training.builtin.averages import move_average
from training.builtin.data import Asking, SceneDataset, collate
from training.builtin.dense_head import FINE, DenseHead
from training.builtin.families import COLUMNS, ROWS, save_small, small_tokenizer
from training.builtin.judging import SETS
from training.builtin.naming import places_of
from training.builtin.optimizer import MuonAndAdamW
from training.builtin.recipe import NAMESPACE, Recipe
from training.finetune.families import read_for_training
from training.finetune.families.onepass import OnePass
from training.finetune.limits import choose_precision, set_threads

LATER = 3
"""Layers of a decoder that has no encoder, from the last, that read what the question's words have found."""


class DenseReader(nn.Module):
    """Brings a tower's grid of 14 x 20 tokens to the two grids that the dense targets are for."""

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - transformers' tokenizers
        super().__init__()
        self.head = DenseHead(tokenizer)
        self.fine = nn.Linear(HIDDEN, FINE)
        self.words = len(tokenizer)

    def forward(self, tokens: Tensor, target: dict[str, Tensor], embeddings: Tensor) -> Tensor:
        """The dense loss of picture tokens [B, T_image, HIDDEN], the grid's at the end, with embeddings [V, HIDDEN]."""
        grid = tokens[:, -ROWS * COLUMNS :].transpose(1, 2).unflatten(2, (ROWS, COLUMNS))  # [B, HIDDEN, 14, 20]
        cells = functional.avg_pool2d(grid, 2).flatten(2).transpose(1, 2)  # [B, 70, HIDDEN]
        fine = self.fine(grid.movedim(1, -1)).movedim(-1, 1)  # [B, FINE, 14, 20]
        features = torch.cat([cells.mean(1, keepdim=True), cells], 1)
        loss: Tensor = self.head(features, fine, target, embeddings[: self.words])
        return loss


@dataclass(slots=True)
class FamilyTrainingState:
    """What is trained, and its moving average."""

    model: OnePass
    reader: DenseReader
    average: dict[str, Tensor]
    optimizer: MuonAndAdamW
    step: int = 0

    def parameters(self) -> list[nn.Parameter]:
        """All that is trained."""
        return [*self.model.parameters(), *self.reader.parameters()]


def train_family(family: str, recipe: Recipe, folder: Path, report: Callable[[str], None]) -> None:
    """Train, going on from the folder's checkpoint when there is one, and save the averaged model to `folder`/model.

    Args:
        family: blip or paligemma.
        recipe: The settings; of its processes one alone is used.
        folder: Holds `start/`, `checkpoint.pt`, `recipe.json` and, in the end, `model/`.
        report: Takes one line of progress.

    Raises:
        ValueError: The folder's checkpoint belongs to another seed or family.
        FloatingPointError: The loss is no number any more.
    """
    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    parts = _start(family, recipe, folder, device)
    set_threads(0, sum(weights.numel() for weights in parts.model.parameters()))
    bf16 = choose_precision("auto", device) == "bf16"
    began, first, kept = time.monotonic(), parts.step, time.monotonic()
    (folder / "recipe.json").write_text(json.dumps({"family": family, **asdict(recipe)}, indent=2))
    sums: dict[str, float] = defaultdict(float)

    def arithmetic() -> AbstractContextManager[object]:
        return torch.autocast(device.type, torch.bfloat16) if bf16 else nullcontext()

    while parts.step < recipe.steps:
        parts.optimizer.set_rates(*recipe.rates(parts.step))
        with arithmetic():
            losses = _losses(parts, _batch(recipe, parts.step), device)
        loss = sum(losses.values(), (recipe.dense_weight - 1) * losses["dense"])
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is {float(loss)} at step {parts.step}; the last checkpoint is kept")
        parts.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parts.parameters(), recipe.clip)
        parts.optimizer.step()
        parts.step += 1
        move_average(parts.average.values(), parts.model.parameters(), parts.step, recipe.average)
        for key, value in losses.items():
            sums[key] += value.item()
        if parts.step % 50 == 0:
            pace = (time.monotonic() - began) / (parts.step - first)
            means = {key: round(value / 50, 4) for key, value in sums.items()}
            report(json.dumps({"step": parts.step, "seconds": round(pace, 3), **means}))
            sums.clear()
        if time.monotonic() - kept > 60 * recipe.checkpoint_minutes or parts.step == recipe.steps:
            _keep(family, parts, recipe, folder)
            kept = time.monotonic()
        if parts.step > recipe.dense_steps and parts.step % recipe.judge_every == 0:
            report(json.dumps({"step": parts.step, **_accuracy_by_set(parts, device)}))
    _save(parts, folder)


def _losses(parts: FamilyTrainingState, batch: dict[str, Any], device: torch.device) -> dict[str, Tensor]:
    model = parts.model
    tokens = model.encode_pictures(batch["pictures"].permute(0, 2, 3, 1).to(device), None)
    dense = {key: value.to(device) for key, value in batch["dense"].items()}
    losses = {"dense": parts.reader(tokens.float(), dense, model.word_tables()[0])}
    asked: Sequence[Asking] = batch["single"]
    if asked:
        texts = [one.question for one in asked]
        made = model.collate(texts, [one.answer for one in asked], [1] * len(asked))
        owners = torch.tensor([one.pictures for one in asked], device=device)
        on_device = {name: value.to(device) for name, value in made.items()}
        with _question_states(model) as kept:
            losses["questions"] = model(**on_device, pictures=owners, tokens=tokens)["loss"]
        places = places_of(texts, _offsets(model, texts), owners[:, 0], dense)
        states = kept[0][:, -made["input_ids"].shape[1] :]  # behind the picture's, where they stand in one row
        words = states[places["question"], places["token"]]
        losses["places"] = parts.reader.head.places_loss(words, places["cells"], places["centres"], places["alone"])
    return losses


def _offsets(model: OnePass, prompts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """First and last letter of the tokens of prompts, behind the one that a prompt begins with."""
    family: Any = model.family
    read = family.tokenizer.encode_batch(list(prompts), add_special_tokens=False)
    return [[(0, 0), *one.offsets] for one in read]


@contextmanager
def _question_states(model: OnePass) -> Iterator[list[Tensor]]:
    """Keeps the states [Q, S, D] of the questions in which the answer is looked up, the words' at the end."""
    native: Any = model
    reads = native.text_encoder if hasattr(native, "text_encoder") else native.model.language_model.layers[-LATER]
    kept: list[Tensor] = []
    hook = reads.register_forward_hook(
        lambda *found: kept.append(found[-1] if isinstance(found[-1], Tensor) else found[-1][0])
    )
    try:
        yield kept
    finally:
        hook.remove()


def _batch(recipe: Recipe, step: int) -> dict[str, Any]:
    """What a step sees depends on its number alone: the scenes of the built-in model's recipe, without pairs."""
    dense = step < recipe.dense_steps
    name = f"{NAMESPACE}/{recipe.seed}" + ("/dense" if dense else "")
    data = SceneDataset(name, 0 if dense else recipe.per_picture, 0, recipe.variety, plain=not recipe.wide)
    size = recipe.dense_batch if dense else recipe.batch
    first = (step if dense else step - recipe.dense_steps) * size
    return collate([data[first + number] for number in range(size)])


def _start(family: str, recipe: Recipe, folder: Path, device: torch.device) -> FamilyTrainingState:
    start = folder / "start"
    if not (start / "config.json").exists():
        with replacing(start) as partial:
            save_small(family, partial, recipe.seed)
    model = read_for_training(start, str(start)).to(device)
    model.profile = BUILTIN_PROFILE
    model.prepare_for((WIDTH, HEIGHT), read_tokenizer(start), read_image_settings(start))
    if device.type == "cpu":
        model.use_eager_attention()
    reader = DenseReader(small_tokenizer(start)).to(device)
    optimizer = MuonAndAdamW(model, reader, weight_decay=recipe.weight_decay)
    average = {name: value.detach().clone() for name, value in model.named_parameters()}
    parts = FamilyTrainingState(model.train(), reader, average, optimizer)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        if (kept.get("family", "florence2"), kept["seed"]) != (family, recipe.seed):
            raise ValueError(f"{checkpoint} belongs to {kept.get('family', 'florence2')} with seed {kept['seed']}")
        if "muon" not in kept["optimizer"]:
            raise ValueError(f"{checkpoint} is of an earlier version, which had another optimizer: take another folder")
        model.load_state_dict(kept["model"])
        reader.load_state_dict(kept["reader"])
        optimizer.load_state_dict(kept["optimizer"])
        parts.average, parts.step = kept["average"], kept["step"]
    return parts


def _keep(family: str, parts: FamilyTrainingState, recipe: Recipe, folder: Path) -> None:
    state = {
        "family": family,
        "seed": recipe.seed,
        "step": parts.step,
        "model": parts.model.state_dict(),
        "reader": parts.reader.state_dict(),
        "optimizer": parts.optimizer.state_dict(),
        "average": parts.average,
    }
    with replacing(folder / "checkpoint.pt") as partial:
        torch.save(state, partial)


def _save(parts: FamilyTrainingState, folder: Path) -> None:
    """Write the averaged weights as transformers reads them, in half precision as the built-in model has them."""
    model = deepcopy(parts.model)
    model.load_state_dict({**model.state_dict(), **parts.average})
    processor: Any = AutoProcessor.from_pretrained(folder / "start", local_files_only=True)
    with replacing(folder / "model") as partial:
        model.native().half().save_pretrained(partial)
        processor.save_pretrained(partial)
        BUILTIN_PROFILE.write(partial)


@torch.inference_mode()
def _accuracy_by_set(parts: FamilyTrainingState, device: torch.device, samples: int = 24) -> dict[str, float]:
    """Shares of exactly right answers on scenes that no training sees, with the weights of this step."""
    model, found = parts.model, {}
    model.train(False)
    for name, (variety, plain) in SETS.items():
        data = SceneDataset(f"builtin-check/{name}", 8, 0, variety, plain=plain)
        batch: dict[str, Any] = collate([data[number] for number in range(samples)])
        seen = model.encode_pictures(batch["pictures"].permute(0, 2, 3, 1).to(device), None)
        prompts = [Prompt(seen[one.pictures[0]], one.question, 1, 12) for one in batch["single"]]
        said = [generation.text for generation in model.family.generate(prompts)]
        right = [text == one.answer for text, one in zip(said, batch["single"], strict=True)]
        found[name] = round(sum(right) / len(right), 3)
    model.train()
    return found
