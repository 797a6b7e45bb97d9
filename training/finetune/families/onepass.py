"""A model that is trained on batches grouped by picture: each picture is encoded once, whatever is asked about it.

A family gives one class before transformers' own, which fills in what is abstract here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from model.families.base import Family
from model.families.pixels import Normaliser
from model.profile import Profile
from training.finetune.errors import TrainingError

IGNORED = -100
"""Label of a place that does not count."""

Batch = dict[str, Tensor]
"""What `OnePass.forward` takes."""


class OnePass(nn.Module, ABC):
    """A native model with the same weights, trained on batches that `collate` and the collator make.

    The gradients are those of the native model on one picture a question, but with drop-path on, where the questions of
    a picture share what is dropped.
    """

    native_class: ClassVar[Any]
    """transformers' class, under whose name the weights are saved."""
    lora_targets: ClassVar[str]
    """Names, as a regular expression, of the text side's matrices that adapters may stand beside."""
    place_tokens: ClassVar[tuple[str, ...]] = ()
    """Tokens whose embeddings tell the pictures of a question apart."""
    accepts_loss_kwargs = True
    """Tells the Trainer that the loss is divided by `num_items_in_batch`, and so right under accumulation."""
    tower_frozen = False
    recompute_tower = False
    """Compute the tower's blocks again in the backward pass; the native switch covers the text side alone."""
    family: Family
    """The same weights as they answer, at the current size."""
    normalise: Normaliser
    size: tuple[int, int]
    """Width and height of a picture."""
    picture_tokens: int
    """Places of the text side that a picture takes."""
    profile: Profile

    @property
    @abstractmethod
    def vision_tower(self) -> nn.Module:
        """What is frozen, and whose states are kept then."""

    @abstractmethod
    def tokens_of_picture(self, size: tuple[int, int]) -> int:
        """Places of the text side that a picture of this width and height takes.

        Raises:
            TrainingError: Such pictures are too large for this model.
        """

    @abstractmethod
    def states_shape(self, size: tuple[int, int]) -> tuple[int, ...]:
        """Of the tower's states of one picture of this width and height."""

    @abstractmethod
    def answering(self, tokenizer: Tokenizer, images: dict[str, Any]) -> Family:
        """The same weights, now and later, as they answer at the image processor's size."""

    @abstractmethod
    def run_tower(self, pixels: Tensor, *, recompute: bool) -> Tensor:
        """The tower's states [P, ...] of normalised pixels [P, 3, H, W]; `recompute` saves memory for the gradients."""

    @abstractmethod
    def project(self, states: Tensor) -> Tensor:
        """The tokens [P, T_image, D] that the text side reads, of the tower's states [P, ...]."""

    @abstractmethod
    def collate(self, prompts: Sequence[str], answers: Sequence[str], pictures: Sequence[int]) -> Batch:
        """Prompts and answers as token ids, padded: `labels`, and whatever else `logits` takes.

        Args:
            prompts: What the profile made of the questions, [Q].
            answers: As they are learnt, [Q].
            pictures: How many pictures each question has, [Q].
        """

    @abstractmethod
    def logits(self, tokens: Tensor, seen: Tensor, labels: Tensor, **texts: Tensor) -> Tensor:
        """Logits [N, V] of the N places where a label counts, row by row.

        Args:
            tokens: The pictures' tokens of each question, [Q, S, D].
            seen: 1 where they count, 0 where a question has fewer pictures than others, [Q, S].
            labels: As `collate` made them; `IGNORED` where they do not count, [Q, L].
            texts: What else `collate` made.
        """

    def use_eager_attention(self) -> None:
        """Compute attention step by step: on a CPU its backward pass takes half as long as the fused one's."""
        native: Any = self
        native.set_attn_implementation("eager")

    def word_tables(self) -> list[Tensor]:
        """The embeddings of words, [V, D] each; an output layer is tied to the last of them."""
        native: Any = self
        return [native.get_input_embeddings().weight]

    def make_room(self, words: int) -> None:
        """Let the vocabulary have so many words."""
        native: Any = self
        native.resize_token_embeddings(words, mean_resizing=False)

    def set_processor_size(self, processor: Any) -> None:  # noqa: ANN401 - transformers' processors are untyped
        """Set the size of the pictures in transformers' own processor, before it is saved."""
        processor.image_processor.size = {"width": self.size[0], "height": self.size[1]}

    def prepare_for(self, size: tuple[int, int], tokenizer: Tokenizer, images: Mapping[str, Any]) -> Self:
        """Take pictures of this width and height from now on.

        Args:
            size: Width and height.
            tokenizer: With new words, where there are some.
            images: The image processor's settings; their size does not matter.

        Raises:
            TrainingError: Such pictures are too large for this model.
        """
        self.picture_tokens = self.tokens_of_picture(size)
        self.size = size
        self.normalise = Normaliser(images, next(self.parameters()).device)
        self.family = self.answering(tokenizer, {**images, "size": {"width": size[0], "height": size[1]}})
        return self

    def freeze_tower(self) -> None:
        """Freeze the vision tower: no gradients, and neither dropout nor drop-path, also after `train()`."""
        self.tower_frozen = True
        self.vision_tower.requires_grad_(False)
        self.vision_tower.eval()

    def train(self, mode: bool = True) -> Self:
        """Switch to training; a frozen tower stays as it is when answering."""
        super().train(mode)
        if self.tower_frozen:
            self.vision_tower.eval()
        return self

    def tower_states(self, pixels: Tensor) -> Tensor:
        """The tower's states [P, ...] of pictures at the model's size, uint8 [P, H, W, 3]."""
        normalised = self.normalise(pixels)  # [P, 3, H, W]
        again = self.recompute_tower and self.training and torch.is_grad_enabled() and not self.tower_frozen
        return self.run_tower(normalised, recompute=again)

    def encode_pictures(self, pixels: Tensor | None, tower: Tensor | None) -> Tensor:
        """The projected tokens of pictures, [P, T_image, D]: those of pixels first, then those of kept states."""
        parts = [] if tower is None else [tower]
        if pixels is not None:
            with torch.set_grad_enabled(torch.is_grad_enabled() and not self.tower_frozen):
                parts.insert(0, self.tower_states(pixels))
        return self.project(torch.cat([one.to(parts[0].dtype) for one in parts]))

    def forward(
        self,
        labels: Tensor,
        pictures: Tensor,
        pixels: Tensor | None = None,
        tower: Tensor | None = None,
        tokens: Tensor | None = None,
        num_items_in_batch: Tensor | int | None = None,
        **texts: Tensor,
    ) -> dict[str, Tensor]:
        """The loss of a batch: the cross-entropy of the labels that count.

        Args:
            labels: The answers' tokens, `IGNORED` where they do not count, [Q, L].
            pictures: For each question the places of its pictures among all, -1 behind them, [Q, N].
            pixels: Pictures to encode, uint8 [P1, H, W, 3].
            tower: The tower's states of further pictures, [P2, ...].
            tokens: The tokens of all pictures, [P, T_image, D], instead of the two.
            num_items_in_batch: By what the summed loss is divided; without it by the number of labels that count.
            texts: What else `collate` made.
        """
        if tokens is None:
            tokens = self.encode_pictures(pixels, tower)
        questions, most = pictures.shape
        own = tokens.index_select(0, pictures.clamp(min=0).flatten())  # [Q N, T_image, D]
        seen = (pictures >= 0).long().repeat_interleave(tokens.shape[1], 1)  # [Q, N T_image]
        logits = self.logits(own.view(questions, most * tokens.shape[1], -1), seen, labels, **texts)
        counts = labels != IGNORED
        total = functional.cross_entropy(logits.float(), labels[counts], reduction="sum")
        return {"loss": total / (counts.sum() if num_items_in_batch is None else num_items_in_batch)}

    def native(self) -> Any:  # noqa: ANN401 - transformers' classes are typed only in part
        """The same weights, now and later, as the native class: for `generate()`, and to be saved under its name."""
        native = self.native_class.__new__(self.native_class)
        native.__dict__.update(self.__dict__)
        return native


