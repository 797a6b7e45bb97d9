"""PaliGemma in training: picture and prompt see each other whole, the answer behind them what comes before it."""

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
from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

from model.families.paligemma.files import positions_of, read_weights, tokens_of, trained_size
from model.families.paligemma.model import ROOM, PaliGemma
from training.finetune.errors import TrainingError
from training.finetune.families.onepass import (
    IGNORED,
    BaselineModel,
    Batch,
    OnePass,
    check_patches,
    padded,
    right_padded,
)
from training.finetune.families.paligemma import shapes


class OnePassPaliGemma(OnePass, PaliGemmaForConditionalGeneration):
    """See `OnePass`."""

    native_class = PaliGemmaForConditionalGeneration
    lora_targets = r".*language_model\..*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
    family: PaliGemma

    @property
    def vision_tower(self) -> nn.Module:
        """See `OnePass`."""
        tower: nn.Module = self.model.vision_tower
        return tower

    def tokens_of_picture(self, size: tuple[int, int]) -> int:
        """See `OnePass`."""
        check_patches(self.config.vision_config, size)
        tokens, positions = tokens_of(self.config, size), positions_of(self.config)
        if positions - tokens < ROOM:
            raise TrainingError(
                f"Pictures of {size[0]}x{size[1]} leave no room for a question: they take {tokens} of the model's "
                f"{positions} places. Choose a smaller --picture-size."
            )
        return tokens

    def states_shape(self, size: tuple[int, int]) -> tuple[int, ...]:
        """[T_image, D], before the projection."""
        return tokens_of(self.config, size), int(cast(Any, self.config.vision_config).hidden_size)

    def answering(self, tokenizer: Tokenizer, images: dict[str, Any]) -> PaliGemma:
        """See `OnePass`."""
        return PaliGemma(self.native(), tokenizer, images)

    def set_processor_size(self, processor: Any) -> None:  # noqa: ANN401
        """See `OnePass`."""
        super().set_processor_size(processor)
        processor.image_processor.image_seq_length = self.picture_tokens

    def run_tower(self, pixels: Tensor, *, recompute: bool) -> Tensor:
        """[P, 3, H, W] to [P, T_image, D]."""
        elsewhere = self.size != trained_size(self.config)
        states: Tensor = self.model.vision_tower(pixels, interpolate_pos_encoding=elsewhere).last_hidden_state
        return states

    def project(self, states: Tensor) -> Tensor:
        """See `OnePass`."""
        tokens: Tensor = self.model.multi_modal_projector(states)
        return tokens

    def collate(self, prompts: Sequence[str], answers: Sequence[str], pictures: Sequence[int]) -> Batch:
        """`input_ids` [Q, T] of prompts with what is said, `attention_mask`, and `labels` [Q, L].

        `said` [Q, T] counts at which places nothing looks ahead: 0 in the prompt, 1 in the answer.
        """
        family = self.family
        labels = [family.answer_ids(answer) for answer in answers]
        rooms = [
            max(ROOM, family.positions - count * self.picture_tokens - len(row))
            for count, row in zip(pictures, labels, strict=True)
        ]
        ids = [family.prompt_ids(prompt, room) for prompt, room in zip(prompts, rooms, strict=True)]
        rows = list(zip(ids, labels, strict=True))
        return {
            "input_ids": padded([[*before, *row[:-1]] for before, row in rows], family.pad),
            "attention_mask": padded([[1] * (len(before) + len(row) - 1) for before, row in rows], 0),
            "said": padded([[0] * len(before) + [1] * (len(row) - 1) for before, row in rows], 1),
            "labels": padded(labels, IGNORED),
        }

    def logits(self, tokens: Tensor, seen: Tensor, labels: Tensor, **texts: Tensor) -> Tensor:
        """See `OnePass`."""
        words = self.get_input_embeddings()(texts["input_ids"])  # [Q, T, D]
        embeds = torch.cat([tokens.to(words.dtype), words], 1)  # [Q, S, D]
        mask = torch.cat([seen, texts["attention_mask"]], 1)  # [Q, S]
        said = torch.cat([torch.zeros_like(seen), texts["said"]], 1)  # [Q, S]
        if tokens.shape[1] > self.picture_tokens:
            said, _ = right_padded(said[..., None], mask)
            embeds, mask = right_padded(embeds, mask)
            said = said[..., 0].masked_fill(mask == 0, 1)
        sees = mask[:, None, None, :].bool() & (said[:, None, None, :] == 0) | self._causal(mask)
        bias = torch.zeros(sees.shape, dtype=embeds.dtype, device=sees.device)
        bias = bias.masked_fill_(~sees, torch.finfo(embeds.dtype).min)  # [Q, 1, S, S]
        text: Any = self.model.language_model
        kinds = getattr(text.config, "layer_types", None)  # Gemma 2 tells the masks of its layers apart
        states = text(
            inputs_embeds=embeds,
            attention_mask=dict.fromkeys(kinds, bias) if kinds and _is_two(text) else bias,
            position_ids=torch.arange(1, embeds.shape[1] + 1, device=embeds.device)[None],
            use_cache=False,
        ).last_hidden_state  # [Q, S, D]
        # From the prompt's last place comes the first token of the answer, from each place of the answer the next.
        following = functional.pad(said[:, 1:], (0, 1), value=1)
        logits: Tensor = self.lm_head(states[(following == 1) & (mask == 1)])
        cap = getattr(self.config.get_text_config(), "final_logit_softcapping", None)
        return logits if cap is None else (logits / cap).tanh() * cap

    @staticmethod
    def _causal(mask: Tensor) -> Tensor:
        """Which places a place may look back at, [Q, 1, S, S]."""
        length = mask.shape[1]
        back = torch.ones(length, length, dtype=torch.bool, device=mask.device).tril()
        return back & mask[:, None, None, :].bool()


def _is_two(text: Any) -> bool:  # noqa: ANN401
    return hasattr(text.layers[0], "pre_feedforward_layernorm")


def baseline(folder: Path) -> BaselineModel:
    """See `training.finetune.families.read_baseline`."""
    processor: Any = PaliGemmaProcessor.from_pretrained(folder)
    native: Any = PaliGemmaForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)

    def inputs(prompts: Sequence[str], pictures: Sequence[Image.Image], answers: Sequence[str]) -> Any:  # noqa: ANN401
        batch = processor(
            text=[f"<image>{prompt}" for prompt in prompts],
            images=[[picture] for picture in pictures],
            suffix=list(answers),
            padding=True,
        )
        return batch.convert_to_tensors("pt")  # by itself it makes an array of a tensor, of which numpy warns

    return BaselineModel(_Aligned(native), native.model.vision_tower, inputs)


class _Aligned(nn.Module):
    """The native model, whose logits stand a place before the labels that they are of."""

    def __init__(self, native: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.native = native

    def forward(self, **inputs: Tensor) -> SimpleNamespace:
        """Its loss, and logits [Q, T, V] at the places of the labels."""
        found = self.native(**inputs)
        return SimpleNamespace(loss=found.loss, logits=found.logits.roll(1, 1))


def without_weights(shape: str, side: int) -> OnePassPaliGemma:
    """A model of a real one's shape in training, for such pictures; to be made on torch's meta device."""
    return OnePassPaliGemma(shapes.config_of(shape, side))


def for_training(folder: Path) -> OnePassPaliGemma:
    """See `training.finetune.families.read_for_training`."""
    return cast(OnePassPaliGemma, read_weights(folder, torch.float32, OnePassPaliGemma))
