"""The model to fine-tune, with what brings questions and pictures into its form."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from transformers import Florence2Processor

from model.confidence import Calibration
from model.errors import ModelError
from model.families.florence2.files import read_weights
from model.families.florence2.model import Florence2
from model.loading import locate, model_type
from model.processor import read_image_settings, read_tokenizer
from model.profile import Profile
from training.data import provenance
from training.data.prepared import Example
from training.data.provenance import Provenance
from training.data.unknown_words import UnknownWords, Vocabulary
from training.finetune.config import TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.onepass import OnePassFlorence2, grid_of, native
from training.finetune.words import as_tokens, embed_new, needed, unknown_of

LORA_TARGETS = r".*language_model\..*\.(q_proj|k_proj|v_proj|out_proj|fc1|fc2)"
"""The text side's matrices, but not the output's, which is tied to the embeddings."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A model in training and what belongs to it."""

    source: Path
    """The folder that it was read from."""
    model: OnePassFlorence2
    trained: Any
    """What the Trainer trains: the model itself, or its adapters around it."""
    family: Florence2
    """The same model as it answers: prompts, pictures and answers go through it here and there."""
    size: tuple[int, int]
    """Width and height of a picture."""
    own_size: tuple[int, int]
    """What the model looked at before."""
    grid: tuple[int, int]
    """Rows and columns of the tower's states."""
    unknown: UnknownWords
    """Words of the questions that it did not know."""
    new_words: list[str]
    """Those of them that have become tokens."""

    @property
    def picture_tokens(self) -> int:
        """Places that a picture takes on the text side."""
        return self.grid[0] * self.grid[1] + 1

    @property
    def states_shape(self) -> tuple[int, int, int]:
        """Of one picture's states before the projection, [C, h, w]."""
        vision: Any = self.model.config.vision_config
        return (int(vision.embed_dim[-1]), *self.grid)


def load_parts(config: TrainConfig, device: torch.device, rows: Sequence[Example] = ()) -> Parts:
    """Read a model for training.

    Args:
        config: The settings.
        device: Where it is trained.
        rows: Questions and answers whose unknown words become tokens, unless the settings say otherwise.

    Raises:
        ModelError: There is no such model, or it is no native Florence-2.
        TrainingError: Its pictures cannot have the size that was asked for.
    """
    source = locate(config.model)
    if model_type(source) != "florence2":
        raise ModelError(f"Only Florence-2 models can be trained, and {config.model} is a {model_type(source)}.")
    profile = replace(Profile.read(source), calibration=Calibration())  # other weights, other probabilities
    images = read_image_settings(source)
    own = (int(images["size"]["width"]), int(images["size"]["height"]))
    size = config.size() or own
    images["size"] = {"width": size[0], "height": size[1]}
    model: OnePassFlorence2 = read_weights(source, torch.float32, OnePassFlorence2).see(images)
    tokenizer, before = read_tokenizer(source), read_tokenizer(source)
    unknown = unknown_of(Vocabulary(tokenizer, profile), rows)
    # Adapters leave the embeddings as they are, so that new ones would never learn.
    new_words = needed(unknown) if config.new_words == "auto" and not config.lora_rank else []
    if new_words:
        tokenizer.add_tokens(as_tokens(new_words))
        embed_new(model, new_words, tokenizer, before)
    grid = grid_for(model, size)
    if device.type == "cpu":  # the fused attention's backward pass takes twice as long there as the plain one
        model.set_attn_implementation("eager")
    if config.tower_frozen:
        model.freeze_tower()
    if config.gradient_checkpointing:
        model.checkpoint_tower = True
        # The method's name changed in the course of transformers 5.
        enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
        enable({"use_reentrant": False})
    model = cast(OnePassFlorence2, model.to(device))  # type: ignore[arg-type]  # transformers' own signature
    trained: Any = _with_adapters(model, config) if config.lora_rank else model
    family = Florence2(native(model), tokenizer, images, profile)
    return Parts(source, model, trained, family, size, own, grid, unknown, new_words)


def save_model(parts: Parts, folder: Path, met: Provenance) -> None:
    """Write the model as it is now, as every command of the house reads it, whole or not at all; adapters are merged.

    Args:
        parts: The model; it stays as it is.
        folder: Where; what lies there is replaced.
        met: The questions that it met.
    """
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    merged = _merged(parts) if parts.trained is not parts.model else None
    native(parts.model).save_pretrained(partial, state_dict=merged)
    processor: Any = Florence2Processor.from_pretrained(parts.source, local_files_only=True)
    processor.tokenizer.add_tokens(as_tokens(parts.new_words))
    processor.image_processor.size = {"width": parts.size[0], "height": parts.size[1]}
    processor.image_processor.image_seq_length = parts.picture_tokens
    processor.save_pretrained(partial)
    parts.family.profile.write(partial)
    provenance.write(partial, met)
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)


def _merged(parts: Parts) -> dict[str, Tensor]:
    """The weights with the adapters' part in them, under the names that they have without adapters.

    peft's own merging writes into the weights in training, and taking it back leaves rounding in them.
    """
    from peft.tuners.lora import LoraLayer

    weights = {
        name.replace(".base_layer.", "."): value.detach()
        for name, value in parts.model.state_dict().items()
        if ".lora_" not in name
    }
    for name, module in parts.model.named_modules():
        if isinstance(module, LoraLayer):
            for adapter in module.active_adapters:
                weights[f"{name}.weight"] = weights[f"{name}.weight"] + module.get_delta_weight(adapter)  # type: ignore[attr-defined]
    return weights


def _with_adapters(model: OnePassFlorence2, config: TrainConfig) -> Any:  # noqa: ANN401 - peft's class is untyped
    from peft import LoraConfig, get_peft_model

    adapters = LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,  # type: ignore[arg-type]
        lora_dropout=config.lora_dropout,
        target_modules=LORA_TARGETS,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by names that are about to change
        return get_peft_model(model, adapters)


def grid_for(model: OnePassFlorence2, size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the tower's states for pictures of this width and height."""
    vision: Any = model.config.vision_config
    text: Any = model.config.text_config
    columns, rows = grid_of(model.config, size)
    if max(rows, columns) > vision.max_position_embeddings:
        raise TrainingError(
            f"Pictures of {size[0]}x{size[1]} are too large for this model: it has {vision.max_position_embeddings} "
            f"places a side, and they would need {max(rows, columns)}. Choose a smaller --picture-size."
        )
    room = int(text.max_position_embeddings) - rows * columns - 1
    if room < 8:  # a start, an end and a short question
        raise TrainingError(
            f"Pictures of {size[0]}x{size[1]} leave no room for a question: they take {rows * columns + 1} of the "
            f"text side's {text.max_position_embeddings} places. Choose a smaller --picture-size."
        )
    return rows, columns
