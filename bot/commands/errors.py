"""How a command ends early: in a sentence or two, never with a traceback or an exception's own words."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from bot.texts.failures import sentence


class Interrupted(click.ClickException):
    """Ctrl-C: no error, but an end of its own. Its exit code is the one that shells know for it."""

    exit_code = 130

    def show(self, file: IO[Any] | None = None) -> None:
        """One line on stderr."""
        click.echo(f"Interrupted. {self.message}".rstrip(), file=file, err=True)
        # Python remembers an interrupt that fell into code run from a string (libraries make classes so) and `-m`
        # would end by the signal, whatever the exit code is; it forgets that when it runs other such code.
        exec("")  # noqa: S102


class Unexpected(click.ClickException):
    """A mistake of the program itself: its details go into a file, for whoever mends it."""

    def __init__(self, error: Exception) -> None:
        """Write the details down."""
        place = _write_details(error)
        where = f"The details are in {place}" if place else "The details could not be written to any file"
        super().__init__(
            f"This should not have happened: it is a mistake in vqabot. {where}. Please report it among the project's "
            "issues, with these details and what you did."
        )


def _write_details(error: Exception) -> Path | None:
    """The traceback in a new file that only its owner may read, without secrets; None where none can be written."""
    import platform
    import tempfile
    import traceback
    from importlib.metadata import version

    from bot.redact import Redactor

    lines = [
        f"vqabot {version('vqabot')}, Python {platform.python_version()}, {platform.platform()}",
        f"Command: {shlex.join(sys.argv)}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    try:
        number, name = tempfile.mkstemp(prefix="vqabot-error-", suffix=".log")
        with os.fdopen(number, "w", encoding="utf-8", errors="replace") as file:
            file.write(Redactor().clean("\n".join(lines)))
    except OSError:
        return None
    return Path(name)


class WrongSetting(click.ClickException):
    """Starting again would not help before something else is set."""

    exit_code = 2


def needs(extra: str, error: ModuleNotFoundError) -> click.ClickException:
    """What to install when a package of an optional part is missing.

    Libraries that load their parts late call every failure of it a missing module: what it was stands behind it.
    """
    chain: list[BaseException] = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None and before not in chain:
        chain.append(before)
    if any(isinstance(each, KeyboardInterrupt) for each in chain):
        return Interrupted("")
    name = next((each.name for each in chain if isinstance(each, ModuleNotFoundError) and each.name), None)
    if name is None:
        return Unexpected(error)
    return click.ClickException(
        f"This needs the package {name}, which is not installed: in the project's folder run pip install '.[{extra}]'"
    )


def check_place(file: Path) -> None:
    """See that a result has a folder to be written into, before the work that it takes.

    Raises:
        click.ClickException: There is none, or nothing may be written there.
    """
    folder = file.parent
    if not folder.is_dir():
        raise click.ClickException(f"{file} cannot be written: there is no folder {folder}.")
    if not os.access(folder, os.W_OK):
        raise click.ClickException(f"{file} cannot be written: nothing may be written into {folder}.")


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
        if not is_for_people(error):
            raise
        raise click.ClickException(sentence(error)) from error


def is_for_people(error: Exception) -> bool:
    """Whether an error's text is a sentence, or stands for one. The kinds are imported late: most commands end well."""
    from bot.settings import SettingsError
    from model.errors import FailureError
    from storage.errors import StorageError

    if isinstance(error, (FailureError, SettingsError, StorageError)):
        return True
    try:
        from training.config import ConfigError
        from training.errors import DataError
        from training.finetune.errors import TrainingError
        from training.trials import TrialError
    except ModuleNotFoundError:  # the bot's own host has no training extra, and then none of its errors
        return False
    return isinstance(error, (ConfigError, DataError, TrainingError, TrialError))
