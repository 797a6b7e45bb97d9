"""BLIP in training: questions look at their pictures, answers are what the decoder says of the encoded question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import BlipForQuestionAnswering, BlipProcessor

from model.families.blip.files import mended, read_weights
from model.families.blip.model import Blip, encode_questions, mark_places, tokens_of, trained_size
from training.finetune.families.blip import shapes
from training.finetune.families.onepass import IGNORED, BaselineModel, Batch, OnePass, check_patches, padded


class OnePassBlip(OnePass, BlipForQuestionAnswering):
    """See `OnePass`."""

    native_class = BlipForQuestionAnswering
    lora_targets = r".*(text_encoder|text_decoder\.bert)\.encoder\.layer\..*\.(query|key|value|dense)"
    family: Blip

    @property
    def vision_tower(self) -> nn.Module:
        """See `OnePass`."""
        tower: nn.Module = self.vision_model
        return tower

    def tokens_of_picture(self, size: tuple[int, int]) -> int:
        """See `OnePass`."""
        check_patches(self.config.vision_config, size)
        return tokens_of(self.config, size)

    def states_shape(self, size: tuple[int, int]) -> tuple[int, ...]:
        """[T_image, D]."""
        return tokens_of(self.config, size), int(cast(Any, self.config.vision_config).hidden_size)

    def answering(self, tokenizer: Tokenizer, images: dict[str, Any]) -> Blip:
        """See `OnePass`."""
        return Blip(self.native(), tokenizer, images)

    def run_tower(self, pixels: Tensor, *, recompute: bool) -> Tensor:
        """[P, 3, H, W] to [P, T_image, D]."""
        elsewhere = self.size != trained_size(self.config)
        states: Tensor = self.vision_model(pixels, interpolate_pos_encoding=elsewhere).last_hidden_state
        return states

    def project(self, states: Tensor) -> Tensor:
        """The text side reads the tower's states as they are."""
        return states

    def use_eager_attention(self) -> None:
        """Transformers has no other for this family."""

    def word_tables(self) -> list[Tensor]:
        """Questions and answers have their own."""
        sides: tuple[Any, ...] = (self.text_encoder, self.text_decoder)
        return [side.get_input_embeddings().weight for side in sides]

    def make_room(self, words: int) -> None:
        """See `OnePass`."""
        for side in (self.text_encoder, self.text_decoder):
            side.resize_token_embeddings(words, mean_resizing=False)

    def collate(self, prompts: Sequence[str], answers: Sequence[str], pictures: Sequence[int]) -> Batch:
        """`input_ids` [Q, T] of the questions, their `attention_mask`, and `labels` [Q, L]."""
        ids = [self.family.prompt_ids(prompt) for prompt in prompts]
        return {
            "input_ids": padded(ids, self.family.pad),
            "attention_mask": padded([[1] * len(row) for row in ids], 0),
            "labels": padded([self.family.answer_ids(answer) for answer in answers], IGNORED),
        }

    def logits(self, tokens: Tensor, seen: Tensor, labels: Tensor, **texts: Tensor) -> Tensor:
        """See `OnePass`."""
        pictures, mask = mark_places(tokens, self.picture_tokens), texts["attention_mask"]
        states = encode_questions(self, texts["input_ids"], mask, pictures, seen)  # [Q, T, D]
        said = functional.pad(labels[:, :-1].masked_fill(labels[:, :-1] == IGNORED, self.family.pad), (1, 0))
        said[:, 0] = self.family.begin
        found = self.text_decoder.bert(
            said, encoder_hidden_states=states, encoder_attention_mask=mask, is_decoder=True, use_cache=False
        ).last_hidden_state  # [Q, L, D]
        logits: Tensor = self.text_decoder.cls(found[labels != IGNORED])
        return logits


def baseline(folder: Path) -> BaselineModel:
    """See `training.finetune.families.read_baseline`."""
    processor: Any = BlipProcessor.from_pretrained(folder)
    native: Any = mended(BlipForQuestionAnswering.from_pretrained(folder, dtype=torch.float32))

    def inputs(prompts: Sequence[str], pictures: Sequence[Image.Image], answers: Sequence[str]) -> Any:  # noqa: ANN401
        batch = processor(text=list(prompts), images=list(pictures), padding=True, return_tensors="pt")
        labels = processor.tokenizer(list(answers), padding=True, return_tensors="pt")
        whole = labels["input_ids"].masked_fill(labels["attention_mask"] == 0, IGNORED)
        batch["labels"] = whole[:, 1:]  # the start is generation's own, not the [CLS] of the tokenizer
        return batch

    return BaselineModel(_WithLogits(native), native.vision_model, inputs)


class _WithLogits(nn.Module):
    """The native model, which shifts the labels by itself and keeps the logits to itself."""

    def __init__(self, native: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.native = native

    def forward(self, labels: Tensor, **inputs: Tensor) -> SimpleNamespace:
        """Its loss, and the logits [Q, L, V] of what each of the labels [Q, L] is."""
        text, kept = self.native.config.text_config, []
        whole = functional.pad(labels, (1, 0), value=int(text.bos_token_id))  # [Q, 1 + L]
        hook = self.native.text_decoder.register_forward_hook(lambda *found: kept.append(found[-1].logits))
        try:
            loss = self.native(
                **inputs,
                labels=whole,  # as decoder_input_ids the padding of labels would be no token
                decoder_input_ids=whole.masked_fill(whole == IGNORED, int(text.pad_token_id)),
                decoder_attention_mask=(whole != IGNORED).long(),
            ).loss
        finally:
            hook.remove()
        return SimpleNamespace(loss=loss, logits=kept[0][:, :-1])


def without_weights(shape: str, side: int) -> OnePassBlip:
    """A model of a real one's shape in training, for such pictures; to be made on torch's meta device."""
    return OnePassBlip(shapes.config_of(shape, side))


def for_training(folder: Path) -> OnePassBlip:
    """See `training.finetune.families.read_for_training`."""
    return cast(OnePassBlip, read_weights(folder, torch.float32, OnePassBlip))
