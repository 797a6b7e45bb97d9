"""Command-line options made from a typed config, so that a setting is written in one place.

pydantic-settings' CLI source is built on argparse and reads the whole command line: beside click it would be a second
parser with help and errors of its own; its YAML source replaces the lines that open a file, not those that say what is
wrong in it.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin

import click

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from training.config import Config

_Settings = TypeVar("_Settings", bound="Config")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def config_options(config: type[Config]) -> Callable[[_Command], _Command]:
    """Give a command one option for each field of a config, and `--config FILE` for a YAML file of them.

    The command takes them as keyword arguments, None where nothing was given, and hands them to `resolve`.
    """

    def decorate(command: _Command) -> _Command:
        for name, field in reversed(config.model_fields.items()):
            command = _option(name, field)(command)
        file = click.Path(dir_okay=False, path_type=Path)
        return click.option("--config", "config_file", type=file, help="YAML file of settings; flags overrule it.")(
            command
        )

    return decorate


def resolve(config: type[_Settings], config_file: Path | None, given: dict[str, Any]) -> _Settings:
    """The settings of a call.

    Raises:
        click.ClickException: With a sentence that names the wrong setting.
    """
    from training.config import ConfigError

    try:
        return config.resolve(config_file, given)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _option(name: str, field: FieldInfo) -> Callable[[_Command], _Command]:
    kind = _plain(field.annotation)
    flag = f"--{name.replace('_', '-')}"
    default = field.get_default(call_default_factory=True)
    shown = "" if default is None or (kind is bool and not default) else f"  [default: {_text(default)}]"
    text = f"{field.description or ''}{shown}".strip()
    if kind is bool:
        return click.option(f"{flag}/--no-{flag.removeprefix('--')}", name, default=None, help=text)
    return click.option(flag, name, type=_click_type(kind), default=None, help=text)


def _plain(annotation: object) -> object:
    """The type without `None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return kinds[0] if len(kinds) == 1 else str
    return annotation


def _click_type(kind: object) -> click.ParamType[Any] | type:
    if get_origin(kind) is Literal:
        return click.Choice([str(value) for value in get_args(kind)])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return click.Choice([str(member.value) for member in kind])
    if kind is Path:
        return click.Path(path_type=Path)
    return kind if isinstance(kind, type) and kind in (int, float, str) else str


def _text(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)
