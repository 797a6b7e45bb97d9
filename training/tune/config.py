"""Every setting of `vqabot tune`, and the space that it searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from training.config import Config, ConfigError, meant
from training.finetune.config import TrainConfig

STUDY_SEARCH: dict[str, Any] = {
    "learning_rate": [1e-6, 1e-5, 1e-4],
    "batch_size": [4, 8],
    "epochs": [1, 3],
    "freeze_vision": [False, True],
}
"""What is searched unless CONFIG says otherwise: a grid around the study's own settings."""
_OURS = ("eval_questions", "evaluate_every", "reference", "early_stopping", "max_minutes")
"""Settings of a training that the search itself decides."""
_RANGE = ("low", "high", "log", "step")


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two others."""

    low: float
    high: float
    log: bool = False
    step: float | None = None


Choices = tuple[Any, ...]


class TuneConfig(Config):
    """How settings are searched."""

    data: Path = Field(description="What `vqabot data prepare` wrote, with a val split.")
    out: Path = Field(description="Folder for the study, the trials and the report.")
    train: dict[str, Any] = Field({}, description="Settings of `vqabot train` that all trials share.")
    search: dict[str, Any] = Field(
        STUDY_SEARCH, description="Settings that are searched: a list of values, or low and high, with log or step."
    )
    sampler: Literal["tpe", "grid", "random"] = Field("tpe", description="How the next settings are chosen.")
    pruner: Literal["wilcoxon", "hyperband", "none"] = Field(
        "wilcoxon",
        description="wilcoxon: judging a trial ends when blocks of questions show it to be worse; hyperband: training.",
    )
    trials: int = Field(24, ge=1, description="How many there are in the end.")
    processes: int = Field(1, ge=1, description="Trials side by side.")
    storage: str = Field("", description="URL of the study's database.  [default: sqlite:///OUT/study.sqlite3]")
    study: str = Field("vqabot", min_length=1, description="The study's name in its database.")
    final_share: float = Field(0.5, gt=0, lt=1, description="Share of val's pictures that no trial sees.")
    block: int = Field(50, ge=1, description="Questions a block.")
    most_blocks: int = Field(20, ge=1, description="Most blocks that a trial is judged by.")
    seed: int = Field(0, ge=0, description="Of the sampler, and of which pictures are kept for the end.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.search:
            raise ValueError("search names no setting; give at least one, such as learning_rate: [1e-5, 1e-4]")
        for name in (*self.train, *self.search):
            _check_name(name)
        for name in self.train.keys() & self.search.keys():
            raise ValueError(f"{name} stands in train and in search; it can be one thing only")
        space = self.space
        if self.sampler == "grid":
            for name, values in space.items():
                if isinstance(values, Range):
                    raise ValueError(f"search: {name} must be a list of values for a grid")
        self.settings({})
        return self

    @property
    def space(self) -> dict[str, Choices | Range]:
        """The search space, each value as a training takes it.

        Raises:
            ValueError: Something does not fit a setting.
        """
        return {name: _domain(name, values) for name, values in self.search.items()}

    def settings(self, chosen: dict[str, Any]) -> TrainConfig:
        """The settings of a trial."""
        return _validated({**self.train, **chosen})

    @property
    def models(self) -> Choices:
        """What trials start from."""
        return tuple(self.search.get("model", (self.settings({}).model,)))

    @property
    def url(self) -> str:
        """Of the study's database."""
        return self.storage or f"sqlite:///{self.out.absolute() / 'study.sqlite3'}"

    @property
    def points(self) -> int:
        """How many trials there will be: a grid ends when all its points were tried."""
        if self.sampler != "grid":
            return self.trials
        total = 1
        for values in self.space.values():
            total *= len(values) if isinstance(values, tuple) else 1
        return min(self.trials, total)


def _check_name(name: str) -> None:
    if name in _OURS:
        raise ValueError(f"{name} is decided by the search itself and cannot be set")
    if name not in TrainConfig.model_fields:
        raise ValueError(f"{name} is no setting of a training{meant(name, TrainConfig.model_fields)}")


def _domain(name: str, values: object) -> Choices | Range:
    if isinstance(values, list):
        if not values:
            raise ValueError(f"search: {name} has no values")
        return tuple(_value(name, value) for value in values)
    if isinstance(values, dict) and (unknown := [str(key) for key in values if key not in _RANGE]):
        raise ValueError(f"search: {name} knows {', '.join(_RANGE)}, not {unknown[0]}")
    if not isinstance(values, dict) or not {"low", "high"} <= values.keys():
        raise ValueError(f"search: {name} must be a list of values, or have low and high; it is {values}")
    low, high = (_value(name, values[end]) for end in ("low", "high"))
    if isinstance(low, bool) or not isinstance(low, int | float):
        raise ValueError(f"search: {name} is no number: give a list of values")
    log, step = bool(values.get("log", False)), values.get("step")
    if low > high or (log and low <= 0):
        raise ValueError(f"search: {name} must go from a low to a higher value, above 0 with log; it is {values}")
    if step is not None and (log or not isinstance(step, int | float) or step <= 0):
        raise ValueError(f"search: the step of {name} must be a number above 0, without log")
    return Range(low, high, log, step)


def _value(name: str, value: object) -> Any:  # noqa: ANN401 - of any setting
    """A value as a training takes it: YAML reads 1e-6 as text."""
    found = getattr(_validated({name: value}), name)
    return str(found) if isinstance(found, Path) else found


def _validated(values: dict[str, Any]) -> TrainConfig:
    try:
        return TrainConfig.resolve(None, values)
    except ConfigError as error:
        raise ValueError(str(error).removesuffix(".")) from error


def blocks(count: int, size: int, most: int) -> Sequence[range]:
    """The places of `count` questions, in blocks of `size`, at most so many; a last small one joins the one before."""
    whole = max(1, count // size)
    ends = [size * (number + 1) for number in range(whole)]
    ends[-1] = count
    return [range(begin, end) for begin, end in zip([0, *ends[:-1]], ends, strict=True)][:most]
