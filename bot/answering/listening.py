"""Has sounds written down by the workers. A sound is in memory and on its way only: none is ever kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from model.errors import BrokerUnavailableError, SoundError
from model.serving.broker.protocol import LOST, Broker
from model.speech.transcriber import Heard
from model.types import Answer, Request

log = logging.getLogger(__name__)

PREFIX = "sound:"
"""Before the id of such a request; a question's is its number."""
TIMEOUT_SECONDS = 180.0
"""Seconds after which nobody listens: the chat waits for it with all that came since."""
PAUSE_SECONDS = 1.0
NOT_NOW = "speech_not_now"


class Listening:
    """Whoever wants to know what is said waits for it here."""

    def __init__(self, broker: Broker) -> None:
        """Ask the workers of `broker`; the dispatcher, which reads their answers, hands them to `take`."""
        self._broker = broker
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    async def hear(self, chat_id: int, message_id: int, sound: bytes) -> Heard:
        """What is said in the sound of a message; it may be asked again after a restart.

        Raises:
            SoundError: Nobody can tell.
        """
        request = Request(f"{PREFIX}{chat_id}:{message_id}", sound, "", origin=str(chat_id), listens=True)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while (answer := await self._ask(request)).error == LOST:
                    log.info("a sound got lost on its way and is sent again")
        except TimeoutError:
            await self._broker.cancel(request.id)
            raise SoundError(NOT_NOW) from None
        finally:
            self._waiting.pop(request.id, None)
            await self._broker.forget([request.picture_key])
        if answer.error is not None:
            raise SoundError(answer.error if answer.error.startswith(("sound_", "speech_")) else NOT_NOW)
        return Heard(answer.text, answer.confidence)

    def take(self, answer: Answer) -> bool:
        """Whether this is what became of a sound: then whoever waits for it has it."""
        if not answer.id.startswith(PREFIX):
            return False
        waiting = self._waiting.get(answer.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
        return True

    async def _ask(self, request: Request) -> Answer:
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = waiting
        while True:
            with contextlib.suppress(BrokerUnavailableError):
                await self._broker.submit(request)
                return await waiting
            await asyncio.sleep(PAUSE_SECONDS)
