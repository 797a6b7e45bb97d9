"""Keeps the bot below Telegram's rates, chat by chat: nobody waits because another chat is busy or was told to wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from telegram.constants import FloodLimit
from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot import metrics
from bot.transport.http import seconds_of

log = logging.getLogger(__name__)

Result = Any
"""What a call returns: a message, several, or something else."""
Sent = Callable[[int, Sequence[int]], Awaitable[None]]
"""Hears of a chat and the numbers of the messages that the bot just sent to it."""


class CallLimits(NamedTuple):
    """As `rate_limit_args`: what a call does not say of itself."""

    chat_id: int | None = None
    """The chat that it is for, where the call names none (`get_file`)."""
    counted: bool = True
    """False: it most likely changes nothing (it looks for a message)."""
    remembered: bool = True
    """False: who calls remembers by itself which messages it made."""


class Rate(NamedTuple):
    """At most so many messages in any so many seconds."""

    messages: int
    seconds: float


OVERALL = Rate(FloodLimit.MESSAGES_PER_SECOND, 1.0)
ONE_CHAT = Rate(5 * FloodLimit.MESSAGES_PER_SECOND_PER_CHAT, 5.0)
"""One a second, with room for the short burst of a progress message and its answer."""
ONE_GROUP = Rate(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP, 60.0)
MARGIN = 0.2
"""Seconds that are added to each rate's, since two calls need not take equally long to Telegram."""
MAX_RETRIES = 3
LONGEST_WAIT = 60.0
"""Seconds that a call waits for the end of a 429; a longer one is handed on to who called."""
MANY, MANY_SECONDS, MANY_PAUSE = 10, 1.0, 1.0
"""So many chats told to wait within so many seconds mean that the bot as a whole is too fast: it pauses so long."""
IDLE_SWEEP = 256
_KINDS = ("send", "edit", "copy", "forward")
_NOT_COUNTED = frozenset({"sendChatAction"})


@dataclass(slots=True)
class _Window:
    """The moments at which messages went out, as long as a rate counts them."""

    rate: Rate
    sent: deque[float] = field(default_factory=deque)

    def opens(self, now: float, messages: int) -> float:
        """When so many messages may go out; a time that is past when they may now."""
        while self.sent and self.sent[0] + self.rate.seconds + MARGIN <= now:
            self.sent.popleft()
        over = len(self.sent) + messages - self.rate.messages
        return self.sent[min(over, len(self.sent)) - 1] + self.rate.seconds + MARGIN if over > 0 and self.sent else now


@dataclass(slots=True)
class _Chat:
    windows: tuple[_Window, ...]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    halted_until: float = 0.0  # of the event loop's clock
    users: int = 0  # calls that wait or are on their way

    def opens(self, now: float, messages: int) -> float:
        return max([self.halted_until, *(window.opens(now, messages) for window in self.windows)])


