"""A simulated year of questions under retention and a budget for pictures: what its last day costs beside its first."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.benchmarks.simulated_use import DAY, SimulatedUse
from storage.data_folder import DATABASE, PHOTOS
from storage.quota import Budget
from storage.records import NewQuestion
from storage.store import Store

VISITOR = 10**6
"""A chat that asks the same on the first and on the last day."""
VISITOR_QUESTIONS = 100
TIDY_DAYS = 7
"""A bot tidies every quarter of an hour; here it does so once a simulated week, and on the last day."""
_RUNS = 5


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What is kept after so many days, and what it costs."""

    questions: int
    pictures: int
    picture_bytes: int
    database_bytes: int
    milliseconds: dict[str, float]
    """Median of each kind of work, by the clock."""
    cpu_milliseconds: dict[str, float]
    """The same of this process's CPU time: what it costs, however busy the machine is."""


async def simulate(
    folder: Path,
    *,
    days: int,
    questions_a_day: int,
    keep_days: int,
    budget_bytes: int,
    picture_bytes: int,
    progress: Callable[[int], object] = lambda days: None,
) -> tuple[YearFigures, YearFigures]:
    """Live through the days; returns what the first and the last of them found.

    Args:
        folder: An empty one.
        days: How many; the last one is today.
        questions_a_day: Of all chats.
        keep_days: After which questions and pictures go; 0: never.
        budget_bytes: For the pictures of all chats.
        picture_bytes: Of each picture.
        progress: Hears of each day that has passed.
    """
    budget, now = Budget(total=budget_bytes, per_chat=budget_bytes), time.time()
    async with await Store.open(folder, budget) as store:
        use = SimulatedUse(store, picture_bytes=picture_bytes)
        await use.day(now - days * DAY, questions_a_day)
        await use.day(now - days * DAY, VISITOR_QUESTIONS, VISITOR)
    first = await measure(folder, budget, VISITOR)
    async with await Store.open(folder, budget) as store:
        use.store = store
        for day in range(1, days):
            today = now - (days - day) * DAY
            await use.day(today, questions_a_day)
            if day % TIDY_DAYS == 0 or day == days - 1:
                await store.retention.expire(keep_days, today + DAY)
                await store.photos.quota.make_room(VISITOR, 0)
            progress(1)
        await use.day(now - DAY, VISITOR_QUESTIONS, VISITOR + 1)
        await store.photos.quota.make_room(VISITOR + 1, 0)
    return first, await measure(folder, budget, VISITOR + 1)


async def measure(folder: Path, budget: Budget, chat_id: int) -> YearFigures:
    """What a start, and the work for one chat, cost on this data folder."""

    async def start() -> None:
        async with await Store.open(folder, budget):
            pass

    taken = {"start": await _median(start, 3)}
    async with await Store.open(folder, budget) as store:
        await store.db.check()
        number = 0

        async def ask() -> None:
            nonlocal number
            number += 1
            picture = await store.photos.save(chat_id, number, b"%d %d" % (chat_id, number), media_type="image/png")
            await store.questions.ask(
                NewQuestion(
                    chat_id=chat_id,
                    message_id=number,
                    photo_sha256=picture.sha256,
                    photo_message_id=number,
                    text="?",
                    beams=1,
                    max_new_tokens=5,
                )
            )
            await store.questions.load(chat_id, chat_id, time.time())

        async def history() -> None:
            await store.history.count(chat_id)
            await store.history.page(chat_id, limit=5)

        async def export() -> None:
            await store.chats.everything(chat_id)
            async for _ in store.questions.export(chat_id):
                pass

        work: dict[str, Callable[[], Awaitable[object]]] = {
            "history": history,
            "export": export,
            "picture and question": ask,
            "admin": store.statistics,
        }
        for name, one in work.items():
            taken[name] = await _median(one, _RUNS)
        asked = (await store.statistics()).total
    files = [path.stat().st_size for path in (folder / PHOTOS).glob("??/*")]
    size = (folder / DATABASE).stat().st_size
    clock, cpu = ({name: took[which] for name, took in taken.items()} for which in (0, 1))
    return YearFigures(asked, len(files), sum(files), size, clock, cpu)


async def _median(work: Callable[[], Awaitable[object]], runs: int) -> tuple[float, float]:
    """Milliseconds by the clock and of CPU time."""
    clock, cpu = [], []
    for _ in range(runs):
        begun, used = time.perf_counter(), time.process_time()
        await work()
        clock.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.process_time() - used))
    return sorted(clock)[runs // 2], sorted(cpu)[runs // 2]
