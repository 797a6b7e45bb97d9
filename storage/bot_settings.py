"""What the admins set for all chats; it survives restarts."""

from __future__ import annotations

from dataclasses import fields

from storage.database import Database
from storage.read_through import ReadThrough
from storage.records import GlobalSettings

NAMES = frozenset(field.name for field in fields(GlobalSettings))


class BotSettings:
    """The admins' settings. Reading costs nothing after the first time; writing goes to the database first."""

    def __init__(self, database: Database) -> None:
        self._db, self._known = database, ReadThrough(self._read, 1)

    async def _read(self, _: None) -> GlobalSettings:
        rows = await self._db.fetch_all("SELECT name, value FROM bot_settings")
        return GlobalSettings(**{row["name"]: row["value"] for row in rows if row["name"] in NAMES})

    async def get(self) -> GlobalSettings:
        """The settings as they are now."""
        return await self._known.get(None)

    async def set(self, **changes: int | None) -> GlobalSettings:
        """Change settings by name; None goes back to the environment's value. Returns the new settings.

        Raises:
            ValueError: There is no setting of that name.
        """
        unknown = changes.keys() - NAMES
        if unknown:
            raise ValueError(f"there is no setting {', '.join(sorted(unknown))}")
        with self._known.writing():
            async with self._db.transaction() as tx:
                await tx.execute_many(
                    "INSERT INTO bot_settings (name, value) VALUES (?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    list(changes.items()),
                )
        return await self.get()