@dataclass(frozen=True, slots=True)
class BaselineModel:
    """The native model with transformers' own processor, as notebooks train it, fp32: what ours is held against."""

    module: Any
    """Its `forward(**inputs)` gives an output with `loss`."""
    vision_tower: nn.Module
    """What is frozen."""
    inputs: Callable[[Sequence[str], Sequence[Image.Image], Sequence[str]], Any]
    """A batch with labels, of prompts, pictures and answers: each question with its own picture."""


def check_patches(vision: Any, size: tuple[int, int]) -> None:  # noqa: ANN401 - a vision tower's config of transformers
    """See whether a vision transformer can cut pictures of a width and height into its patches.

    Raises:
        TrainingError: It cannot.
    """
    patch = int(vision.patch_size)
    if size[0] % patch or size[1] % patch:
        raise TrainingError(
            f"Pictures of {size[0]}x{size[1]} cannot be cut into this model's patches: choose a --picture-size "
            f"whose sides are multiples of {patch}."
        )


def padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    """Rows of token ids filled up behind to one length, [Q, T]."""
    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])


def right_padded(embeds: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Embeddings [Q, S, D] and mask [Q, S] with all that does not count at the end."""
    order = mask.argsort(dim=1, descending=True, stable=True)
    return embeds.gather(1, order[..., None].expand_as(embeds)), mask.gather(1, order)
