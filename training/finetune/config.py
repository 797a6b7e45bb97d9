"""Every setting of `vqabot train`.

The defaults are the study's, the notebook of github.com/Alirezakhoshsolat/florence2-vqa: batch 8, 3 epochs, AdamW at
1e-5 without weight decay, falling linearly, nothing frozen.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from training.config import Config

Precision = Literal["auto", "fp32", "bf16", "fp16"]
Schedule = Literal["linear", "cosine", "constant"]


def check_picture_size(text: str) -> str:
    """Let pass what names a picture size."""
    if not re.fullmatch(r"auto|[1-9]\d{1,3}(x[1-9]\d{1,3})?", text):
        raise ValueError("must be auto, a side such as 224, or WIDTHxHEIGHT such as 320x192")
    return text


class TrainConfig(Config):
    """How a model is fine-tuned."""

    model: str = Field(
        "florence-community/Florence-2-base-ft", description="What to start from: builtin, a folder, a ZIP or a hub id."
    )
    epochs: float = Field(3, gt=0, description="Passes over the training questions.")
    max_steps: int = Field(0, ge=0, description="Stop after so many steps; 0: after the epochs.")
    max_minutes: float = Field(
        0, ge=0, description="Stop training after so many minutes; judging and saving come after. 0: no limit."
    )
    batch_size: int = Field(8, ge=1, description="Questions a step, in each process.")
    accumulate: int = Field(1, ge=1, description="Batches whose gradients make one step.")
    learning_rate: float = Field(1e-5, gt=0, description="Highest learning rate of AdamW.")
    schedule: Schedule = Field("linear", description="How the learning rate falls after the warm-up.")
    warmup_steps: int = Field(0, ge=0, description="Steps over which the learning rate rises.")
    weight_decay: float = Field(0.0, ge=0, description="Of AdamW; biases and norms are left out.")
    max_grad_norm: float = Field(0.0, ge=0, description="Largest norm of the gradient; 0: not clipped.")
    limit: int | None = Field(None, ge=1, description="Only the first questions of the train split.")
    new_words: Literal["auto", "none"] = Field(
        "auto", description="auto: words of the questions and answers that the model cannot read or say become tokens."
    )
    picture_size: Annotated[str, AfterValidator(check_picture_size)] = Field(
        "auto", description="Side in pixels, or WIDTHxHEIGHT; auto: the model's own."
    )
    freeze_vision: bool = Field(False, description="Keep the vision tower as it is; its features are kept on disk.")
    lora_rank: int = Field(0, ge=0, description="Train adapters of this rank on the text side only; 0: the weights.")
    lora_alpha: float = Field(16, gt=0, description="Scale of the adapters.")
    lora_dropout: float = Field(0.05, ge=0, lt=1, description="Dropout before the adapters.")
    four_bit: bool = Field(
        False, description="Keep what adapters stand beside in 4 bits (NF4): less memory; needs a GPU and bitsandbytes."
    )
    precision: Precision = Field("auto", description="auto: bf16 where the processor has it, else fp32.")
    gradient_checkpointing: bool = Field(False, description="Compute again instead of remembering: less memory.")
    reference: bool = Field(True, description="Evaluate before the first step.")
    evaluate_every: int = Field(0, ge=0, description="Steps between evaluations; 0: after each epoch.")
    eval_questions: int = Field(1000, ge=0, description="Questions of val to judge by, the same each time; 0: none.")
    early_stopping: int = Field(0, ge=0, description="Stop after so many evaluations without a better one; 0: never.")
    save_every: int = Field(500, ge=0, description="Steps between checkpoints; 0: after each epoch.")
    keep_checkpoints: int = Field(2, ge=1, description="Newest checkpoints to keep.")
    log_every: int = Field(10, ge=1, description="Steps between lines of the log.")
    feature_cache: Path | None = Field(
        None, description="Folder for a frozen tower's features.  [default: OUT/features]"
    )
    feature_cache_gb: float = Field(20.0, ge=0, description="Most gigabytes of features to keep on disk.")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto: the GPU where there is one.")
    threads: int = Field(0, ge=0, description="CPU threads; 0: one for a small model, else torch's own choice.")
    workers: int | None = Field(
        None, ge=0, description="Processes that read pictures.  [default: 4 with a GPU, else 0]"
    )
    seed: int = Field(0, ge=0, description="Decides the order of the pictures, dropout and adapters.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.early_stopping and not self.eval_questions:
            raise ValueError("early_stopping needs evaluations: set eval_questions above 0")
        if self.four_bit and not self.lora_rank:
            raise ValueError("four_bit trains adapters alone: set lora_rank above 0")
        return self

    @property
    def tower_frozen(self) -> bool:
        """Whether the vision tower stays as it is; adapters stand on the text side alone."""
        return self.freeze_vision or self.lora_rank > 0

    def size(self) -> tuple[int, int] | None:
        """Width and height that were asked for; None for `auto`."""
        if self.picture_size == "auto":
            return None
        width, _, height = self.picture_size.partition("x")
        return int(width), int(height or width)


MAY_CHANGE = frozenset(
    {
        *("save_every", "keep_checkpoints", "log_every", "feature_cache", "feature_cache_gb", "device"),
        *("threads", "workers", "max_minutes"),
    }
)
"""Settings that may differ when an interrupted training goes on: they change no weight."""
