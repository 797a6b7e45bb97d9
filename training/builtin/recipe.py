"""Trains the built-in model from a seed: first what is where, then questions with it; resumable at any moment."""

from __future__ import annotations

import json
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing
from torch import Tensor, distributed, nn
from torch.nn import functional
from transformers import PreTrainedTokenizerFast
from transformers.models.florence2 import Florence2ForConditionalGeneration

from training.builtin import architecture
from training.builtin.architecture import IMAGE_TOKENS
from training.builtin.data import SceneDataset, collate
from training.builtin.dense import DenseHead, marks_of, places_of
from training.scenes.wording import kind_of

DECODER_START = 2
"""Decoders of this family start from </s>."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every setting of the built-in model's training."""

    seed: int = 0
    """Names the scenes and the first weights."""
    dense_steps: int = 4000
    """Steps on dense targets alone."""
    question_steps: int = 9400
    """Steps on questions and dense targets together."""
    decay: float = 0.3
    """Share of the question steps, at the end, over which the learning rate falls to zero."""
    dense_batch: int = 32
    """Pictures a step in the first phase."""
    batch: int = 32
    """Pictures a step in the second phase."""
    per_picture: int = 5
    """Questions a picture in the second phase."""
    learning_rate: float = 1e-3
    warmup: int = 200
    """Steps over which the learning rate rises, in each phase."""
    weight_decay: float = 0.02
    clip: float = 1.0
    """Largest norm of the gradient."""
    dense_weight: float = 1.0
    """Weight of the dense loss beside the question loss."""
    average: float = 0.998
    """Decay of the moving average of the weights, which is what is kept in the end."""
    processes: int = 2
    """Processes that train side by side, each on its share of every batch, each with one thread: on small matrices two
    processes that meet once a step are faster than two threads that meet at every operation."""
    checkpoint_every: int = 100
    """Steps between checkpoints."""

    @property
    def steps(self) -> int:
        """Steps of both phases."""
        return self.dense_steps + self.question_steps

    def rate(self, step: int) -> float:
        """Learning rate of a step: warm-up in each phase, then constant, then a linear fall to zero."""
        inside = step if step < self.dense_steps else step - self.dense_steps
        rate = self.learning_rate * min(1.0, (inside + 1) / self.warmup)
        if step < self.dense_steps:
            return rate
        left = (self.steps - step) / max(1.0, self.decay * self.question_steps)
        return rate * min(1.0, left)


@dataclass(slots=True)
class Parts:
    """What is trained, and its moving average."""

    model: Florence2ForConditionalGeneration
    head: DenseHead
    average: Florence2ForConditionalGeneration
    optimizer: torch.optim.AdamW
    step: int = 0


