"""The model to fine-tune, with what brings questions and pictures into its form."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoProcessor

from model.atomic import replacing
from model.confidence.calibration import Calibration
from model.counting import counted
from model.families.base import SeveralPictures
from model.loading import locate
from model.processor import Resize, read_image_settings, read_tokenizer
from model.profile import Profile
from training.data import provenance
from training.data.prepared import Example
from training.data.provenance import Provenance
from training.data.unknown_words import UnknownWords, Vocabulary
from training.finetune.config import TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.families import read_for_training
from training.finetune.families.onepass import OnePass
from training.finetune.four_bit import quantise, unpacked
from training.finetune.words import as_tokens, embed_new, needed, unknown_of


@dataclass(frozen=True, slots=True)
class ModelParts:
    """A model in training and what belongs to it."""

    source: Path
    """The folder that it was read from."""
    model: OnePass
    trained: Any
    """What the Trainer trains: the model itself, or its adapters around it."""
    own_size: tuple[int, int]
    """Width and height of the pictures that the model looked at before."""
    tokenizer: Tokenizer
    """With the new words."""
    unknown: UnknownWords
    """Words of the questions that it did not know."""
    new_words: list[str]
    """Those of them that have become tokens."""
    new_places: list[str]
    """Tokens that tell the pictures of a question apart, where they are new."""


def load_parts(config: TrainConfig, device: torch.device, rows: Sequence[Example] = ()) -> ModelParts:
    """Read a model for training.

    Args:
        config: The settings.
        device: Where it is trained.
        rows: Questions and answers whose unknown words become tokens, unless the settings say otherwise.

    Raises:
        ModelError: There is no such model, or it cannot be trained.
        TrainingError: Its pictures cannot have the size that was asked for, or a question is about more of them than
            it can be asked about.
    """
    source = locate(config.model)
    model = read_for_training(source, config.model)
    # What was found out about other weights and their training is left out.
    profile = replace(Profile.read(source), calibration=Calibration(), int8_loss=None, untaught=())
    most = max((len(row.images) for row in rows), default=1)
    profile = replace(profile, pictures=max(most, profile.pictures))
    images = read_image_settings(source)
    own = Resize.read(images).size
    tokenizer, before = read_tokenizer(source), read_tokenizer(source)
    unknown = unknown_of(Vocabulary(tokenizer, profile), rows)
    # Adapters leave the embeddings as they are, so that new ones would never learn.
    new_words = needed(unknown) if config.new_words == "auto" and not config.lora_rank else []
    new_places = [token for token in model.place_tokens if most > 1 and tokenizer.token_to_id(token) is None]
    if new_places and config.lora_rank:
        raise TrainingError(
            "Adapters leave the embeddings as they are, so that the places of several pictures cannot be learnt: "
            "train without --lora-rank."
        )
    if new := [*new_places, *new_words]:
        tokenizer.add_tokens(as_tokens(new))
        embed_new(model, new, tokenizer, before)
    if config.four_bit:
        quantise(model)
    model = model.to(device)
    model.profile = profile
    model.prepare_for(config.size() or own, tokenizer, images)
    if most > 1:
        _check_room(model, most)
    native: Any = model
    if device.type == "cpu":
        model.use_eager_attention()
    if config.tower_frozen:
        model.freeze_tower()
    if config.gradient_checkpointing:
        model.recompute_tower = True
        # The method's name changed in the course of transformers 5.
        enable = getattr(native, "activation_checkpointing_enable", None) or native.gradient_checkpointing_enable
        enable({"use_reentrant": False})
    trained: Any = _with_adapters(model, config) if config.lora_rank else model
    return ModelParts(source, model, trained, own, tokenizer, unknown, new_words, new_places)


def _check_room(model: OnePass, most: int) -> None:
    """See that a question can be about so many pictures.

    Raises:
        TrainingError: It cannot.
    """
    family, kind = model.family, model.native_class.config_class.model_type
    if not isinstance(family, SeveralPictures):
        raise TrainingError(f"A {kind} is asked about one picture at a time, and a question here is about {most}.")
    if family.most_pictures < most:
        raise TrainingError(
            f"A question is about {most} pictures, and this model takes {counted(family.most_pictures, 'picture')} of "
            f"{model.size[0]}x{model.size[1]}: each takes {model.picture_tokens} places. Choose a smaller "
            "--picture-size, or leave such questions out."
        )


def save_model(parts: ModelParts, folder: Path, met: Provenance) -> None:
    """Write the model as it is now, as every command here reads it, whole or not at all; adapters are merged.

    Args:
        parts: The model; it stays as it is.
        folder: Where; what lies there is replaced.
        met: The questions that it met.
    """
    merged = _merged(parts) if parts.trained is not parts.model else None
    processor: Any = AutoProcessor.from_pretrained(parts.source, local_files_only=True)
    processor.tokenizer.add_tokens(as_tokens([*parts.new_places, *parts.new_words]))
    parts.model.set_processor_size(processor)
    with replacing(folder) as partial:
        parts.model.native().save_pretrained(partial, state_dict=merged)
        processor.save_pretrained(partial)
        parts.model.profile.write(partial)
        provenance.write(partial, met)


def _merged(parts: ModelParts) -> dict[str, Tensor]:
    """The weights with the adapters' part in them, under the names that they have without adapters.

    peft's own merging writes into the weights in training, and taking it back leaves rounding in them.
    """
    from peft.tuners.lora import LoraLayer

    weights = {
        name.replace(".base_layer.", "."): value.detach()
        for name, value in parts.model.state_dict().items()
        if ".lora_" not in name and ".weight." not in name  # how 4-bit weights are packed
    }
    for name, module in parts.model.named_modules():
        if isinstance(module, LoraLayer):
            weights[f"{name}.weight"] = unpacked(module.get_base_layer()).detach()
            for adapter in module.active_adapters:
                weights[f"{name}.weight"] = weights[f"{name}.weight"] + module.get_delta_weight(adapter)  # type: ignore[attr-defined]
    return weights


def _with_adapters(model: OnePass, config: TrainConfig) -> Any:  # noqa: ANN401 - peft's class is untyped
    from peft import LoraConfig, get_peft_model

    adapters = LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,  # type: ignore[arg-type]
        lora_dropout=config.lora_dropout,
        target_modules=model.lora_targets,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by names that are about to change
        return get_peft_model(model, adapters)
