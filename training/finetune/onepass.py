"""A Florence-2 that looks at each picture of a batch once, however many of the batch's questions are about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from transformers.models.florence2.modeling_florence2 import Florence2ForConditionalGeneration

IGNORED = -100
"""Label of a place that does not count."""


class OnePassFlorence2(Florence2ForConditionalGeneration):
    """The native model with the same weights; beside the native calls it takes batches grouped by picture.

    The gradients are those of the native model on one picture a question, but with drop-path on, where the questions of
    a picture share what is dropped.
    """

    pixel_gain: Tensor
    pixel_shift: Tensor
    accepts_loss_kwargs = True
    """Tells the Trainer that the loss is divided by `num_items_in_batch`, and so right under accumulation."""
    tower_frozen = False
    checkpoint_tower = False
    """Compute the tower's blocks again in the backward pass; the native switch covers the text side alone."""

    def see(self, images: Mapping[str, Any]) -> Self:
        """Take over the image processor's settings: (x * rescale - mean) / std on whole bytes."""
        scale = images.get("rescale_factor", 1 / 255) if images.get("do_rescale", True) else 1.0
        mean, std = (images["image_mean"], images["image_std"]) if images.get("do_normalize", True) else ([0.0], [1.0])
        spread = torch.tensor(std).view(-1, 1, 1)  # [3 or 1, 1, 1]
        self.register_buffer("pixel_gain", scale / spread, persistent=False)
        self.register_buffer("pixel_shift", torch.tensor(mean).view(-1, 1, 1) / spread, persistent=False)
        return self

    def freeze_tower(self) -> None:
        """Freeze the vision tower: no gradients, and neither dropout nor drop-path, also after `train()`."""
        self.tower_frozen = True
        self.model.vision_tower.requires_grad_(False)
        self.model.vision_tower.eval()

    def train(self, mode: bool = True) -> Self:
        """Switch to training; a frozen tower stays as it is when answering."""
        super().train(mode)
        if self.tower_frozen:
            self.model.vision_tower.eval()
        return self

    def look(self, pixels: Tensor) -> Tensor:
        """Run the vision tower.

        Args:
            pixels: Pictures at the model's size, uint8 [P, H, W, 3].

        Returns:
            The tower's states before the projection, [P, C, h, w].
        """
        states = pixels.permute(0, 3, 1, 2).float() * self.pixel_gain - self.pixel_shift  # [P, 3, H, W]
        tower = self.model.vision_tower
        again = self.checkpoint_tower and self.training and torch.is_grad_enabled() and not self.tower_frozen
        for conv, blocks in zip(tower.convs, tower.blocks, strict=True):
            states = conv(states)
            for block in blocks:
                states = checkpoint(block, states, use_reentrant=False) if again else block(states)
        return states

    def picture_tokens(self, pixels: Tensor | None, tower: Tensor | None) -> Tensor:
        """The projected tokens of pictures, [P, T_image, D]: those to look at first, then those looked at before."""
        seen = [] if tower is None else [tower]
        if pixels is not None:
            with torch.set_grad_enabled(torch.is_grad_enabled() and not self.tower_frozen):
                seen.insert(0, self.look(pixels))
        states = torch.cat([one.to(seen[0].dtype) for one in seen])  # [P, C, h, w]
        tokens: Tensor = self.model.multi_modal_projector(states)
        return tokens

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        picture: Tensor | None = None,
        pixels: Tensor | None = None,
        tower: Tensor | None = None,
        tokens: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        **native: Any,  # noqa: ANN401 - whatever the native model takes
    ) -> Any:  # noqa: ANN401
        """The loss of a batch; without `picture` the native model's own call.

        Args:
            input_ids: The prompts, without places for the picture, [Q, T].
            attention_mask: 1 on the prompts, 0 on padding, [Q, T].
            labels: The answers' tokens, -100 on padding, [Q, L].
            picture: For each question its place among the pictures, [Q].
            pixels: Pictures to look at, uint8 [P1, H, W, 3].
            tower: The tower's states of further pictures, [P2, C, h, w].
            tokens: The tokens of all pictures, [P, T_image, D], instead of the two.
            num_items_in_batch: By what the summed loss is divided; without it by the number of labels that count.
        """
        if picture is None:
            return super().forward(input_ids=input_ids, attention_mask=attention_mask, labels=labels, **native)
        assert input_ids is not None
        assert attention_mask is not None
        assert labels is not None
        if tokens is None:
            tokens = self.picture_tokens(pixels, tower)
        tokens = tokens.index_select(0, picture)  # [Q, T_image, D]
        words, answers = self._embedded(input_ids, self._shifted(labels))  # [Q, T, D], [Q, L, D]
        mask = torch.cat([attention_mask.new_ones(tokens.shape[:2]), attention_mask], 1)  # [Q, T_image + T]
        states = self.model.language_model(
            inputs_embeds=torch.cat([tokens, words.to(tokens.dtype)], 1),
            attention_mask=mask,
            decoder_inputs_embeds=answers,
            use_cache=False,
        ).last_hidden_state  # [Q, L, D]
        counts = labels != IGNORED
        logits = self.lm_head(states[counts]).float()  # [N, V]: only where a label counts
        total = functional.cross_entropy(logits, labels[counts], reduction="sum")
        return {"loss": total / (counts.sum() if num_items_in_batch is None else num_items_in_batch)}

    def _embedded(self, *ids: Tensor) -> list[Tensor]:
        """Embeddings in one look-up: each one's gradient is as large as the whole vocabulary."""
        words = self.get_input_embeddings()(torch.cat([one.flatten() for one in ids]))
        parts = words.split([one.numel() for one in ids])
        return [part.view(*one.shape, -1) for part, one in zip(parts, ids, strict=True)]

    def _shifted(self, labels: Tensor) -> Tensor:
        """What the decoder reads: its start token, then the labels before each place."""
        text: Any = self.config.text_config
        shifted = labels.roll(1, 1).masked_fill(labels.roll(1, 1) == IGNORED, int(text.pad_token_id))
        shifted[:, 0] = int(text.decoder_start_token_id)
        return shifted


def native(model: OnePassFlorence2) -> Florence2ForConditionalGeneration:
    """The same weights, now and later, as the native class: for `generate()`, and to be saved under its name."""
    plain = Florence2ForConditionalGeneration.__new__(Florence2ForConditionalGeneration)
    plain.__dict__.update(model.__dict__)
    return plain


def grid_of(config: Any, size: tuple[int, int]) -> tuple[int, int]:  # noqa: ANN401 - the parts of configs are untyped
    """Columns and rows of the tower's states for pictures of this width and height."""
    vision, columns, rows = config.vision_config, *size
    for kernel, stride, padding in zip(vision.patch_size, vision.patch_stride, vision.patch_padding, strict=True):
        columns, rows = ((side + 2 * padding - kernel) // stride + 1 for side in (columns, rows))
    return columns, rows
