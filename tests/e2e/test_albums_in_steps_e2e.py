"""Three pictures or more that are compared: one message with a line for each step from a picture to the next."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

from album_helpers import Seeing, answers, pictures_asked
from e2e_helpers import BLUE, GREEN, GROUP, RED, YOU, HeldBroker, StartBot, quiet, says, sure
from feedback_helpers import export
from where_helpers import Showing, is_photo, looked_at, where

from bot.sandbox.person import Message, Person
from bot.texts import heat_maps as heat_map_texts
from bot.texts.failures import sentence
from model.types import Answer, Request

DAMAGED = "This picture is damaged."


class Comparing(Showing):
    """Compares the colours of two pictures; a green one cannot be read where `damaged` says so."""

    damaged = False

    def answer(self, request: Request) -> Answer:
        seen = super().answer(request)
        if request.explains is not None or not request.others:
            return seen
        before, after = seen.text.split(", ")
        if self.damaged and "green" in (before, after):
            broken = request.pictures[(before, after).index("green")]
            return Answer(request.id, "", 0.0, 0.01, DAMAGED, refused_picture=broken.key)
        if "same" in request.question.lower():
            return replace(seen, text="yes" if before == after else "no")
        return replace(seen, text="nothing" if before == after else f"{after} is new")


def plain(text: str) -> str:
    """With spaces where lines may break, which they must not at an arrow."""
    assert " →" not in text and "→ " not in text
    return text.replace("\u00a0", " ")


def lines(message: Message) -> list[str]:
    return [line.split(" – ")[0] for line in plain(message.get("text", "")).splitlines()]


async def test_each_picture_is_compared_with_the_next(start_bot: StartBot, you: Person, tmp_path: Path) -> None:
    broker = Comparing()
    bot = await start_bot(broker, feedback=True)
    sent = await you.send_album([RED, BLUE, BLUE], "What changed?")
    answer = await you.wait_for(sure)
    assert plain(answer["text"]).splitlines() == ["1 → 2: Blue is new – 87 % sure", "2 → 3: Nothing – 87 % sure"]
    assert broker.asked == [("What changed?", 2)] * 2
    shown = [[one["text"] for one in row] for row in answer["reply_markup"]["inline_keyboard"]]
    assert shown == [["1→2 👍", "1→2 👎", "2→3 👍", "2→3 👎"], [heat_map_texts.BUTTON]]
    await you.press(answer, "2→3 👎")
    await you.say("it is the sky", reply_to=answer)
    await you.wait_for(says("noted: the sky"))
    await you.say("/history")
    page = plain((await you.wait_for(says("History")))["text"])
    assert "1 → 2: Blue is new · 2 → 3: Nothing" in page and "2 → 3: 👎 “the sky”" in page
    await where(you, answer)
    heat = await you.wait_for(is_photo)
    assert "1 → 2: Blue is new · 2 → 3: Nothing" in plain(heat["caption"])
    assert heat["caption"].endswith(heat_map_texts.LOOKED)
    assert (await looked_at(you, heat)).size == (2 * 320 + 8, 2 * 192 + 8), "a row for each step"
    assert broker.explained == [("What changed?", "blue is new", 2), ("What changed?", "nothing", 2)]
    await you.say("What colour?", reply_to=answer, quote="Nothing")
    assert lines(await you.wait_for(sure)) == ["1. Blue", "2. Blue"], "about the pictures of the quoted step"
    await quiet(bot)
    assert (await pictures_asked(bot))[-1] == ("What colour?", [m["message_id"] for m in sent[1:]], True)
    await you.say("/export")
    document = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(io.BytesIO(await you.download(document))) as archive:
        rows = json.loads(archive.read("history.json"))["questions"]
        said = plain(archive.read("index.html").decode())
        assert ">1 → 2: Blue is new <" in said and ">2 → 3: Nothing <" in said
    row = next(row for row in rows if row["question"] == "What changed?")
    assert [one["answer"] for one in row["pictures"]] == [None, "blue is new", "nothing"]
    assert plain(row["answer"]) == "1 → 2: blue is new; 2 → 3: nothing" and len(row["where"][0]["heat"]) == 4
    assert bot.services is not None
    await bot.services.store.chats.set_settings(YOU, for_training=1)
    assert "Wrote 1 question" in await export(tmp_path / "feedback", "--data-dir", tmp_path / "data")
    record = json.loads((tmp_path / "feedback" / "train.jsonl").read_text())
    assert record["answer"] == "the sky" and len(record["images"]) == 2 and len(set(record["images"])) == 1


async def test_whether_all_are_the_same_stands_first(start_bot: StartBot, you: Person) -> None:
    await start_bot(Comparing())
    for pictures, said in (([RED, BLUE, BLUE, RED], "Not all the same"), ([RED] * 3, "All the same")):
        await you.send_album(pictures, "Are they all the same?")
        joint, *steps = plain((answer := await you.wait_for(sure))["text"]).splitlines()
        sureness = "66 % sure – I may be wrong" if len(pictures) == 4 else "76 % sure – I may be wrong"
        assert joint == f"{said} – {sureness}", "as likely as all steps are right"
        assert len(steps) == len(pictures) - 1 and steps[-1].startswith(f"{len(steps)} → {len(pictures)}: ")
    await you.say("/compare", reply_to=answer)
    assert lines(await you.wait_for(sure)) == ["1 → 2: Nothing", "2 → 3: Nothing"]


async def test_in_a_group_late_pictures_and_edits_make_steps_of_it(start_bot: StartBot, ada: Person) -> None:
    bot = await start_bot(Comparing())
    assert bot.services is not None
    await ada.set_up("bot", privacy=False)
    sent = await ada.send_album([RED, BLUE], ["", f"@{bot.services.bot.username} what changed?"], chat=GROUP)
    answer = await ada.wait_for(sure, chat=GROUP)
    assert answer["text"].startswith("Blue is new\n"), "two have one answer"
    await quiet(bot, GROUP)
    await ada.send_late(sent[0], RED, chat=GROUP)
    await ada.wait_for(lambda m: lines(m) == ["1 → 2: Blue is new", "2 → 3: Red is new"], chat=GROUP, since=0)
    await quiet(bot, GROUP)
    await ada.edit(sent[1], f"@{bot.services.bot.username} Are they the same?")
    await ada.wait_for(lambda m: lines(m)[:1] == ["Not all the same"], chat=GROUP, since=0)
    await quiet(bot, GROUP)
    (shown,) = await answers(ada, GROUP)
    assert shown["message_id"] == answer["message_id"], "one message all the time"


async def test_one_that_cannot_be_read_leaves_the_other_steps(start_bot: StartBot, you: Person) -> None:
    broker = Comparing()
    broker.damaged = True
    await start_bot(broker)
    await you.send_album([GREEN, BLUE, RED, RED], "What is different?")
    answer = await you.wait_for(sure)
    assert lines(answer) == [f"1 → 2: {DAMAGED}", "2 → 3: Red is new", "3 → 4: Nothing"]
    await where(you, answer)
    heat = await you.wait_for(is_photo)
    assert (await looked_at(you, heat)).size == (2 * 320 + 8, 2 * 192 + 8), "without the step that has no answer"


class OneOnly(Seeing):
    """A model that has not learnt to compare pictures."""

    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), error="pictures_one_only" if request.others else None)


async def test_a_model_that_cannot_compare_says_so_once(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(OneOnly())
    await you.send_album([RED, BLUE, GREEN], "Did anything move?")
    refused = await you.wait_for(lambda m: m.get("text") == sentence("pictures_one_only"))
    assert "reply_markup" not in refused
    await quiet(bot)
    assert [m["message_id"] for m in await you.messages() if m.get("text") == refused["text"]] == [
        refused["message_id"]
    ]


async def test_what_was_under_way_at_a_kill_is_asked_again(start_bot: StartBot, you: Person) -> None:
    held = HeldBroker()
    first = await start_bot(held)
    await you.send_album([RED, BLUE, BLUE], "What changed?")
    while len(held.asked) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await first.stop()
    bot = await start_bot(Comparing())
    await you.wait_for(lambda m: lines(m) == ["1 → 2: Blue is new", "2 → 3: Nothing"], since=0)
    await quiet(bot)
    assert len(await answers(you)) == 1
