"""Florence-2 in training: pictures stand before the prompt in BART's encoder, answers are what its decoder says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from transformers.models.florence2 import Florence2ForConditionalGeneration, Florence2Processor

from model.families.florence2.files import read_weights
from model.families.florence2.model import SECOND, Florence2
from training.finetune.errors import TrainingError
from training.finetune.families.florence2 import shapes
from training.finetune.families.onepass import IGNORED, BaselineModel, Batch, OnePass, padded, right_padded


class OnePassFlorence2(OnePass, Florence2ForConditionalGeneration):
    """See `OnePass`."""

    native_class = Florence2ForConditionalGeneration
    lora_targets = r".*language_model\..*\.(q_proj|k_proj|v_proj|out_proj|fc1|fc2)"  # the output is tied: left out
    place_tokens = (SECOND,)
    family: Florence2

    @property
    def vision_tower(self) -> nn.Module:
        """See `OnePass`."""
        tower: nn.Module = self.model.vision_tower
        return tower

    def tokens_of_picture(self, size: tuple[int, int]) -> int:
        """See `OnePass`."""
        vision: Any = self.config.vision_config
        positions = self._positions()
        columns, rows = shapes.grid_of(self.config, size)
        if max(rows, columns) > vision.max_position_embeddings:
            raise TrainingError(
                f"Pictures of {size[0]}x{size[1]} are too large for this model: it has "
                f"{vision.max_position_embeddings} places a side, and they would need {max(rows, columns)}. Choose a "
                "smaller --picture-size."
            )
        tokens = rows * columns + 1
        if positions - tokens < 8:  # a start, an end and a short question
            raise TrainingError(
                f"Pictures of {size[0]}x{size[1]} leave no room for a question: they take {tokens} of the text side's "
                f"{positions} places. Choose a smaller --picture-size."
            )
        return tokens

    def states_shape(self, size: tuple[int, int]) -> tuple[int, ...]:
        """[C, h, w], before the projection."""
        vision: Any = self.config.vision_config
        columns, rows = shapes.grid_of(self.config, size)
        return int(vision.embed_dim[-1]), rows, columns

    def answering(self, tokenizer: Tokenizer, images: dict[str, Any]) -> Florence2:
        """See `OnePass`."""
        return Florence2(self.native(), tokenizer, images, self.profile)

    def set_processor_size(self, processor: Any) -> None:  # noqa: ANN401
        """See `OnePass`."""
        super().set_processor_size(processor)
        processor.image_processor.image_seq_length = self.picture_tokens

    def run_tower(self, pixels: Tensor, *, recompute: bool) -> Tensor:
        """[P, 3, H, W] to [P, C, h, w]."""
        states, tower = pixels, self.model.vision_tower
        for conv, blocks in zip(tower.convs, tower.blocks, strict=True):
            states = conv(states)
            for block in blocks:
                states = checkpoint(block, states, use_reentrant=False) if recompute else block(states)
        return states

    def project(self, states: Tensor) -> Tensor:
        """See `OnePass`."""
        tokens: Tensor = self.model.multi_modal_projector(states)
        return tokens

    def collate(self, prompts: Sequence[str], answers: Sequence[str], pictures: Sequence[int]) -> Batch:
        """`input_ids` [Q, T], prompts without places for the pictures, their `attention_mask`, and `labels` [Q, L]."""
        family, positions = self.family, self._positions()
        rooms = [positions - count * self.picture_tokens for count in pictures]
        ids = [family.prompt_ids(prompt, room) for prompt, room in zip(prompts, rooms, strict=True)]
        return {
            "input_ids": padded(ids, family.pad),
            "attention_mask": padded([[1] * len(row) for row in ids], 0),
            "labels": padded([family.prompt_ids(answer, positions) for answer in answers], IGNORED),
        }

    def logits(self, tokens: Tensor, seen: Tensor, labels: Tensor, **texts: Tensor) -> Tensor:
        """See `OnePass`."""
        words, answers = self._embedded(texts["input_ids"], self._shifted(labels))  # [Q, T, D], [Q, L, D]
        if tokens.shape[1] > self.picture_tokens and self.family.joins:  # as `Florence2.join` does
            first, second = tokens.split(self.picture_tokens, 1)  # [Q, T_image, D] each
            (place,) = self._embedded(torch.tensor([self.family.tokenizer.token_to_id(SECOND)], device=tokens.device))
            tokens = torch.cat([first, second + place.to(second.dtype)], 1)
        embeds = torch.cat([tokens, words.to(tokens.dtype)], 1)  # [Q, S + T, D]
        mask = torch.cat([seen, texts["attention_mask"]], 1)  # [Q, S + T]
        if tokens.shape[1] > self.picture_tokens:
            embeds, mask = right_padded(embeds, mask)
        states = self.model.language_model(
            inputs_embeds=embeds, attention_mask=mask, decoder_inputs_embeds=answers, use_cache=False
        ).last_hidden_state  # [Q, L, D]
        found: Tensor = self.lm_head(states[labels != IGNORED])
        return found

    def _positions(self) -> int:
        text: Any = self.config.text_config
        return int(text.max_position_embeddings)

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


def baseline(folder: Path) -> BaselineModel:
    """See `training.finetune.families.read_baseline`."""
    processor: Any = Florence2Processor.from_pretrained(folder)
    module: Any = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)

    def inputs(prompts: Sequence[str], pictures: Sequence[Image.Image], answers: Sequence[str]) -> Any:  # noqa: ANN401
        batch = processor(text=list(prompts), images=list(pictures), padding=True, return_tensors="pt")
        labels = processor.tokenizer(list(answers), padding=True, return_tensors="pt")
        batch["labels"] = labels["input_ids"].masked_fill(labels["attention_mask"] == 0, IGNORED)
        return batch

    return BaselineModel(module, module.model.vision_tower, inputs)


def without_weights(shape: str, side: int) -> OnePassFlorence2:
    """A model of a real one's shape in training, for such pictures; to be made on torch's meta device."""
    return OnePassFlorence2(shapes.config_of(shape))


def for_training(folder: Path) -> OnePassFlorence2:
    """See `training.finetune.families.read_for_training`."""
    return cast(OnePassFlorence2, read_weights(folder, torch.float32, OnePassFlorence2))
