"""How a worker takes questions from Redis, with their pictures."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterable
from dataclasses import replace

from cachetools import TTLCache

from model.serving import framing
from model.serving.broker.protocol import Broker
from model.serving.broker.redis import keys
from model.serving.broker.redis.connection import BLOCK_MS, PAUSE_SECONDS, TROUBLE, Client, bounded
from model.serving.broker.redis.pending import PendingEntries, PendingEntry
from model.types import Answer

log = logging.getLogger(__name__)

OWN_PICTURE_BYTES = 64 * 2**20
FAILED = "question_failed"

Fields = dict[bytes, bytes]


class Consumer:
    """Takes as many as can be answered soon, and hands them to what answers."""

    def __init__(self, client: Client, prefix: str, name: str, answering: Broker, pending: PendingEntries) -> None:
        """Take under a worker's name."""
        self._client, self._prefix, self._name, self._answering, self._pending = (
            client,
            prefix,
            name,
            answering,
            pending,
        )
        self.pictures: TTLCache[str, bytes] = TTLCache(OWN_PICTURE_BYTES, keys.PICTURE_SECONDS, getsizeof=len)
        """Own copies, so that a picture travels here once."""
        self.ended = False
        """Set to take no more."""

    async def run(self) -> None:
        """Take what there is room for, until `ended`."""
        while not self.ended:
            self._pending.changed.clear()
            if not await self._wants_more():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._pending.changed.wait()
                continue
            try:
                if not len(self._pending):
                    found = await self._read("alone", 1, None)
                    if found:
                        self._pending.alone_waiting = max(0, self._pending.alone_waiting - 1)
                        await self.accept("alone", found)
                        continue
                room = self._answering.capacity - len(self._pending)
                await self.accept("jobs", await self._read("jobs", room, BLOCK_MS))
            except TROUBLE as error:
                log.debug("nothing can be taken: %s", type(error).__name__)  # the beat says so, and makes groups anew
                await asyncio.sleep(PAUSE_SECONDS)

    async def _wants_more(self) -> bool:
        """A question whose worker died is alone here, and is let come when such ones wait."""
        if self._pending.has_lone or (self._pending.alone_waiting and len(self._pending)):
            return False
        if self._answering.capacity <= len(self._pending):
            return False
        return any(process.ready for process in await self._answering.workers())

    async def _read(self, stream: str, count: int, block: int | None) -> list[tuple[bytes, Fields]]:
        key = self._prefix + stream
        found = await bounded(self._client.xreadgroup(keys.GROUP, self._name, {key: ">"}, count=count, block=block))
        return [entry for _, entries in found for entry in entries]

    async def accept(self, stream: str, entries: Iterable[tuple[bytes, Fields]]) -> None:
        """Hand what was taken to what answers, with its pictures."""
        taken = [
            (PendingEntry(stream, entry.decode(), fields[b"job"].decode(), fields[b"asker"].decode(), ""), fields)
            for entry, fields in entries
        ]
        for held, _ in taken:  # in hand from here on, also while pictures are fetched
            self._pending.take(held)
        for held, fields in taken:
            try:
                header = json.loads(fields[b"header"])
                held.id = str(header["id"])
                names = {key: keys.picture_name(held.asker, key) for key in framing.picture_keys(header)}
                pictures = await self._fetch(names)
                if pictures is None:
                    self._pending.finish(held, "lost", "picture")
                    continue
                request = framing.request_of(header, pictures)
            except (ValueError, KeyError, TypeError):
                log.exception("a question cannot be read: is the bot of another release?")
                self._pending.finish(held, "answer", answer_text(Answer(held.id, "", 0.0, 0.0, FAILED)))
                continue
            await self._answering.submit(replace(request, id=held.name))

    async def _fetch(self, names: dict[str, str]) -> dict[str, bytes] | None:
        """Pictures by their keys, from memory or from Redis; None when one is gone."""
        pictures: dict[str, bytes] = {}
        for key, name in names.items():
            picture = self.pictures.get(name)
            while picture is None:
                try:
                    picture = await bounded(self._client.get(self._prefix + name))
                except TROUBLE:
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                if picture is None:
                    return None
            with contextlib.suppress(ValueError):  # larger than all that is kept
                self.pictures[name] = picture  # its time begins anew
            pictures[key] = picture
        return pictures


def answer_text(answer: Answer) -> str:
    """An answer as it travels."""
    return json.dumps(framing.answer_header(answer))
