"""The losses of a batch: what is where, questions about one picture and about two, and where their words look."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast
from transformers.models.florence2 import Florence2ForConditionalGeneration

from training.builtin.architecture import IMAGE_TOKENS, SECOND
from training.builtin.data import Asking
from training.builtin.dense_head import DenseHead
from training.builtin.naming import marks_of, places_of

DECODER_START = 2
"""Decoders of this family start from </s>."""
PAIR_WEIGHT = 6.0
"""Weight of a question about two pictures beside one about one: there are fewer."""
COMPARING = 2
"""Encoder layers, from the first, whose last head is taught to look at the same place of the other picture, and whose
states to tell what it shows there."""
CORRESPONDENCE_WEIGHT = 0.3
"""Weight of teaching them."""
OTHER_PICTURE_WEIGHT = 0.25
"""Weight of telling what the other picture shows."""
CHANGE_KIND_WEIGHT = 0.5
"""Weight of naming the kind of change in the encoder beside answering."""


def losses_of(
    model: Florence2ForConditionalGeneration,
    head: DenseHead,
    batch: dict[str, Any],
    tokenizer: PreTrainedTokenizerFast,
    device: torch.device,
) -> dict[str, Tensor]:
    """The losses of one batch, by name; the dense one alone where nothing is asked."""
    bf16 = (
        torch.autocast(device.type, torch.bfloat16)
        if torch.cpu.get_capabilities().get("avx512_bf16", False) or device.type == "cuda"
        else nullcontext()
    )
    pixels = normalise(batch["pictures"].to(device))
    with bf16:
        features, fine = picture_features(model, pixels)
    dense = {key: value.to(device) for key, value in batch["dense"].items()}
    losses = {"dense": head(features, fine, dense, model.get_input_embeddings().weight)}
    if batch["single"]:
        with bf16:
            answered = ask(model, tokenizer, features, batch["single"])
        losses["questions"] = answered.loss(tokenizer)
        texts = [one.question for one in batch["single"]]
        owners = torch.tensor([one.pictures[0] for one in batch["single"]], device=device)
        marks = marks_of(texts, owners, dense["labels"])
        losses["mentions"] = head.mention_loss(answered.states[-1][:, 1:IMAGE_TOKENS], marks)
        places = places_of(texts, answered.offsets, owners, dense)
        tokens = IMAGE_TOKENS + places["token"]
        losses["places"] = sum(
            (
                head.places_loss(layer[places["question"], tokens], places["cells"], places["centres"], places["alone"])
                for layer in answered.states[-2:]
            ),
            torch.zeros((), device=device),
        )
    if batch["double"]:
        with bf16:
            answered = ask(model, tokenizer, features, batch["double"])
        losses["pairs"] = answered.loss(tokenizer) * len(batch["double"]) / max(1, len(batch["single"])) * PAIR_WEIGHT
        last, changed = answered.states[-1][:, : 2 * IMAGE_TOKENS], batch["changed"].to(device)
        located = batch["change_located"].to(device) > 0
        losses["changes"] = (
            head.changes_loss(_cells_of(last[located]), changed[located]) if located.any() else 0 * losses["pairs"]
        )
        losses["change kinds"] = CHANGE_KIND_WEIGHT * head.change_kind_loss(last, changed, batch["change"].to(device))
        correspondences = batch["correspondences"].to(device)
        losses["correspondences"] = CORRESPONDENCE_WEIGHT * correspondence_loss(model, answered, correspondences)
        first, second = (dense["labels"][[one.pictures[place] for one in batch["double"]]] for place in (0, 1))
        labels = torch.cat([first, second], 1)
        losses["other picture"] = OTHER_PICTURE_WEIGHT * sum(
            (
                head.other_cells_loss(_cells_of(states[:, : 2 * IMAGE_TOKENS]), labels, correspondences)
                for states in answered.states[1 : COMPARING + 1]
            ),
            torch.zeros((), device=device),
        )
    return losses


def _cells_of(states: Tensor) -> Tensor:
    """The cells' states without the pictures' means: [K, 2 IMAGE_TOKENS, HIDDEN] to [K, 2 CELLS, HIDDEN]."""
    first, second = states.chunk(2, 1)
    return torch.cat([first[:, 1:], second[:, 1:]], 1)


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


@dataclass(slots=True)
class Answered:
    """Answers under teacher forcing."""

    logits: Tensor
    """[Q, T, vocabulary]"""
    labels: Tensor
    """The answers' tokens with <s> and </s>, padded: [Q, T]."""
    states: tuple[Tensor, ...]
    """The encoder's states before and after each layer, [Q, S, HIDDEN] each."""
    mask: Tensor
    """1 where the encoder had a token, 0 where it had padding: [Q, S]."""
    offsets: list[list[tuple[int, int]]]
    """First and last letter of each question's tokens."""

    def loss(self, tokenizer: PreTrainedTokenizerFast) -> Tensor:
        """Mean cross entropy of the answers' tokens."""
        wanted = self.labels.masked_fill(self.labels == tokenizer.pad_token_id, -100)
        loss: Tensor = functional.cross_entropy(self.logits.float().flatten(0, 1), wanted.flatten(), ignore_index=-100)
        return loss

    def right(self, tokenizer: PreTrainedTokenizerFast) -> Tensor:
        """Whether every token is the likeliest one, which is what greedy decoding finds: [Q]."""
        hits: Tensor = (self.logits.argmax(-1) == self.labels) | (self.labels == tokenizer.pad_token_id)
        return hits.all(1)


