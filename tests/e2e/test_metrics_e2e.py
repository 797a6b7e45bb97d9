"""Every metric that is named is reported by one conversation with the real worker."""

from __future__ import annotations

import asyncio
import os
import signal

from e2e_helpers import ADA, YOU, StartBot, picture, quiet, says, sure

from bot import metrics
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import feedback as texts
from model.serving.broker.embedded import EmbeddedBroker


def totals() -> dict[str, float]:
    """Each metric's samples together, but for when they were made."""
    return {
        family.name: sum(sample.value for sample in family.samples if not sample.name.endswith("_created"))
        for family in metrics.REGISTRY.collect()
    }


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(f"vqabot_{name}", labels) or 0.0


async def test_a_played_conversation_reports_every_metric(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    waiting = (metrics.questions_in_flight, metrics.questions_waiting, metrics.oldest_question_seconds)
    for gauge in (metrics.workers_ready, metrics.worker_restarts, *waiting):  # another test's bot may have left some
        gauge.set(0)
    before, seen = totals(), set[str]()
    broker = EmbeddedBroker("builtin", first_delay=0.01)
    bot = await start_bot(broker, feedback=True)
    assert bot.services is not None and bot.inbox is not None
    store, cancelled = bot.services.store, value("questions_total", outcome="cancelled")

    for person in (you, ada):
        await person.send_picture(picture(), "What colour is this?")
        answer = await person.wait_for(sure, timeout=120)
    assert await ada.press(answer, texts.WRONG_BUTTON)
    assert value("feedback_total", opinion="wrong") >= 1
    await you.say("And what is this?")
    await quiet(bot, questions=2)
    assert value("features_kept_total") >= 1 and value("stage_seconds_count", stage="generation") >= 2

    while not value("workers_ready"):  # noqa: ASYNC110 - measured now and then; 0 again while it is started anew
        await asyncio.sleep(0.01)
    seen |= {"vqabot_workers_ready"}

    [worker] = await broker.workers()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    await you.say("Who is there?")
    await ada.say("And that?")
    while value("questions_in_flight") < 2 or value("questions_waiting") < 2 or not value("oldest_question_seconds"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    seen |= {"vqabot_questions_given_up"}  # a poisonous question: tests/bot/test_monitoring.py
    seen |= {"vqabot_questions_in_flight", "vqabot_oldest_question_seconds", "vqabot_questions_waiting"}
    [second] = [q async for q in store.questions.export(YOU) if not q.delivered]
    assert await bot.services.dispatcher.cancel(YOU, second.id)
    assert value("questions_total", outcome="cancelled") == cancelled + 1
    await ada.delete(await ada.wait_for(says("Looking")))  # what is shown may be edited, also where one is blocked
    sandbox.world.bots[1000000001].blocked_by.add(ADA)
    os.kill(worker.pid, signal.SIGKILL)

    await you.send_picture(b"\x89PNG\r\n\x1a\n", "What?", name="a.png", as_document=True)
    await you.wait_for(says("incomplete"))
    await quiet(bot, ADA, questions=2)
    await bot.inbox.take([{"update_id": 10**9, "message": {"message_id": 1, "chat": "none"}}])
    await quiet(bot)
    while not value("worker_restarts"):  # noqa: ASYNC110 - measured now and then
        await asyncio.sleep(0.01)
    assert value("pictures_total", result="refused") >= 1

    silent = {name for name, total in totals().items() if total == before[name]} - seen
    assert not silent
