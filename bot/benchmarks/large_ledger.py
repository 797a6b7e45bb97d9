"""A ledger as a busy bot has it, made in seconds: rows straight from SQL, as the bot itself would have entered them."""

from __future__ import annotations

import time

from storage.store import Store

EACH = 50_000
"""Rows in one transaction."""
QUESTIONS_EACH = 5
"""Questions of a chat."""
WAITING = 100
"""Questions, the newest, that wait."""
DAY = 86_400.0

# Question n is of chat n % :chats + 1, in the order of time; each third shows a picture, each tenth is judged.
_NUMBERS = "WITH RECURSIVE number(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :end)"
_MOMENT = ":now - :span * (:rows - n) / :rows"
_CONTENT = "printf('%064x', n / 3)"
_STATEMENTS = (
    f"""{_NUMBERS} INSERT INTO questions (id, chat_id, message_id, user_id, user_name, photo_sha256, photo_message_id,
        text, beams, max_new_tokens, state, placeholder_id, answer, confidence, seconds, evidence, attempts, delivered,
        created_at, updated_at)
    SELECT n + 1, n % :chats + 1, 4 * n + 2, n % :chats + 1, 'Person ' || (n % :chats), {_CONTENT}, 4 * (n / 3) + 1,
        'What colour is thing number ' || (n % 1000) || '?', 3, 20,
        CASE WHEN n >= :rows - :waiting THEN 'queued' WHEN n % 50 = 0 THEN 'failed' ELSE 'delivered' END, 4 * n + 3,
        CASE WHEN n < :rows - :waiting AND n % 50 THEN 'red' END,
        CASE WHEN n < :rows - :waiting AND n % 50 THEN 0.9 END, CASE WHEN n < :rows - :waiting THEN 0.2 END,
        CASE WHEN n < :rows - :waiting THEN '{{"known_picture": true}}' ELSE '{{}}' END, 1, n < :rows - :waiting,
        {_MOMENT}, {_MOMENT} FROM number""",  # noqa: S608 - constants
    f"""{_NUMBERS} INSERT INTO photos (chat_id, message_id, sha256, media_type, size, created_at, talked_at, talked_by)
    SELECT n % :chats + 1, 4 * n + 1, {_CONTENT}, 'image/jpeg', 150000, {_MOMENT}, {_MOMENT}, n % :chats + 1
    FROM number WHERE n % 3 = 0""",  # noqa: S608 - constants
    f"""{_NUMBERS} INSERT INTO feedback (question_id, user_id, chat_id, is_right, given_at)
    SELECT n + 1, n % :chats + 1, n % :chats + 1, (n / 10) % 4 > 0, {_MOMENT} FROM number WHERE n % 10 = 1""",  # noqa: S608 - constants
    f"""{_NUMBERS} INSERT INTO updates (update_id, raw, state, arrived_at)
    SELECT n + 1, NULL, 'done', {_MOMENT} FROM number WHERE {_MOMENT} > :now - 3 * {DAY}""",  # noqa: S608 - constants
    f"""{_NUMBERS} INSERT OR IGNORE INTO chats (chat_id, type, title, created_at)
    SELECT n % :chats + 1, 'private', 'Person ' || (n % :chats), {_MOMENT} FROM number""",  # noqa: S608 - constants
)


async def fill(store: Store, rows: int, days: float) -> None:
    """Enter `rows` questions of the last `days`, of a chat for every five, with what belongs to them but the files."""
    values = {
        "rows": rows,
        "chats": max(1, rows // QUESTIONS_EACH),
        "waiting": min(WAITING, rows),
        "now": time.time(),
        "span": days * DAY,
    }
    for first in range(0, rows, EACH):
        async with store.db.transaction() as tx:
            for statement in _STATEMENTS:
                await tx.execute(statement, {**values, "first": first, "end": min(first + EACH, rows)})
    await store.db.checkpoint()
