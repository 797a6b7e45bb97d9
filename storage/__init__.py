"""The one truth: SQLite through aiosqlite, and the pictures beside it."""