class ChatRateLimiter(BaseRateLimiter[CallLimits]):
    """Telegram's limits for each chat by itself, and one for all in which chats take turns.

    A 429 halts its chat only, as long as Telegram says. Its call is made again up to `MAX_RETRIES` times, unless the
    wait is longer than `LONGEST_WAIT`: then `RetryAfter` is raised, so that who called holds nothing meanwhile. Calls
    to a chat that is halted for longer fail in the same way without being made. A 429 to a call that is for no chat
    halts that call only.

    Messages and edits are counted; typing, answers to buttons and all that only asks or deletes are not.
    What a call does not say of itself, a `CallLimits` given as its `rate_limit_args` does.
    """

    def __init__(self, *, limited: bool = True, sent: Sent | None = None) -> None:
        """Keep the rates if `limited`; 429s are obeyed in any case.

        Args:
            limited: Whether Telegram's rates bind; a sandbox of one's own has none.
            sent: Called after each call that made messages. What it raises is logged: the messages stand all the same.
        """
        self.sent = sent
        self._limited = limited
        self._chats: dict[int | str, _Chat] = {}
        self._sweep_at = IDLE_SWEEP
        self._overall = _Window(OVERALL)
        self._gate = asyncio.Lock()
        self._halted_until = 0.0
        self._refused: deque[tuple[float, int | str]] = deque()

    async def initialize(self) -> None:
        """Nothing has to be prepared."""

    async def shutdown(self) -> None:
        """Nothing has to be closed."""

    def delay(self, chat_id: int | str, messages: int = 1) -> float:
        """Seconds until so many messages to a chat could go out; 0 when they could now."""
        now, chat = _now(), self._chats.get(chat_id)
        halted = max(0.0, self._halted_until - now)
        return halted if chat is None else max(halted, chat.opens(now, messages) - now, 0.0)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,  # noqa: ANN401 - as the class above has it
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: CallLimits | None,
    ) -> Result:
        """Make a call when its turn has come, and again when Telegram asks for a pause.

        Raises:
            RetryAfter: The pause is too long, or was asked for too often.
        """
        call = rate_limit_args or CallLimits()
        key = _chat_of(data, call.chat_id)
        counted = self._limited and key is not None and call.counted
        messages = _messages(endpoint, data) if counted else 0
        for left in range(MAX_RETRIES, -1, -1):
            with self._using(key) as chat:
                await self._turn(chat, messages)
                metrics.telegram_calls.labels(endpoint).inc()
                try:
                    result = await callback(*args, **kwargs)
                except RetryAfter as error:
                    metrics.of_error(error)
                    seconds = seconds_of(error)
                    log.info("Telegram wants a pause of %.0f s after a %s", seconds, endpoint)
                    if chat is not None and key is not None:
                        self._halt(chat, key, seconds)
                    if not left or seconds > LONGEST_WAIT:
                        raise
                    if chat is None:
                        await asyncio.sleep(seconds)
                    continue
                except TelegramError as error:
                    metrics.of_error(error)
                    raise
            if call.remembered:
                await self._tell(endpoint, data, result)
            return result
        raise AssertionError("the last try returns or raises")

    @contextlib.contextmanager
    def _using(self, key: int | str | None) -> Iterator[_Chat | None]:
        """The chat of a call. It is not forgotten meanwhile."""
        if key is None:
            yield None
            return
        chat = self._chats.get(key)
        if chat is None:
            if len(self._chats) >= self._sweep_at:
                self._forget_idle()
            rates = (ONE_CHAT, ONE_GROUP) if isinstance(key, str) or key < 0 else (ONE_CHAT,)
            chat = self._chats[key] = _Chat(tuple(_Window(rate) for rate in rates))
        chat.users += 1
        try:
            yield chat
        finally:
            chat.users -= 1

    def _forget_idle(self) -> None:
        now = _now()
        for key, chat in list(self._chats.items()):
            chat.opens(now, 1)
            if not chat.users and chat.halted_until <= now and not any(window.sent for window in chat.windows):
                del self._chats[key]
        self._sweep_at = max(IDLE_SWEEP, 2 * len(self._chats))

    async def _turn(self, chat: _Chat | None, messages: int) -> None:
        """Wait until a call may be made: first in its chat, then among the chats that are ready, each with one call."""
        if chat is None or not messages:
            await self._halts_over(chat)
            return
        async with chat.lock:
            while True:
                await self._halts_over(chat)
                if (wait := chat.opens(now := _now(), messages) - now) > 0:
                    await asyncio.sleep(min(wait, LONGEST_WAIT))
                    continue
                async with self._gate:  # who comes first goes first, and no chat stands here twice
                    now = await self._overall_room(messages)
                    if chat.opens(now, messages) > now:  # halted meanwhile
                        continue
                    for window in (self._overall, *chat.windows):
                        window.sent.extend([now] * messages)
                    return

    async def _overall_room(self, messages: int) -> float:
        """Wait until Telegram takes more of the bot as a whole; returns the time when it does."""
        while True:
            now = _now()
            opens = max(self._halted_until, self._overall.opens(now, messages))
            if opens <= now:
                return now
            await asyncio.sleep(opens - now)

    async def _halts_over(self, chat: _Chat | None) -> None:
        """Wait until neither the bot nor the chat is halted.

        Raises:
            RetryAfter: That takes too long.
        """
        while True:
            wait = max(self._halted_until, chat.halted_until if chat else 0.0) - _now()
            if wait <= 0:
                return
            if wait > LONGEST_WAIT:
                raise RetryAfter(round(wait))
            await asyncio.sleep(wait)

    def _halt(self, chat: _Chat, key: int | str, seconds: float) -> None:
        now = _now()
        chat.halted_until = max(chat.halted_until, now + seconds)
        while self._refused and self._refused[0][0] < now - MANY_SECONDS:
            self._refused.popleft()
        self._refused.append((now, key))
        if len({refused for _, refused in self._refused}) >= MANY:
            log.warning("many chats are told to wait: nothing is sent for %.0f s", MANY_PAUSE)
            self._halted_until = max(self._halted_until, now + MANY_PAUSE)
            self._refused.clear()

    async def _tell(self, endpoint: str, data: dict[str, Any], result: Result) -> None:
        if self.sent is None or not endpoint.startswith(("send", "copy", "forward")):
            return
        made = result if isinstance(result, list) else [result]
        numbers = [one["message_id"] for one in made if isinstance(one, dict) and one.get("message_id")]
        chat_id = _chat_of(data, None)
        with contextlib.suppress(KeyError, TypeError):
            chat_id = made[0]["chat"]["id"]
        if not numbers or not isinstance(chat_id, int):
            return
        try:
            await self.sent(chat_id, numbers)
        except Exception:
            log.exception("what was sent to a chat cannot be remembered")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _chat_of(data: dict[str, Any], named: int | None) -> int | str | None:
    """The chat that a call is for: its number, or @name."""
    chat_id = data.get("chat_id", named)
    try:
        return None if chat_id is None else int(chat_id)
    except (TypeError, ValueError):
        return str(chat_id)


def _messages(endpoint: str, data: dict[str, Any]) -> int:
    """How many messages a call counts for."""
    if endpoint in _NOT_COUNTED or not endpoint.startswith(_KINDS):
        return 0
    several = data.get("media") if endpoint == "sendMediaGroup" else data.get("message_ids")
    return max(1, len(several)) if isinstance(several, (list, tuple)) else 1
