"""What a question costs of the database: nothing is read twice for one message."""

from __future__ import annotations

import re
from collections import Counter

from e2e_helpers import YOU, StartBot, picture, quiet, sure

from bot.sandbox.person import Person

OF_A_CHAT = re.compile(r"\bFROM (chats|access|photos|questions) WHERE chat_id\b")
"""Statements about one chat; others say how the queue stands, and may be made whenever it changes."""


async def test_a_follow_up_reads_nothing_twice_and_of_its_chat_only_what_it_is_about(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What is it?")
    await you.wait_for(sure)
    await quiet(bot, questions=1)
    assert bot.services is not None
    made: Counter[str] = Counter()
    for connection in bot.services.store.db.connections:
        await connection.set_trace_callback(lambda sql: made.update([re.sub(r"\s+", " ", sql)]))
    await you.say("What color is it?")
    await you.wait_for(lambda m: sure(m) and m["reply_to_message"]["text"] == "What color is it?")
    read = {sql: times for sql, times in made.items() if sql.startswith("SELECT") and OF_A_CHAT.search(sql)}
    assert len(read) >= 3 and set(read.values()) == {1}, read
    assert not any(f"FROM {table} WHERE chat_id = {YOU}" in sql for sql in read for table in ("chats", "access"))
