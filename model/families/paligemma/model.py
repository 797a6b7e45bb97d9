"""PaliGemma: pictures and prompt stand before the answer, and see each other whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import PaliGemmaForConditionalGeneration

from model.backends.placement import Placement
from model.backends.precision import Precision, choose_eager
from model.errors import ModelError
from model.families.base import Prompt
from model.families.generations import generations
from model.families.loaded import LoadedModel
from model.families.paligemma.decoder import Decoder
from model.families.paligemma.files import positions_of, read_weights, tokens_of, trained_size
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

ROOM = 8
"""Places that a question and its answer need at least."""


class PaliGemma(LoadedModel):
    """A loaded PaliGemma. Prompts are `<picture tokens> <bos> prefix question \\n`, as the processor writes them."""

    def __init__(
        self, model: Seq2SeqModel, tokenizer: Tokenizer, images: dict[str, Any], precision: Precision | None = None
    ) -> None:
        """Wrap a model in eval mode, its tokenizer and the image processor's settings.

        The model may be in training: nothing of its weights is kept.

        Raises:
            ModelError: Its generation config, or the size of its pictures, asks for what cannot be done.
        """
        super().__init__(model, tokenizer, images, precision)
        self._interpolate = self._resize.size != trained_size(model.config)
        self._decoder = Decoder(model)
        self.begin, self.end, self.pad = (_id(model, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id"))
        self.positions = positions_of(model.config)
        taken = tokens_of(model.config, self._resize.size)
        if self.positions - taken < ROOM:
            raise ModelError("picture_takes_all_places", size=self._resize, taken=taken, places=self.positions)
        rules = GenerationRules.read(model, start=self.begin)
        if rules is None:
            raise ModelError("generation_settings_unknown")
        self._rules = rules

    @torch.inference_mode()
    def encode_images(self, pictures: Sequence[Pixels]) -> list[Tensor]:
        """Encode pictures: for each its tokens, [T_image, D]."""
        pixels = self._normalised(pictures)
        states = self._model.get_image_features(pixels, interpolate_pos_encoding=self._interpolate).pooler_output
        return [one.clone() for one in states]  # so that a kept picture does not hold its whole batch in memory

    def answer_length(self, text: str) -> int:
        """Tokens of a text as an answer, its end included."""
        return len(self.answer_ids(text))

    @torch.inference_mode()
    def generate(self, prompts: Sequence[Prompt]) -> list[Generation]:
        """Embed all prompts, then generate in one batch, whatever their settings."""
        with clock("prompts"):
            states, mask = self._embed(prompts)
        rooms = (self.positions - mask.sum(1)).tolist()
        limits = [max(1, min(one.max_new_tokens, room)) for one, room in zip(prompts, rooms, strict=True)]
        found = generate(self._decoder, self._rules, states, mask, [one.beams for one in prompts], limits)
        return generations(self.tokenizer, found, states, mask, [len(one.features) for one in prompts])

    @torch.inference_mode()
    def score(self, prompts: Sequence[Prompt], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """The log-probability of each given text as the whole answer to its prompt: that exactly this is said."""
        states, mask = self._embed(prompts)
        rows = [[self.answer_ids(text) for text in own] for own in texts]
        found = score(self._decoder, self._rules.decoder_start_token_id, states, mask, rows)
        return [[math.fsum(line) for line in own] for own in found]

    def prompt_ids(self, prompt: str, room: int) -> list[int]:
        """Token ids of a prompt with its start and its end, a new line, cut to `room` tokens at most."""
        ids = self.tokenizer.encode(f"{prompt}\n", add_special_tokens=False).ids
        return [self.begin, *(ids if len(ids) < room else [*ids[: room - 2], ids[-1]])]

    def answer_ids(self, text: str) -> list[int]:
        """Token ids of an answer with its end."""
        return [*self.tokenizer.encode(text, add_special_tokens=False).ids[: self.positions // 2], self.end]

    def _embed(self, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Prefixes [Q, S, D], and 1 where a place counts, 0 on padding behind them, [Q, S]."""
        words = self._model.get_input_embeddings()
        rows = []
        for one in prompts:
            # What is said needs a place a token as well.
            ids = self.prompt_ids(one.text, max(ROOM, self.positions - len(one.features) - one.max_new_tokens))
            embedded = words(torch.tensor(ids, device=one.features.device))
            rows.append(torch.cat([one.features.to(embedded.dtype), embedded]))
        mask = [torch.ones(len(row), dtype=torch.long, device=row.device) for row in rows]
        return pad_sequence(rows, batch_first=True), pad_sequence(mask, batch_first=True)


def _id(model: Seq2SeqModel, name: str) -> int:
    """The id of a special token, of which a config may name several."""
    found = getattr(model.generation_config, name, None)
    if found is None:
        found = getattr(model.config.text_config, name)
    return int(found if isinstance(found, int) else found[0])


def load(folder: Path, profile: Profile, placement: Placement) -> PaliGemma:
    """Read a PaliGemma from its folder.

    Raises:
        ModelError: The folder's files do not make a complete PaliGemma.
    """
    images, tokenizer = read_image_settings(folder), read_tokenizer(folder)
    precision = choose_eager(placement, count_parameters(folder))
    model = read_weights(folder, getattr(torch, precision.dtype))
    return PaliGemma(model.to(precision.device).eval(), tokenizer, images, precision)


def baseline() -> tuple[type[PaliGemmaForConditionalGeneration], str]:
    """transformers' class that answers, and how its processor wants a prompt."""
    return PaliGemmaForConditionalGeneration, "<image>{}"
