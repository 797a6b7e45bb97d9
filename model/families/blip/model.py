"""BLIP: the question's encoder looks at the picture, the answer's decoder at the encoded question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import BlipForQuestionAnswering

from model.backends.placement import Placement
from model.backends.precision import Precision, choose_eager
from model.families.base import Prompt
from model.families.blip.decoder import Decoder
from model.families.blip.files import read_weights
from model.families.generations import generations
from model.families.loaded import LoadedModel
from model.families.weights import count_parameters
from model.generation.loop import generate
from model.generation.rules import GenerationRules, Seq2SeqModel
from model.generation.scoring import score
from model.processor import read_image_settings, read_tokenizer
from model.stages import clock
from model.types import Generation

if TYPE_CHECKING:
    from model.families.base import Pixels
    from model.profile import Profile


class Blip(LoadedModel):
    """A loaded BLIP. Prompts are `[CLS] question [SEP]`, as the processor writes them."""

    def __init__(
        self,
        model: Seq2SeqModel,
        tokenizer: Tokenizer,
        images: dict[str, Any],
        precision: Precision | None = None,
    ) -> None:
        """Wrap a model in eval mode, its tokenizer and the image processor's settings.

        The model may be in training: nothing of its weights is kept.
        """
        super().__init__(model, tokenizer, images, precision)
        self._interpolate = self._resize.size != trained_size(model.config)
        self._decoder = Decoder(model.text_decoder)
        text = model.config.text_config
        self.pad, self.begin, self.end = int(text.pad_token_id), int(text.bos_token_id), int(text.sep_token_id)
        self.positions = int(text.max_position_embeddings)
        # `generate()` of the native class takes these from the config as well, and nothing from a generation config;
        # only benchmarks want answers of some length.
        least = int(model.generation_config.min_new_tokens or 0)
        self._rules = GenerationRules(self.begin, (self.end,), None, (), 0, least, 1.0, early_stopping=False)

    @torch.inference_mode()
    def encode_images(self, pictures: Sequence[Pixels]) -> list[Tensor]:
        """Encode pictures: for each its tokens, [T_image, D]."""
        pixels = self._normalised(pictures)
        states = self._model.vision_model(pixels, interpolate_pos_encoding=self._interpolate).last_hidden_state
        return [one.clone() for one in states]  # so that a kept picture does not hold its whole batch in memory

    def answer_length(self, text: str) -> int:
        """Tokens of a text as an answer, its start and its end included."""
        return len(self.answer_ids(text)) + 1

    @torch.inference_mode()
    def generate(self, prompts: Sequence[Prompt]) -> list[Generation]:
        """Encode all prompts, then generate in one batch, whatever their settings."""
        with clock("prompts"):
            states, mask = self._encode(prompts)
        limits = [max(1, min(one.max_new_tokens, self.positions - 1)) for one in prompts]
        found = generate(self._decoder, self._rules, states, mask, [one.beams for one in prompts], limits)
        return generations(self.tokenizer, found, states, mask, [0] * len(prompts))

    @torch.inference_mode()
    def score(self, prompts: Sequence[Prompt], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """The log-probability of each given text as the whole answer to its prompt: that exactly this is said."""
        states, mask = self._encode(prompts)
        rows = [[self.answer_ids(text) for text in own] for own in texts]
        return [[math.fsum(line) for line in own] for own in score(self._decoder, self.begin, states, mask, rows)]

    def prompt_ids(self, prompt: str) -> list[int]:
        """Token ids of a prompt with its start and end, cut to what the encoder reads at most."""
        ids = self.tokenizer.encode(prompt).ids
        return [*ids[: self.positions - 1], ids[-1]] if len(ids) > self.positions else list(ids)

    def answer_ids(self, text: str) -> list[int]:
        """Token ids of an answer with its end, without the token that it begins with."""
        return [*self.tokenizer.encode(text, add_special_tokens=False).ids[: self.positions - 2], self.end]

    def _encode(self, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """States [Q, S, D] of the questions, and 1 where a state counts, 0 on padding behind them, [Q, S]."""
        device = self._model.device
        ids = [torch.tensor(self.prompt_ids(one.text), device=device) for one in prompts]
        mask = pad_sequence([torch.ones_like(row) for row in ids], batch_first=True)
        pictures = [mark_places(one.features, self._picture_tokens) for one in prompts]
        states = encode_questions(
            self._model,
            pad_sequence(ids, batch_first=True, padding_value=self.pad),
            mask,
            pad_sequence(pictures, batch_first=True),
            pad_sequence([mask.new_ones(len(one)) for one in pictures], batch_first=True),
        )
        return states, mask

    @property
    def _picture_tokens(self) -> int:
        return tokens_of(self._model.config, self._resize.size)


def encode_questions(model: Seq2SeqModel, ids: Tensor, mask: Tensor, pictures: Tensor, seen: Tensor) -> Tensor:
    """States of questions that look at their pictures, [Q, S, D].

    Args:
        model: A BLIP that is `mended`.
        ids: The questions' tokens, [Q, S].
        mask: 1 where they count, [Q, S].
        pictures: Tokens of their pictures, [Q, T, D_image].
        seen: 1 where they count, [Q, T].
    """
    states: Tensor = model.text_encoder(
        ids, attention_mask=mask, encoder_hidden_states=pictures, encoder_attention_mask=seen
    ).last_hidden_state
    return states


def mark_places(features: Tensor, each: int) -> Tensor:
    """Tokens of several pictures, [.., N T_image, D], in which each but the first carries its place.

    Cross-attention has no order of its own. The marks are fixed sines, as of a position; what they mean is learnt.

    Args:
        features: The pictures' tokens, one picture after the other.
        each: T_image.
    """
    if features.shape[-2] <= each:
        return features
    place = torch.arange(features.shape[-2], device=features.device) // each  # [N T_image]
    speed = 10000 ** -(torch.arange(features.shape[-1], device=features.device) / features.shape[-1])  # [D]
    return features + (place[:, None] * speed).sin().to(features.dtype)


def trained_size(config: Any) -> tuple[int, int]:  # noqa: ANN401
    """Width and height of the pictures that the model's position embeddings are for."""
    return int(config.vision_config.image_size), int(config.vision_config.image_size)


def tokens_of(config: Any, size: tuple[int, int]) -> int:  # noqa: ANN401
    """Tokens of a picture of this width and height: one for each patch, and one for the whole."""
    patch = int(config.vision_config.patch_size)
    return (size[0] // patch) * (size[1] // patch) + 1


def load(folder: Path, profile: Profile, placement: Placement) -> Blip:
    """Read a BLIP from its folder.

    Raises:
        ModelError: The folder's files do not make a complete BLIP for question answering.
    """
    images, tokenizer = read_image_settings(folder), read_tokenizer(folder)
    precision = choose_eager(placement, count_parameters(folder))
    model = read_weights(folder, getattr(torch, precision.dtype))
    return Blip(model.to(precision.device).eval(), tokenizer, images, precision)


def baseline() -> tuple[type[BlipForQuestionAnswering], str]:
    """transformers' class that answers, and how its processor wants a prompt."""
    return BlipForQuestionAnswering, "{}"
