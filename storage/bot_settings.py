"""What the admins set for all chats; it survives restarts."""

from __future__ import annotations

from dataclasses import fields

from storage.database import Database
from storage.records import GlobalSettings

NAMES = frozenset(field.name for field in fields(GlobalSettings))


class BotSettings:
    """The admins' settings. Reading costs nothing after the first time; writing goes to the database first."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._known: GlobalSettings | None = None

    async def get(self) -> GlobalSettings:
        """The settings as they are now."""
        if self._known is None:
            rows = await self._db.fetch_all("SELECT name, value FROM bot_settings")
            self._known = GlobalSettings(**{row["name"]: row["value"] for row in rows if row["name"] in NAMES})
        return self._known

    async def set(self, **changes: int | None) -> GlobalSettings:
        """Change settings by name; None goes back to the environment's value. Returns the new settings.

        Raises:
            ValueError: There is no setting of that name.
        """
        unknown = changes.keys() - NAMES
        if unknown:
            raise ValueError(f"there is no setting {', '.join(sorted(unknown))}")
        async with self._db.transaction() as tx:
            await tx.execute_many(
                "INSERT INTO bot_settings (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                list(changes.items()),
            )
        self._known = None
        return await self.get()
