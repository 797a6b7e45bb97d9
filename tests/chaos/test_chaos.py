"""The short form of `make chaos`, and the proof that its judge would see what it looks for."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import chaos_network
import pytest
from chaos import Plan, run
from chaos_judge import judge
from chaos_people import Asked, People
from chaos_process import TOKEN
from redis_server import FOUND

from bot.sandbox.posting import post
from bot.sandbox.server import Sandbox
from bot.texts.questions import GIVEN_UP
from storage.store import Store

SHORT = Plan(seed=3, questions=40, kills=5, people=8, pace=1.5, pause=0.6)
WITH_REDIS = Plan(seed=4, questions=16, kills=3, people=8, pace=1.0, pause=0.5, redis=True)


@pytest.mark.timeout(400)
async def test_kills_and_faults_lose_and_double_nothing(tmp_path: Path) -> None:
    report = await run(SHORT, tmp_path)
    assert report.verdict.good, "\n".join([*report.verdict.problems, *report.stories])
    assert report.figures["questions"] == SHORT.questions
    assert report.figures["kill -9 of the bot"] + report.figures["kill -9 of the worker"] >= SHORT.kills
    assert report.figures["starts of the bot"] > 1
    assert report.figures["ends of its own"] == 0


@pytest.mark.long
@pytest.mark.skipif(FOUND is None, reason="needs redis-server")
@pytest.mark.timeout(600)
async def test_kills_of_bot_workers_and_redis_lose_and_double_nothing(tmp_path: Path) -> None:
    report = await run(WITH_REDIS, tmp_path)
    assert report.verdict.good, "\n".join([*report.verdict.problems, *report.stories])
    assert report.figures["questions"] == WITH_REDIS.questions
    assert report.figures["kill -9 of the bot"] + report.figures["kill -9 of the worker"] >= WITH_REDIS.kills
    assert report.figures["ends of its own"] == 0


@pytest.mark.long
@pytest.mark.skipif(not chaos_network.possible(), reason="needs network namespaces, iproute2 and redis-server")
@pytest.mark.timeout(900)
def test_hosts_that_are_cut_off_both_ways_and_one_way_lose_and_double_nothing() -> None:
    done = chaos_network.run_inside(questions=60, seed=3)
    assert done.returncode == 0, done.stdout
    assert "| lost | 0 |" in done.stdout and "| answered twice | 0 |" in done.stdout


async def test_the_judge_sees_what_is_lost_doubled_and_wrong(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        await store.updates.add([(1, "{}")])
    async with Sandbox(port=0, token=TOKEN) as sandbox:
        world = sandbox.world
        bot = next(iter(world.bots.values()))
        user = next(iter(world.users.values()))
        chat = world.private_chat(bot, user.id)
        people = People()
        answers = {
            1: ["Shade111 for what is q1 – 90 % sure"],
            2: [],
            3: ["Shade111 for what is q3 – 90 % sure"] * 2,
            4: ["Shade222 for what is q4 – 90 % sure"],
            5: ["Shade111 for what is q1 – 90 % sure"],
            6: ["🔎 Looking…"],
            7: ["Shade111 for what is q7 – 90 % sure", "Shade111 for what is q8 – 90 % sure"],
            8: [],
        }
        for number, texts in answers.items():
            message = post(world, chat, user, {"text": f"what is q{number}"})
            picture = message.id if number < 8 else message.id - 3  # q8's answer stands under q7's picture
            people.asked.append(Asked(number, user.id, message.id, "shade111", 0.0, picture))
            for text in texts:
                post(world, chat, bot.user, {"text": text}, reply_to=message.id)
        verdict = judge(sandbox, people, tmp_path, checkable=True)
        assert [asked.number for asked in verdict.lost] == [2, 6]
        assert [asked.number for asked in verdict.doubled] == [3]
        assert [asked.number for asked in verdict.wrong] == [4, 5]
        assert verdict.left_progress == 1
        assert verdict.problems == ["1 updates are not handled"]
        raw = json.dumps({"message": {"message_id": 1, "chat": {"id": user.id}}})
        with sqlite3.connect(tmp_path / "vqabot.sqlite3") as ledger:
            ledger.execute("UPDATE updates SET state = 'failed', error = 'given up after 10 attempts', raw = ?", (raw,))
        ledger.close()
        verdict = judge(sandbox, people, tmp_path, checkable=True)
        assert verdict.problems == ["update 1 is given up silently: given up after 10 attempts"]
        post(world, chat, bot.user, {"text": GIVEN_UP}, reply_to=1)
        assert judge(sandbox, people, tmp_path, checkable=True).problems == []
