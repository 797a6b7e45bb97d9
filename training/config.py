"""One typed config a command: written once as a pydantic model, read from YAML and flags, saved beside every result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from bot.texts.failures import wording
from model.atomic import write_text

FILE_NAME = "config.yaml"


class ConfigError(Exception):
    """The settings cannot be used; the text is a sentence that names the setting."""


class Config(BaseModel):
    """The settings of one command. A subclass gives each field a default, limits and a description."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @classmethod
    def resolve(cls, file: Path | None, given: Mapping[str, Any]) -> Self:
        """Settings from a YAML file, overruled by those given by hand.

        Args:
            file: A YAML mapping of settings, or None.
            given: What was given by hand, by field name; None means not given.

        Raises:
            ConfigError: The file cannot be read, a key is unknown, or a value does not fit.
        """
        values: dict[str, Any] = {} if file is None else _read(file)
        values.update({name: value for name, value in given.items() if value is not None})
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ConfigError(_sentence(error, file, cls.model_fields)) from error

    def save(self, folder: Path) -> None:
        """Write the resolved settings to `folder`/config.yaml, readable by `resolve`."""
        self.write(folder / FILE_NAME)

    def write(self, file: Path) -> None:
        """Write the resolved settings to a file, readable by `resolve`, whole or not at all."""
        text = yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
        write_text(file, text)


def _read(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise ConfigError(f"{file}{line} is not valid YAML.") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{file} must be a YAML mapping of settings, such as `learning_rate: 1e-5`.")
    # YAML 1.1 reads 1e-6 as text; pydantic makes a number of it.
    return {str(name).replace("-", "_"): value for name, value in values.items()}


def _sentence(error: ValidationError, file: Path | None, fields: Mapping[str, FieldInfo]) -> str:
    parts = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]) or "the settings"
        if problem["type"] == "extra_forbidden":
            parts.append(f"{name} is no setting{meant(name, fields)}")
        elif problem["type"] == "missing":
            parts.append(f"{name} is missing")
        elif problem["loc"]:
            field = fields.get(name)
            words = wording(problem)
            if problem["type"] == "string_pattern_mismatch" and field is not None and field.examples:
                words = f"must be like {', '.join(map(str, field.examples))}"
            parts.append(f"{name} {words}; it is {problem['input']}")
        else:
            parts.append(wording(problem))
    start = f"{file}: " if file else ""
    text = "; ".join(parts)
    return f"{start}{text}{'' if text.endswith('?') else '.'}"


def meant(name: str, known: Iterable[str]) -> str:
    """What follows the name of a setting that there is not: the one that was meant, or all that there are."""
    close = get_close_matches(name, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(sorted(known))}"
