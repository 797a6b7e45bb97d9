"""The model to fine-tune, with what brings questions and pictures into its form."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from transformers import Florence2Processor

from model.confidence import Calibration
from model.errors import ModelError
from model.families.florence2.files import read_weights
from model.families.florence2.model import Florence2
from model.loading import locate, model_type
from model.processor import read_image_settings, read_tokenizer
from model.profile import Profile
from training.finetune.config import TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.onepass import OnePassFlorence2, grid_of, native

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
    grid: tuple[int, int]
    """Rows and columns of the tower's states."""

    @property
    def picture_tokens(self) -> int:
        """Places that a picture takes on the text side."""
        return self.grid[0] * self.grid[1] + 1

    @property
    def states_shape(self) -> tuple[int, int, int]:
        """Of one picture's states before the projection, [C, h, w]."""
        vision: Any = self.model.config.vision_config
        return (int(vision.embed_dim[-1]), *self.grid)


def load_parts(config: TrainConfig, device: torch.device, prepared_size: tuple[int, int] | None) -> Parts:
    """Read a model for training.

    Args:
        config: The settings.
        device: Where it is trained.
        prepared_size: Width and height of the prepared pictures, where they share one.

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
    size = config.size() or prepared_size or own
    images["size"] = {"width": size[0], "height": size[1]}
    model: OnePassFlorence2 = read_weights(source, torch.float32, OnePassFlorence2).see(images)
    grid = _grid(model, size)
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
    return Parts(source, model, trained, Florence2(native(model), read_tokenizer(source), images, profile), size, grid)


def save_model(parts: Parts, folder: Path) -> None:
    """Write the trained model as every command of the house reads it, whole or not at all; adapters are merged in.

    Args:
        parts: The model; its adapters are gone afterwards.
        folder: Where; what lies there is replaced.
    """
    import shutil

    model = parts.trained.merge_and_unload() if parts.trained is not parts.model else parts.model
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    native(model).save_pretrained(partial)
    processor: Any = Florence2Processor.from_pretrained(parts.source, local_files_only=True)
    processor.image_processor.size = {"width": parts.size[0], "height": parts.size[1]}
    processor.image_processor.image_seq_length = parts.picture_tokens
    processor.save_pretrained(partial)
    parts.family.profile.write(partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)


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


def _grid(model: OnePassFlorence2, size: tuple[int, int]) -> tuple[int, int]:
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
