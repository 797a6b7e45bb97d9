"""A bot's writes without a bot, for being killed: prints what it knows to be committed."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from storage.records import NewQuestion
from storage.store import Store


async def chat(store: Store, chat_id: int) -> None:
    for message in count(1):
        photo = await store.photos.save(chat_id, message, f"{chat_id} {message}".encode() * 500, media_type="image/png")
        question, _ = await store.questions.ask(
            NewQuestion(
                chat_id=chat_id, message_id=message, photo_sha256=photo.sha256, text="?", beams=1, max_new_tokens=5
            )
        )
        print("asked", question.id, flush=True)
        await store.questions.mark_running([question.id])
        await store.questions.answer_many([(question.id, "red", 0.5, 0.1)])
        print("answered", question.id, flush=True)
        await store.questions.mark_delivered(question.id)
        print("delivered", question.id, flush=True)


async def main(folder: Path) -> None:
    async with await Store.open(folder) as store:
        print("open", 0, flush=True)
        await asyncio.gather(*(chat(store, number) for number in range(8)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
