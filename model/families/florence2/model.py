"""Florence-2 through transformers' native classes: pictures at any input size, BART for the text."""

from __future__ import annotations

import functools
import logging
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from tokenizers import Tokenizer

from model.backends.allocator import keep_memory
from model.backends.placement import Placement
from model.backends.precision import Precision, choose
from model.families.base import Prompt
from model.families.florence2.backends import backend_for
from model.families.florence2.bare import read_bare
from model.families.florence2.files import read_weights
from model.families.florence2.where import WAYS, trace
from model.families.generations import generations
from model.families.loaded import LoadedModel
from model.families.weights import count_parameters
from model.generation.eager import score_sequences
from model.generation.rules import Seq2SeqModel
from model.processor import read_image_settings, read_tokenizer
from model.profile import Profile
from model.stages import clock
from model.types import Generation, Grid, grid_of

if TYPE_CHECKING:
    from torch import Tensor

    from model.families.base import Pixels

log = logging.getLogger(__name__)

SECOND = "<second>"
"""The token whose embedding marks a second picture."""
QUESTION_ROOM = 32
"""Positions that a question needs beside its pictures' tokens: more than most have words."""


class Florence2(LoadedModel):
    """A loaded Florence-2. Prompts are `<picture tokens> <s> prefix question </s>`, as the processor writes them."""

    def __init__(
        self,
        model: Seq2SeqModel,
        tokenizer: Tokenizer,
        images: dict[str, Any],
        profile: Profile,
        precision: Precision | None = None,
    ) -> None:
        """Wrap a model in eval mode, its tokenizer and the image processor's settings.

        `precision` promises that the weights stay as they are: they are taken over and laid out for speed. Without it
        the model, which may be in training, is asked through its own modules.
        """
        self.profile = profile
        super().__init__(model, tokenizer, images, precision)
        self._backend = backend_for(model, precision)
        self.whole: Callable[[], Seq2SeqModel] = lambda: model
        """The model as transformers has it; where only its weights were read it is loaded at the first call."""
        text = model.config.text_config
        self._begin, self._end = int(text.bos_token_id), int(text.eos_token_id)
        self.pad = int(text.pad_token_id)
        self.positions = int(text.max_position_embeddings)

    @torch.inference_mode()
    def encode_images(self, pictures: Sequence[Pixels]) -> list[Tensor]:
        """Encode pictures: for each its tokens, [T_image, D]."""
        return self._backend.encode_images(self._normalised(pictures))

    @property
    def most_pictures(self) -> int:
        """Two for a model that `joins` and whose positions hold both beside a question of some length."""
        tokens = 1 + math.prod(-(-side // self._stride) for side in self._resize.size)
        return max(1, min(2 if self.joins else 1, (self.positions - QUESTION_ROOM) // tokens))

    @property
    def _stride(self) -> int:
        """Pixels of the input to a picture token, across and down."""
        return math.prod(self._model.config.vision_config.patch_stride)

    @property
    def joins(self) -> bool:
        """Whether the model has learnt to look at two pictures at once."""
        return self.tokenizer.token_to_id(SECOND) is not None

    @torch.inference_mode()
    def join(self, *features: Tensor) -> Tensor:
        """The tokens of two pictures as one question about both sees them: [2 T_image, D] of [T_image, D] each.

        The first picture's stay as they are; to the second one's the vector of their place is added, which is the
        embedding of a token of its own. Only for a model that `joins`.
        """
        first, second = features
        place = self._model.get_input_embeddings().weight[self.tokenizer.token_to_id(SECOND)]
        return torch.cat([first, second + place.to(second.dtype)])

    def answer_length(self, text: str) -> int:
        """Tokens of a text as an answer, its start and its end included."""
        return len(self.prompt_ids(text, self.positions))

    @torch.inference_mode()
    def generate(self, prompts: Sequence[Prompt]) -> list[Generation]:
        """Encode all prompts, then generate in one batch, whatever their settings."""
        with clock("prompts"):
            states, mask = self._encode(prompts)
        limits = [max(1, min(one.max_new_tokens, self.positions - 1)) for one in prompts]
        hypotheses = self._backend.generate(states, mask, [one.beams for one in prompts], limits)
        pictures = [len(one.features) for one in prompts]
        return generations(self.tokenizer, hypotheses, states, mask, pictures)

    @torch.inference_mode()
    def score(self, prompts: Sequence[Prompt], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """The log-probability of each given text as the whole answer to its prompt.

        It is the sum over the text's tokens and the end token, without any correction for length: the probability
        that exactly this is said. A forced first token is no evidence and does not count.
        """
        states, mask = self._encode(prompts)
        config = self._model.generation_config
        forced = [] if config.forced_bos_token_id is None else [config.forced_bos_token_id]
        head = [config.decoder_start_token_id, *forced]
        scored = []
        for row, choices in enumerate(texts):
            tokens = [self.tokenizer.encode(text, add_special_tokens=False).ids for text in choices]
            rows = [[*head, *ids[: self.positions - len(head) - 1], self._end] for ids in tokens]
            same = [row] * len(rows)
            logprobs = score_sequences(self.whole(), states[same], mask[same], rows)
            scored.append([sum(line[len(forced) :]) for line in logprobs])
        return scored

    @property
    def ways(self) -> Sequence[str]:
        """Ways to tell where an answer came from, the best first."""
        return tuple(WAYS)

    def where(
        self, prompt: Prompt, answer: str, sizes: Sequence[tuple[int, int]], way: str | None = None
    ) -> list[Grid]:
        """How much each part of the pictures counted for an answer; see `ShowsWhere`."""
        model = self.whole()
        words = model.get_input_embeddings()
        columns, rows = (-(-side // self._stride) for side in self._resize.size)
        tokens = self.tokenizer.encode(answer, add_special_tokens=False).ids[: self.positions - 1]
        if not tokens:  # nothing was said
            return [grid_of([[0.0] * columns] * rows) for _ in sizes]
        ids = self.prompt_ids(prompt.text, self.positions - len(prompt.features))
        asked = words(torch.tensor(ids, device=words.weight.device))
        inputs = torch.cat([prompt.features.to(asked), asked])
        found = WAYS[way or self.ways[0]](trace(model, inputs, tokens))
        cells = found[: len(prompt.features)].clamp(min=0).reshape(len(sizes), 1 + rows * columns)
        # A picture's first token is the mean of all.
        on_input = cells[:, 1:].reshape(-1, rows, columns).cpu().numpy()
        grids = [self._on_picture(*pair) for pair in zip(on_input, sizes, strict=True)]
        most = max(1e-12, *(float(grid.max()) for grid in grids))
        return [grid_of((grid / most).tolist()) for grid in grids]

    def _on_picture(self, cells: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
        """What counted of the model's input, of the picture itself: [rows, columns]."""
        left, top, width, height = self._resize.place(size)
        stride, (rows, columns) = self._stride, cells.shape
        box = (left / stride, top / stride, (left + width) / stride, (top + height) / stride)
        on_input = Image.fromarray(cells)
        return np.asarray(on_input.resize((columns, rows), Image.Resampling.BOX, box))

    def check_backend(self) -> None:
        """Answer about a black picture.

        Raises:
            RuntimeError: This machine cannot do it the way that was chosen.
        """
        width, height = self._resize.size
        features = self.encode_images([np.zeros((height, width, 3), np.uint8)])[0]
        self.generate([Prompt(features, "what is this", beams, 2) for beams in (1, 3)])

    def prompt_ids(self, prompt: str, room: int) -> list[int]:
        """Token ids of a prompt with its start and end, cut to `room` tokens at most."""
        ids = self.tokenizer.encode(prompt, add_special_tokens=False).ids
        return [self._begin, *ids[: room - 2], self._end]

    def _encode(self, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Encoder states [B, S, D] and their mask [B, S]; S = picture tokens + the longest prompt."""
        return self._backend.encode_prompts(
            [one.features for one in prompts],
            [self.prompt_ids(one.text, self.positions - len(one.features)) for one in prompts],
        )


def load(folder: Path, profile: Profile, placement: Placement) -> Florence2:
    """Read a Florence-2 from its folder.

    Raises:
        ModelError: The folder's files do not make a complete native Florence-2.
    """
    images, tokenizer = read_image_settings(folder), read_tokenizer(folder)
    keep_memory()
    precision = choose(placement, count_parameters(folder), profile.int8_loss)

    dtype = getattr(torch, precision.dtype)

    def read() -> Seq2SeqModel:
        return read_weights(folder, dtype).to(precision.device).eval()

    try:
        bare = read_bare(folder, dtype)
        model = read() if bare is None else bare.to(precision.device)
        family = Florence2(model, tokenizer, images, profile, precision)
        if bare is not None:
            family.whole = functools.cache(read)
        family.check_backend()
    except RuntimeError as error:  # what is fast leans on much that a processor, a driver or a build may lack
        log.warning("The fast way to answer does not work here, so answers take longer: %s", error)
        return Florence2(read(), tokenizer, images, profile)
    return family
