"""Chats: their settings, and their right to be forgotten."""

from __future__ import annotations

import asyncio
import time
from dataclasses import fields
from typing import Any, NamedTuple

from storage.access import Access
from storage.chat_rows import delete_from_copies, delete_rows, migrate_rows, rows_of
from storage.database import Database
from storage.photos import Photos
from storage.read_through import ReadThrough
from storage.records import ChatSettings, DeletedCounts, Kept

MOST_KNOWN = 10_000
SETTINGS = tuple(field.name for field in fields(ChatSettings))
_SETTINGS = ", ".join(SETTINGS)


class _Chat(NamedTuple):
    """What is kept of a chat."""

    type: str = ""
    title: str | None = None
    language: str | None = None
    language_chosen: bool = False
    settings: ChatSettings = ChatSettings()


_UNKNOWN = _Chat()


class Chats:
    """What is known of each chat."""

    def __init__(self, database: Database, photos: Photos, access: Access) -> None:
        self._db, self._photos, self._access = database, photos, access
        self._known = ReadThrough(self._read, MOST_KNOWN)

    async def _read(self, chat_id: int) -> _Chat:
        row = await self._db.fetch_one(
            f"SELECT type, title, language, language_chosen, {_SETTINGS} FROM chats WHERE chat_id = ?",  # noqa: S608 - names
            (chat_id,),
        )
        if row is None:
            return _UNKNOWN
        settings = ChatSettings(**{name: row[name] for name in SETTINGS})
        return _Chat(row["type"], row["title"], row["language"], bool(row["language_chosen"]), settings)

    async def touch(self, chat_id: int, type_: str, title: str = "", language: str | None = None) -> None:
        """Know a chat: its type, its title and, where it chose none, its language (BCP 47) are kept up to date."""
        known = await self._known.get(chat_id)
        if known[:3] == (type_, title, _language(known, language)):
            return
        with self._known.writing(chat_id):
            await self._db.execute(
                "INSERT INTO chats (chat_id, type, title, language, created_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (chat_id) DO UPDATE SET type = excluded.type, title = excluded.title,"
                " language = iif(language_chosen, language, coalesce(excluded.language, language))",
                (chat_id, type_, title, language, time.time()),
            )

    async def language(self, chat_id: int, told: str | None = None) -> str | None:
        """The language (BCP 47) that a chat is spoken to in; None where nothing is known of it.

        Args:
            chat_id: The chat.
            told: What Telegram says of its person now: that counts where the chat chose none.
        """
        return _language(await self._known.get(chat_id), told)

    async def set_language(self, chat_id: int, language: str) -> None:
        """The chat chose a language (BCP 47)."""
        with self._known.writing(chat_id):
            await self._db.execute(
                "INSERT INTO chats (chat_id, type, language, language_chosen, created_at) VALUES (?, '', ?, 1, ?)"
                " ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language, language_chosen = 1",
                (chat_id, language, time.time()),
            )

    async def settings(self, chat_id: int) -> ChatSettings:
        """What the chat chose."""
        return (await self._known.get(chat_id)).settings

    async def set_settings(self, chat_id: int, **changes: int | str | None) -> ChatSettings:
        """Change settings by the names of `ChatSettings`; None follows the default again. Returns the new settings.

        Raises:
            ValueError: There is no setting of that name.
        """
        if unknown := changes.keys() - set(SETTINGS):
            raise ValueError(f"there is no setting {', '.join(sorted(unknown))}")
        names = ", ".join(changes)
        updates = ", ".join(f"{name} = excluded.{name}" for name in changes)
        with self._known.writing(chat_id):
            await self._db.execute(
                f"INSERT INTO chats (chat_id, type, created_at, {names})"  # noqa: S608 - names of a dataclass
                f" VALUES (?, '', ?, {', '.join('?' * len(changes))}) ON CONFLICT (chat_id) DO UPDATE SET {updates}",
                (chat_id, time.time(), *changes.values()),
            )
        return await self.settings(chat_id)

    async def reset_settings(self, chat_id: int) -> None:
        """Follow the defaults again."""
        await self.set_settings(chat_id, **dict.fromkeys(SETTINGS))

    async def migrate(self, old: int, new: int) -> None:
        """A group became a supergroup: everything moves to its new number. Doing it twice changes nothing.

        Messages count from 1 there, so that the old numbers mean other messages: rows keep them as negative numbers,
        which are no message's, and whatever else points to a message is forgotten.
        """
        with self._known.writing(old, new), self._access.writing(old, new):
            async with self._db.transaction() as tx:
                await migrate_rows(tx, old, new)

    async def everything(self, chat_id: int) -> dict[str, list[dict[str, Any]]]:
        """All that is kept of a chat but its questions and pictures: rows by the names of their tables."""
        return await rows_of(self._db, chat_id)

    async def amount(self, chat_id: int) -> Kept:
        """How much is kept of a chat."""
        row = await self._db.fetch_one(
            "SELECT (SELECT count(*) FROM questions WHERE chat_id = :chat AND explains IS NULL) AS questions,"
            " (SELECT count(*) FROM photos WHERE chat_id = :chat) AS photos,"
            " EXISTS (SELECT 1 FROM chats WHERE chat_id = :chat) AS known",
            {"chat": chat_id},
        )
        assert row is not None
        return Kept(row["questions"], row["photos"], bool(row["known"]))

    async def progress(self, chat_id: int) -> list[int]:
        """The bot's messages that show the progress of questions without an outcome in the chat."""
        rows = await self._db.fetch_all(
            "SELECT DISTINCT placeholder_id AS number FROM questions WHERE chat_id = :chat"
            " AND placeholder_id IS NOT NULL"
            " AND message_id IN (SELECT message_id FROM questions WHERE chat_id = :chat AND delivered = 0)",
            {"chat": chat_id},
        )
        return [row["number"] for row in rows]

    async def delete_everything(self, chat_id: int) -> DeletedCounts:
        """Forget a chat: its questions, pictures and settings, and the files that no other chat shows."""
        with self._known.writing(chat_id):
            async with self._db.transaction() as tx:
                rows = await tx.fetch_all(
                    "SELECT sha256 FROM photos WHERE chat_id = :chat"
                    " UNION SELECT sha256 FROM asked_pictures WHERE chat_id = :chat",
                    {"chat": chat_id},
                )
                asked = await tx.fetch_all(
                    "SELECT count(*) AS number FROM questions WHERE chat_id = ? AND explains IS NULL", (chat_id,)
                )
                deleted = await delete_rows(tx, chat_id)
        await self._photos.remove_unowned(row["sha256"] for row in rows)
        self._photos.quota.measure_again()
        await self._db.checkpoint()
        await asyncio.to_thread(delete_from_copies, self._db.path, chat_id)
        return DeletedCounts(asked[0]["number"], deleted["photos"], bool(deleted["chats"]))


def _language(known: _Chat, told: str | None) -> str | None:
    """What a chat chose; else what Telegram says of its person now, or said last."""
    return known.language if known.language_chosen else told or known.language
