"""How a command ends early: with one sentence, never with a traceback or an exception's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click


class Interrupted(click.ClickException):
    """Ctrl-C: no error, but an end of its own. Its exit code is the one that shells know for it."""

    exit_code = 130

    def show(self, file: IO[Any] | None = None) -> None:
        """One line on stderr."""
        click.echo(f"Interrupted. {self.message}".rstrip(), file=file, err=True)


def needs(extra: str, error: ModuleNotFoundError) -> click.ClickException:
    """What to install when a package of an optional part is missing."""
    return click.ClickException(
        f"This needs the package {error.name}, which is not installed: in the project's folder run "
        f"pip install '.[{extra}]'"
    )


@contextmanager
def in_words(*, interrupted: str = "", place: Path | None = None) -> Iterator[None]:
    """End a command in words, whatever it meets.

    Args:
        interrupted: What is there after Ctrl-C, a sentence.
        place: What the command writes, for errors that do not name their file.

    Raises:
        click.ClickException: With the sentence of an error that was made for people.
        Interrupted: On Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(interrupted) from None
    except OSError as error:
        name = error.filename or place
        where = f"{name} cannot be used" if name else "A file cannot be used"
        raise click.ClickException(f"{where}: {error.strerror or 'the system refuses it'}.") from error
    except Exception as error:
        if not isinstance(error, _for_people()):
            raise
        raise click.ClickException(str(error)) from error


def _for_people() -> tuple[type[Exception], ...]:
    """Errors whose text is a sentence; imported late, since most commands end well."""
    from model.errors import ModelError, PictureError

    kinds: list[type[Exception]] = [ModelError, PictureError]
    try:
        from training.config import ConfigError
        from training.finetune.errors import TrainingError
        from training.vqa import DataError
    except ModuleNotFoundError:  # the bot's own host has no training extra, and then none of its errors
        return tuple(kinds)
    return (*kinds, ConfigError, TrainingError, DataError)
