"""Questions as people ask them, through sandbox, bot and ledger over real HTTP; the model is a stub that says "red"."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from e2e_helpers import GROUP, YOU, HeldBroker, StartBot, picture, says, sure

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import questions as texts
from model.serving.broker.null import NullBroker

Message = dict[str, Any]


async def answers(person: Person, chat: int | None = None) -> list[Message]:
    return [m for m in await person.messages(chat, 200) if sure(m)]


async def test_a_question_under_a_picture(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    await start_bot()
    sent = await you.send_picture(picture(), "What <b>colour</b> is it & why?")
    answer = await you.wait_for(sure)
    assert answer["text"] == "Red\n87 % sure"
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    assert [m["text"] for m in await you.messages() if m["message_id"] != sent["message_id"]] == [answer["text"]]
    calls = [e for e in sandbox.world.recorder.log if e["method"] in ("sendMessage", "editMessageText")]
    assert [e["method"] for e in calls] == ["sendMessage"], "an answer that is there within a moment is one call"
    assert not calls[0]["params"].get("disable_notification"), "the answer may make a sound"


async def test_a_slow_answer_shows_progress_first(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    broker = HeldBroker()
    await start_bot(broker)
    await you.send_picture(picture(), "What?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    assert looking["text"] == texts.LOOKING
    broker.free.set()
    answer = await you.wait_for(sure)
    assert answer["message_id"] == looking["message_id"], "the progress message became the answer"
    assert "reply_markup" not in answer, "the cancel button is gone with the answer"
    (sent,) = (e for e in sandbox.world.recorder.log if e["method"] == "sendMessage")
    assert sent["params"]["disable_notification"], "progress makes no sound"


async def test_follow_ups_mean_the_newest_picture_and_replies_the_one_replied_to(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot()
    first = await you.send_picture(picture("red"), "One?")
    answer = await you.wait_for(sure)
    second = await you.send_picture(picture("blue"))
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    for text, reply in (("Newest?", None), ("First picture?", first), ("First answer?", answer), ("Second?", second)):
        await you.say(text, reply_to=reply)
        await you.wait_for(sure)
    assert bot.services is not None
    asked = {q.text: q.photo_message_id async for q in bot.services.store.questions.export(YOU)}
    newest, oldest = second["message_id"], first["message_id"]
    assert asked == {
        "One?": oldest,
        "Newest?": newest,
        "First picture?": oldest,
        "First answer?": oldest,
        "Second?": newest,
    }


async def test_a_question_without_a_picture_is_told_what_is_missing(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.say("What colour is it?")
    assert (await you.wait_for(lambda m: "text" in m))["text"] == texts.NEED_PICTURE


async def test_an_image_file_counts_as_a_picture(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.send_picture(picture(form="BMP"), "What?", name="x.bmp", as_document=True)
    await you.wait_for(sure)


@pytest.mark.parametrize(
    ("kind", "name", "named"),
    [
        ("sticker", "a.tgs", "sticker"),
        ("video", "a.mp4", "video"),
        ("voice", "a.ogg", "voice"),
        ("document", "a.pdf", "pdf"),
        ("document", "a.zip", "archive"),
        ("document", "a.docx", "text file"),
        ("document", "a.exe", "document"),
    ],
)
async def test_other_files_get_a_sentence_that_names_them(
    start_bot: StartBot, you: Person, kind: str, name: str, named: str
) -> None:
    await start_bot()
    await you.send_file(b"\0" * 64, name, kind=kind)
    assert (await you.wait_for(lambda m: "text" in m))["text"] == texts.UNSUPPORTED[named]


async def test_what_is_neither_words_nor_a_file_gets_a_sentence(start_bot: StartBot, you: Person) -> None:
    """Checklists are no attachments to python-telegram-bot, rich messages and more are unknown to it."""
    bot = await start_bot()
    await you.say("hello")
    said = await you.wait_for(lambda m: "text" in m)
    draw = {"chats": [], "winners_selection_date": 1, "winner_count": 1}
    kinds: dict[str, Any] = {"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "Ask"}]}, "giveaway": draw}
    kinds["rich_message"] = {"blocks": [{"type": "paragraph", "text": "A table"}]}
    kinds |= {"hologram": {"file_id": "h"}, "contact": {"phone_number": "1", "first_name": "Ada"}}
    assert bot.inbox is not None
    for number, (kind, value) in enumerate(kinds.items()):
        message = {
            "message_id": 900 + number,
            "date": 1,
            "chat": said["chat"],
            "from": {"id": YOU, "is_bot": False, "first_name": "You"},
        }
        await bot.inbox.take([{"update_id": 900_000_000 + number, "message": {**message, kind: value}}])
        said = await you.wait_for(says(texts.UNSUPPORTED["other"]), since=said["message_id"])


async def test_an_album_without_a_caption_is_asked_about_once(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.send_album([picture("red"), picture("blue")])
    await you.wait_for(says(texts.WHAT_TO_KNOW_ALBUM))
    await you.say("Which colours?")
    assert (await you.wait_for(sure))["text"].count("\n") == 1, "a line a picture"
    assert len(await answers(you)) == 1
    assert sum(texts.WHAT_TO_KNOW_ALBUM in m.get("text", "") for m in await you.messages()) == 1


async def test_an_edit_asks_again_in_the_same_place(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_picture(picture(), "What?")
    first = await you.wait_for(sure)
    await asyncio.sleep(1.1)  # an edit's date counts whole seconds
    await you.edit(sent, "What colour?")
    assert bot.services is not None
    for _ in range(100):
        asked = [q async for q in bot.services.store.questions.export(YOU)]
        if len(asked) == 2 and asked[1].delivered:
            break
        await asyncio.sleep(0.05)
    assert [q.text for q in asked] == ["What?", "What colour?"]
    assert [m["message_id"] for m in await answers(you)] == [first["message_id"]]


async def test_cancelling_while_it_is_looked_at(start_bot: StartBot, you: Person) -> None:
    await start_bot(NullBroker(delay=30))
    await you.send_picture(picture(), "What?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    assert looking["text"].startswith(texts.LOOKING)
    assert (await you.press(looking, texts.CANCEL_BUTTON) or {})["text"] == texts.CANCELLED
    ended = await you.wait_for(says(texts.CANCELLED))
    assert ended["message_id"] == looking["message_id"] and "reply_markup" not in ended


async def test_an_edit_that_leaves_no_question_cancels_what_waits(start_bot: StartBot, you: Person) -> None:
    await start_bot(NullBroker(delay=30))
    asked = await you.send_picture(picture(), "What?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    await you.edit(asked, "hello")
    ended = await you.wait_for(says(texts.CANCELLED), since=0)
    assert ended["message_id"] == looking["message_id"]


async def test_a_position_is_shown_to_who_waits(start_bot: StartBot, you: Person) -> None:
    await start_bot(NullBroker(delay=30, capacity=1))
    await you.send_picture(picture(), "First?")
    await you.wait_for(lambda m: "reply_markup" in m)
    await you.say("Second?")
    assert "1 question before yours" in (await you.wait_for(lambda m: "reply_markup" in m))["text"]


async def test_a_question_that_is_too_long_is_told_so(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.say("x" * 600)
    assert (await you.wait_for(lambda m: "text" in m))["text"] == texts.TOO_LONG


async def test_groups_are_answered_only_when_the_bot_is_meant(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    name = bot.services.bot.username
    sent = await ada.send_picture(picture(), "Look at this!", chat=GROUP)
    await you.say(f"@{name} what colour is it?", reply_to=sent, chat=GROUP)
    answer = await you.wait_for(sure, chat=GROUP)
    await ada.say("nobody asks the bot", chat=GROUP)
    await ada.say("and the shape?", reply_to=answer, chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    asked = [q.text async for q in bot.services.store.questions.export(GROUP)]
    assert asked == ["what colour is it?", "and the shape?"]


async def test_in_groups_commands_are_the_bots_where_they_name_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    name = bot.services.bot.username
    await you.say("/nosuch", chat=GROUP)
    await you.say("/nosuch@another_bot", chat=GROUP)
    for text in (f"@{name} /nosuch", f"/nosuch@{name}"):
        said = await you.say(text, chat=GROUP)
        refusal = await you.wait_for(lambda m: m.get("text") == texts.UNKNOWN_COMMAND, chat=GROUP)
        assert refusal["reply_to_message"]["message_id"] == said["message_id"]
    await you.say(f"@{name} /history 2026-13", chat=GROUP)
    await you.wait_for(lambda m: m.get("text", "").startswith("After /history"), chat=GROUP)
    assert len([m for m in await you.messages(GROUP) if m["from"].get("is_bot")]) == 3


async def test_one_chat_sees_nothing_of_another(start_bot: StartBot, you: Person, ada: Person) -> None:
    await start_bot()
    await you.send_picture(picture(), "Mine?")
    await you.wait_for(sure)
    await ada.say("What colour is it?")
    assert (await ada.wait_for(lambda m: "text" in m))["text"] == texts.NEED_PICTURE
    await ada.say("/history")
    assert "nothing yet" in (await ada.wait_for(lambda m: "text" in m))["text"]


async def test_what_was_under_way_is_answered_after_a_restart(start_bot: StartBot, you: Person) -> None:
    first = await start_bot(NullBroker(delay=60))
    await you.send_picture(picture(), "What?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    await first.stop()
    await you.say("And this?")  # sent while nobody is there
    await start_bot()
    await you.wait_for(lambda m: sure(m) and m["message_id"] > looking["message_id"], since=0)
    found = await answers(you)
    assert len(found) == 2 and found[0]["message_id"] == looking["message_id"]


async def test_a_lost_progress_message_is_replaced(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "What?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    assert bot.services is not None
    await bot.services.bot.delete_message(YOU, looking["message_id"])
    broker.free.set()
    answer = await you.wait_for(sure)
    assert answer["message_id"] != looking["message_id"]
    assert len(await answers(you)) == 1


async def test_the_start_gives_something_to_try(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.say("/start")
    example = await you.wait_for(lambda m: "photo" in m)
    assert "What color is the ball?" in example["caption"]
    await you.say("What color is the ball?", reply_to=example)
    await you.wait_for(sure)


async def test_the_recorded_traffic_holds_no_token_and_no_error(
    start_bot: StartBot, you: Person, tmp_path: Path
) -> None:
    started = time.time()
    await you.say("Hello?")  # before that, an admin's own commands cannot be set
    await start_bot()
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    traffic = (tmp_path / "traffic.jsonl").read_text()
    assert '"ok": false' not in traffic.replace('"ok":false', '"ok": false'), traffic[-2000:]
    assert time.time() - started < 60