def train(recipe: Recipe, folder: Path, report: Callable[[str], None]) -> None:
    """Train, going on from the folder's checkpoint when there is one, and save the averaged model to `folder`/model.

    Args:
        recipe: The settings; a checkpoint made with another seed is refused.
        folder: Holds `checkpoint.pt`, `recipe.json`, `log.jsonl` and, in the end, `model/`.
        report: Takes one line of progress.

    Raises:
        ValueError: The folder's checkpoint belongs to another seed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words = architecture.vocabulary(architecture.sample_questions())
    if recipe.processes == 1:
        threads = torch.get_num_threads()
        torch.set_num_threads(os.cpu_count() or 1)  # their number changes the last bits of sums
        try:
            _train(0, recipe, folder, words, report)
        finally:
            torch.set_num_threads(threads)
        return
    if recipe.batch % recipe.processes or recipe.dense_batch % recipe.processes:
        raise ValueError(f"batches of {recipe.dense_batch} and {recipe.batch} cannot be shared by {recipe.processes}")
    (folder / "meeting").unlink(missing_ok=True)  # of a run that was killed
    torch.multiprocessing.spawn(_train, (recipe, folder, words, report), nprocs=recipe.processes)  # type: ignore[attr-defined,no-untyped-call]


def _train(rank: int, recipe: Recipe, folder: Path, words: list[str], report: Callable[[str], None]) -> None:
    """One of the processes; the first one reports and keeps checkpoints."""
    if recipe.processes > 1:
        torch.set_num_threads(1)
        meeting = f"file://{(folder / 'meeting').absolute()}"
        distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=recipe.processes)
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = architecture.build_tokenizer(words)
    parts = _start(recipe, folder, words, device)
    if device.type == "cpu":  # the fused attention's backward pass takes twice as long there as the plain one
        parts.model.set_attn_implementation("eager")
    if rank == 0:
        (folder / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2))
    began, first = time.monotonic(), parts.step
    sums: dict[str, float] = defaultdict(float)
    for batch in _batches(recipe, rank, parts.step):
        for group in parts.optimizer.param_groups:
            group["lr"] = recipe.rate(parts.step)
        with_questions = parts.step >= recipe.dense_steps
        losses = _losses(parts, batch, tokenizer if with_questions else None, device)
        loss = losses["dense"]
        if with_questions:
            loss = losses["questions"] + losses["mentions"] + losses["places"] + recipe.dense_weight * loss
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is {float(loss)} at step {parts.step}; the last checkpoint is kept")
        parts.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if recipe.processes > 1:
            _share_gradients(parts, recipe.processes)
        nn.utils.clip_grad_norm_([*parts.model.parameters(), *parts.head.parameters()], recipe.clip)
        parts.optimizer.step()
        parts.step += 1
        _average(parts, recipe.average)
        for key, value in losses.items():
            sums[key] += value.item()
        if parts.step % 50 == 0 and rank == 0:
            pace = (time.monotonic() - began) / (parts.step - first)
            line = {"step": parts.step, "seconds": round(pace, 3), **{k: round(v / 50, 4) for k, v in sums.items()}}
            report(json.dumps(line))
            sums.clear()
        if rank == 0 and (parts.step % recipe.checkpoint_every == 0 or parts.step == recipe.steps):
            _keep(parts, recipe, folder)
        if rank == 0 and with_questions and parts.step % 500 == 0:
            report(json.dumps({"step": parts.step, "exact": exact(parts.average, tokenizer, 60)}))
    if rank == 0:
        architecture.save(str(folder / "model"), parts.average, architecture.build_processor(tokenizer))
    if recipe.processes > 1:
        distributed.destroy_process_group()


def _share_gradients(parts: Parts, processes: int) -> None:
    """Average the gradients over the processes. A part that had no gradient anywhere keeps none."""
    gradients = [p.grad for m in (parts.model, parts.head) for p in m.parameters() if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= processes
    start = 0
    for gradient in gradients:
        gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
        start += gradient.numel()


def _start(recipe: Recipe, folder: Path, words: list[str], device: torch.device) -> Parts:
    model = architecture.build_model(words, device)
    average = architecture.build_model(words, device)
    average.load_state_dict(model.state_dict())
    head = DenseHead(words).to(device)
    decayed = [p for m in (model, head) for p in m.parameters() if p.ndim > 1]
    plain = [p for m in (model, head) for p in m.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}],
        lr=recipe.learning_rate,
        betas=(0.9, 0.98),
    )
    parts = Parts(model, head, average, optimizer)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=device, weights_only=True)
        if kept["seed"] != recipe.seed:
            raise ValueError(f"{checkpoint} belongs to seed {kept['seed']}, not to seed {recipe.seed}")
        for name in ("model", "head", "average", "optimizer"):
            getattr(parts, name).load_state_dict(kept[name])
        parts.step = kept["step"]
    return parts


def _keep(parts: Parts, recipe: Recipe, folder: Path) -> None:
    names = ("model", "head", "average", "optimizer")
    state: dict[str, Any] = {name: getattr(parts, name).state_dict() for name in names}
    partial = folder / "checkpoint.tmp"
    torch.save({**state, "step": parts.step, "seed": recipe.seed}, partial)
    partial.replace(folder / "checkpoint.pt")


def _batches(recipe: Recipe, rank: int, step: int) -> Iterator[dict[str, Any]]:
    """A process's share of the batches from a step on; which scenes a step sees depends on its number alone."""
    drawn = recipe.dense_steps * recipe.dense_batch
    for number in range(step, recipe.steps):
        if number < recipe.dense_steps:
            first, size, per_picture = number * recipe.dense_batch, recipe.dense_batch, 0
        else:
            first, size = drawn + (number - recipe.dense_steps) * recipe.batch, recipe.batch
            per_picture = recipe.per_picture
        share = size // recipe.processes
        data = SceneDataset(f"builtin-train/{recipe.seed}", per_picture, first + rank * share, share)
        yield collate([data[i] for i in range(share)])


def _losses(
    parts: Parts, batch: dict[str, Any], tokenizer: PreTrainedTokenizerFast | None, device: torch.device
) -> dict[str, Tensor]:
    bf16 = (
        torch.autocast(device.type, torch.bfloat16)
        if torch.cpu._is_avx512_bf16_supported() or device.type == "cuda"
        else nullcontext()
    )
    pixels = normalise(batch["pictures"].to(device))
    with bf16:
        features, fine = picture_features(parts.model, pixels)
    dense = {key: value.to(device) for key, value in batch["dense"].items()}
    losses = {"dense": parts.head(features, fine, dense, parts.model.get_input_embeddings().weight)}
    if tokenizer is not None:
        repeated = features.repeat_interleave(batch["counts"].to(device), 0)  # [Q, IMAGE_TOKENS, HIDDEN]
        labels = tokens_of(tokenizer, batch["answers"], device)
        with bf16:
            logits, states = question_logits(parts.model, tokenizer, repeated, batch["questions"], labels)
        marks = marks_of(batch["questions"], batch["counts"], dense["labels"])
        losses["mentions"] = parts.head.mention_loss(states[-1][:, 1:IMAGE_TOKENS], marks)
        places = places_of(batch["questions"], batch["counts"], dense)
        words = IMAGE_TOKENS + 1 + places["word"]  # after the picture and <s>
        losses["places"] = sum(
            (
                parts.head.places_loss(
                    layer[places["question"], words], places["cells"], places["centres"], places["alone"]
                )
                for layer in states[-2:]
            ),
            torch.zeros((), device=device),
        )
        wanted = labels.masked_fill(labels == tokenizer.pad_token_id, -100)
        losses["questions"] = functional.cross_entropy(logits.float().flatten(0, 1), wanted.flatten())
    return losses


