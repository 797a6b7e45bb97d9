"""Trials: trainings that are tried beside others. Each runs in a process of its own, and none ends the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Literal, ParamSpec, TypeVar

from bot.texts.failures import sentence
from model.errors import ModelError
from training.config import ConfigError
from training.data.vqa import DataError
from training.finetune.errors import DivergedError, MemoryShortError, TrainingError

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

Status = Literal["done", "diverged", "out of memory", "failed"]


class TrialError(Exception):
    """A trial came to nothing; the text is a sentence."""

    def __init__(self, status: Status, text: str) -> None:
        """How it ended, and why."""
        super().__init__(text)
        self.status = status


def in_child_process(work: Callable[_Given, _Result], *args: _Given.args, **settings: _Given.kwargs) -> _Result:
    """Do something in a fresh process: what it takes of memory is its own, and what kills it kills nothing else.

    Raises:
        TrialError: It failed, in a way that a person can do something about, or was killed.
    """
    with as_trial_errors(), ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *args, **settings).result()


@contextmanager
def as_trial_errors() -> Iterator[None]:
    """Tell how a trial ended that ends within.

    Raises:
        TrialError: Instead of what a person can do something about.
    """
    try:
        yield
    except BrokenProcessPool as error:
        raise TrialError("out of memory", "Its process was killed, most likely for want of memory.") from error
    except MemoryShortError as error:
        raise TrialError("out of memory", str(error)) from error
    except DivergedError as error:
        raise TrialError("diverged", str(error)) from error
    except (TrainingError, ModelError, DataError, ConfigError) as error:
        raise TrialError("failed", sentence(error)) from error
