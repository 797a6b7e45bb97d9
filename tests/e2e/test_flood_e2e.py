"""Many questions of one chat: another's goes before them, and limits are said."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from e2e_helpers import ADA, YOU, StartBot, picture, sure

from bot.app import Bot
from bot.sandbox.person import Person
from bot.texts import questions as texts
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.null import NullBroker
from storage.records import NewQuestion, State

FLOOD, BATCH = 1000, 8


class Batches:
    """The counting worker's batches, seen and ended from here."""

    def __init__(self, folder: Path) -> None:
        self._begun, self._ended = folder / "begun", folder / "ended"
        for file in (self._begun, self._ended):
            file.touch()

    def begun(self) -> list[list[str]]:
        return [json.loads(line) for line in self._begun.read_text().splitlines(keepends=True) if line.endswith("\n")]

    async def wait(self, number: int) -> list[str]:
        """The questions of a batch (from 1), once it has begun."""
        for _ in range(12_000):
            if len(self.begun()) >= number:
                return self.begun()[number - 1]
            await asyncio.sleep(0.005)
        raise AssertionError(f"batch {number} never began")

    def end_one(self) -> None:
        with self._ended.open("a") as file:
            file.write("\n")


async def flood(bot: Bot, person: Person) -> None:
    """A thousand questions of one chat, as its messages would enter them."""
    assert bot.services is not None
    shown = await person.send_picture(picture())
    await person.wait_for(lambda m: texts.WHAT_TO_KNOW in m.get("text", ""))
    photo = await bot.services.store.photos.of_message(YOU, shown["message_id"])
    assert photo is not None
    await asyncio.gather(
        *(
            bot.services.store.questions.ask(
                NewQuestion(
                    chat_id=YOU,
                    message_id=100_000 + number,
                    photo_sha256=photo.sha256,
                    text="flood",
                    beams=1,
                    max_new_tokens=5,
                )
            )
            for number in range(FLOOD)
        )
    )
    bot.services.dispatcher.wake()


async def test_a_flood_delays_anothers_question_by_no_more_than_what_is_with_the_worker(
    start_bot: StartBot, you: Person, ada: Person, tmp_path: Path
) -> None:
    batches = Batches(tmp_path)
    worker = str(Path(__file__).with_name("counting_worker.py"))
    bot = await start_bot(EmbeddedBroker(str(tmp_path), BATCH, command=(worker,)), max_waiting_per_chat=2000)
    assert bot.services is not None
    await ada.send_picture(picture("blue"))
    await ada.wait_for(lambda m: texts.WHAT_TO_KNOW in m.get("text", ""))
    await flood(bot, you)
    running = 1
    for number in range(3):
        await batches.wait(running)
        assert (await bot.services.store.questions.load(YOU, YOU, 0)).waiting_here > FLOOD - 100, (
            "the flood is still there"
        )
        sent = await ada.say(f"what is mine {number}")
        while not await bot.services.store.questions.of_message(ADA, sent["message_id"]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # from here on it is counted: it is in the queue
        before = 0  # how many of the flood's went before it; how they were put into batches is the moment's
        while f"what is mine {number}" not in (batch := await batches.wait(running)):
            batches.end_one()
            running += 1
            before += len(batch)
        assert 1 <= before <= bot.services.broker.capacity, "only what was with the worker goes before it"
        batches.end_one()
        running += 1
        await ada.wait_for(sure)


async def test_a_full_backlog_refuses_politely(start_bot: StartBot, you: Person, ada: Person) -> None:
    """First the chat's own bound, then the one for all; what was refused is nowhere, and later there is room again."""
    bot = await start_bot(NullBroker(delay=3600, capacity=1), max_waiting_per_chat=2, max_waiting=3)
    assert bot.services is not None
    questions = bot.services.store.questions
    await you.send_picture(picture(), "one?")
    first = await you.wait_for(lambda m: "reply_markup" in m)
    await you.say("two?")
    await you.wait_for(lambda m: "reply_markup" in m)
    await you.say("three?")
    assert (await you.wait_for(lambda m: "text" in m))["text"] == texts.too_many_waiting()
    await ada.send_picture(picture("blue"), "hers?")
    await ada.wait_for(lambda m: "reply_markup" in m)
    await ada.say("her second?")
    assert (await ada.wait_for(lambda m: "text" in m))["text"] == texts.too_many_waiting(), "three wait in all"
    assert (await questions.counts())[State.QUEUED] + (await questions.counts())[State.RUNNING] == 3
    await you.press(first, texts.CANCEL_BUTTON)
    await you.wait_for(lambda m: m.get("text") == texts.CANCELLED, since=0)
    await ada.say("her second again?")
    await ada.wait_for(lambda m: "reply_markup" in m)
