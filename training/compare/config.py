"""Every setting of `vqabot compare`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from training.config import Config, ConfigError
from training.finetune.config import TrainConfig

_USUAL: dict[str, Any] = {"eval_questions": 0, "reference": False, "early_stopping": 0}
"""The questions that a comparison is judged by choose no weights."""
_OURS = ("seed", "max_steps", "max_minutes", "epochs")
"""Settings that the budget and the seeds decide."""


class CompareConfig(Config):
    """Which models are held against each other, and on what."""

    data: Path = Field(description="The folder that `vqabot data prepare` wrote.")
    models: dict[str, dict[str, Any]] = Field(
        min_length=1, description="Settings of `vqabot train` by name; `model` says what each starts from."
    )
    train: dict[str, Any] = Field(default_factory=dict, description="Settings of `vqabot train` for all of them.")
    seeds: tuple[int, ...] = Field((0, 1, 2), min_length=1, description="Each model is trained once with each.")
    questions: int = Field(0, ge=0, description="The budget: questions that each training sees.")
    minutes: float = Field(0, ge=0, description="Or the minutes that each may take.")
    split: Literal["val", "calibration", "judging", "test"] = Field("val", description="The questions to judge by.")
    limit: int | None = Field(None, ge=1, description="Only the first of them.")
    beams: int = Field(3, ge=1, le=10, description="Width of the beam search, as the bot has it; 1 is greedy.")
    price: float | None = Field(None, ge=0, description="What an hour of this machine costs, in any currency.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.questions) == bool(self.minutes):
            raise ValueError("the budget is either questions or minutes: set one of them above 0")
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError("a seed is there twice")
        for name, own in self.models.items():
            if not name or set(name) & set("/\\") or name.startswith("."):
                raise ValueError(f"{name!r} is no name for a model here: it becomes a folder's")
            if ours := sorted({*own, *self.train} & set(_OURS)):
                raise ValueError(f"models.{name}: {', '.join(ours)} follow from seeds and budget")
            if "model" not in own:
                raise ValueError(f"models.{name}: model is missing, which says what it starts from")
            try:
                self.training(name, self.seeds[0])
            except ConfigError as error:
                raise ValueError(f"models.{name}: {str(error).removesuffix('.')}") from error
        return self

    def training(self, name: str, seed: int) -> TrainConfig:
        """The settings of one training.

        Raises:
            ConfigError: They do not fit.
        """
        config = TrainConfig.resolve(None, {**_USUAL, **self.train, **self.models[name], "seed": seed})
        if self.minutes:
            return config.model_copy(update={"max_minutes": self.minutes, "epochs": 1e6})
        steps = math.ceil(self.questions / (config.batch_size * config.accumulate))
        return config.model_copy(update={"max_steps": steps})