def picture_features(model: Florence2ForConditionalGeneration, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """What `get_image_features` does, with the tower's middle beside it.

    Args:
        model: The model.
        pixels: Normalised pictures [B, 3, HEIGHT, WIDTH].

    Returns:
        The projected picture tokens [B, IMAGE_TOKENS, HIDDEN], and the states before the last stage,
        [B, FINE, 2 * ROWS, 2 * COLUMNS].
    """
    tower = model.model.vision_tower
    states, middle = pixels, pixels
    for conv, blocks in zip(tower.convs, tower.blocks, strict=True):
        middle, states = states, conv(states)
        for block in blocks:
            states = block(states)
    return model.model.multi_modal_projector(states), middle


def normalise(pictures: Tensor) -> Tensor:
    """uint8 pixels to the processor's scale, [-2, 2]."""
    return (pictures.float() / 255 - 0.5) / 0.25


def tokens_of(tokenizer: PreTrainedTokenizerFast, texts: list[str], device: torch.device) -> Tensor:
    """Token ids with <s> and </s>, padded to the longest: [B, T]."""
    ids: Tensor = tokenizer(texts, padding=True, return_tensors="pt")["input_ids"]
    return ids.to(device)


def question_logits(
    model: Florence2ForConditionalGeneration,
    tokenizer: PreTrainedTokenizerFast,
    features: Tensor,
    questions: list[str],
    labels: Tensor,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Logits of the answers' tokens under teacher forcing.

    Args:
        model: The model.
        tokenizer: Its tokenizer.
        features: One picture's tokens for each question, [Q, IMAGE_TOKENS, HIDDEN].
        questions: Q questions.
        labels: The answers' tokens, [Q, T].

    Returns:
        Logits [Q, T, vocabulary], and the encoder's states before and after each layer, each
        [Q, IMAGE_TOKENS + W, HIDDEN].
    """
    asked = tokens_of(tokenizer, questions, features.device)  # [Q, W]
    # The processor's order: picture tokens, then <s> question </s>.
    embeds = torch.cat([features, model.get_input_embeddings()(asked).to(features.dtype)], 1)
    mask = torch.cat(
        [torch.ones_like(asked[:, :1]).expand(-1, features.shape[1]), (asked != tokenizer.pad_token_id).long()], 1
    )
    shifted = labels.roll(1, 1)
    shifted[:, 0] = DECODER_START
    hidden = model.model.language_model(
        inputs_embeds=embeds,
        attention_mask=mask,
        decoder_input_ids=shifted,
        use_cache=False,
        output_hidden_states=True,
    )
    return model.lm_head(hidden.last_hidden_state), hidden.encoder_hidden_states


@torch.no_grad()
def _average(parts: Parts, decay: float) -> None:
    """Moving average of the weights; shorter at the start, so that the first weights do not linger."""
    decay = min(decay, (1 + parts.step) / (10 + parts.step))
    pairs = [(a, p) for a, p in zip(parts.average.parameters(), parts.model.parameters(), strict=True)]
    torch._foreach_lerp_([a for a, _ in pairs], [p.detach() for _, p in pairs], 1 - decay)


@torch.no_grad()
def exact(
    model: Florence2ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, scenes: int
) -> dict[str, float]:
    """Share of exactly right answers on scenes of a namespace of their own, by kind and in all.

    Under teacher forcing an answer counts when every token is the likeliest one, which is what greedy decoding finds.
    """
    model.eval()
    device = next(model.parameters()).device
    right: dict[str, list[bool]] = defaultdict(list)
    data = SceneDataset("builtin-check", 12, 0, scenes)
    for start in range(0, scenes, 20):
        batch: dict[str, Any] = collate([data[i] for i in range(start, min(start + 20, scenes))])
        features = model.get_image_features(normalise(batch["pictures"].to(device))).pooler_output
        labels = tokens_of(tokenizer, batch["answers"], device)
        logits, _ = question_logits(
            model, tokenizer, features.repeat_interleave(batch["counts"].to(device), 0), batch["questions"], labels
        )
        hits = ((logits.argmax(-1) == labels) | (labels == tokenizer.pad_token_id)).all(1)
        for question, hit in zip(batch["questions"], hits.tolist(), strict=True):
            right[kind_of(question)].append(hit)
            right["all"].append(hit)
    return {kind: round(math.fsum(hits) / len(hits), 4) for kind, hits in sorted(right.items())}