def ask(
    model: Florence2ForConditionalGeneration,
    tokenizer: PreTrainedTokenizerFast,
    features: Tensor,
    asked: list[Asking],
) -> Answered:
    """Answer questions, all about one picture or all about two, under teacher forcing.

    Args:
        model: The model.
        tokenizer: Its tokenizer.
        features: The batch's picture tokens, [B, IMAGE_TOKENS, HIDDEN].
        asked: Q questions.
    """
    device, embed = features.device, model.get_input_embeddings()
    texts = tokenizer([one.question for one in asked], padding=True, return_offsets_mapping=True, return_tensors="pt")
    words = texts["input_ids"].to(device)  # [Q, W]
    labels: Tensor = tokenizer([one.answer for one in asked], padding=True, return_tensors="pt")["input_ids"].to(device)
    numbers = torch.tensor([one.pictures for one in asked], device=device)  # [Q, 1 or 2]
    seen = [features[numbers[:, 0]]]
    if numbers.shape[1] == 2:
        place: Tensor = embed(torch.tensor(tokenizer.convert_tokens_to_ids(SECOND), device=device))  # [HIDDEN]
        seen.append(features[numbers[:, 1]] + place.to(features.dtype))
    # The processor's order: picture tokens, then <s> question </s>.
    embeds = torch.cat([*seen, embed(words).to(features.dtype)], 1)
    mask = torch.cat(
        [torch.ones(len(asked), len(seen) * IMAGE_TOKENS, device=device).long(), texts["attention_mask"].to(device)], 1
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
    offsets = [[(int(low), int(high)) for low, high in row] for row in texts["offset_mapping"].tolist()]
    return Answered(model.lm_head(hidden.last_hidden_state), labels, hidden.encoder_hidden_states, mask, offsets)


def correspondence_loss(
    model: Florence2ForConditionalGeneration, answered: Answered, correspondences: Tensor
) -> Tensor:
    """Loss of looking, from each cell of either picture, at the same place of the other one.

    Comparing two pictures begins with that. With the answers' loss alone no head found it in 2,000 steps and "what
    changed?" was never answered; taught to one head of each of the first layers, it is found within 250.

    Args:
        model: The model.
        answered: Answers to K questions about two pictures.
        correspondences: For each cell, that of the other picture which shows the same place, or -1: [K, 2 CELLS].

    Returns:
        Cross entropy of that head's attention, summed over the `COMPARING` layers.
    """
    cells = correspondences.shape[1] // 2
    first = torch.arange(1, cells + 1, device=correspondences.device)
    rows = torch.cat([first, first + IMAGE_TOKENS])  # the cells' tokens
    other = torch.cat([correspondences[:, :cells] + IMAGE_TOKENS, correspondences[:, cells:]], 1) + 1
    wanted = other.masked_fill(correspondences < 0, -100)
    padding = answered.mask[:, None] == 0  # [K, 1, S]
    loss = torch.zeros((), device=correspondences.device)
    for layer, states in zip(model.model.language_model.encoder.layers[:COMPARING], answered.states, strict=False):
        attention, states = layer.self_attn, states.float()
        query = attention.q_proj(states[:, rows])[..., -attention.head_dim :]
        key = attention.k_proj(states)[..., -attention.head_dim :]
        scores = (query @ key.mT * attention.scaling).masked_fill(padding, -torch.inf)  # [K, 2 CELLS, S]
        loss = loss + functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=-100)
    return loss
