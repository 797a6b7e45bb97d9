"""Makes a call to Telegram again after transient errors.

Loops that do something else by what they met (polling, delivery, an update's handling, a worker's restarts) double
their pause themselves: within tenacity their branches would be callbacks.
"""

from __future__ import annotations

import logging
import sqlite3

from telegram.error import BadRequest, NetworkError, RetryAfter
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    stop_never,
    wait_exponential,
)

from bot.transport.http import seconds_of

log = logging.getLogger(__name__)


def is_transient(error: BaseException | None) -> bool:
    """Whether trying again later may help: the network, a busy Telegram, a full disk."""
    if isinstance(error, BadRequest):
        return False
    return isinstance(error, (NetworkError, RetryAfter, sqlite3.OperationalError, OSError))


def retrying(
    doing: str, *, first: float = 1.0, longest: float, ends: float | None = None, tries: int | None = None
) -> AsyncRetrying:
    """What makes a call again: `await retrying("...", longest=60)(call)`.

    Args:
        doing: What the call does, for the log.
        first: Seconds before the second attempt; they double.
        longest: The most seconds before an attempt, unless Telegram asks for more.
        ends: Seconds after which the last error is raised; never by default.
        tries: Attempts after which it is raised; any number by default.

    Raises:
        Exception: What the call raised, where it is not transient.
    """

    longer = wait_exponential(first, longest)

    def wait(state: RetryCallState) -> float:
        error = _error(state)
        return seconds_of(error) if isinstance(error, RetryAfter) else longer(state)

    def note(state: RetryCallState) -> None:
        error = _error(state)
        log.warning("%s (%s: %s); trying again in %.0f s", doing, type(error).__name__, error, state.upcoming_sleep)

    return AsyncRetrying(
        retry=retry_if_exception(is_transient),
        wait=wait,
        stop=(stop_never if ends is None else stop_after_delay(ends))
        | (stop_never if tries is None else stop_after_attempt(tries)),
        before_sleep=note,
        reraise=True,
    )


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
