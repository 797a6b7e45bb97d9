"""Who may use the bot: the list of the settings, and the admins' word, against people who pretend."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from e2e_helpers import ADA, GROUP, YOU, StartBot, asked, picture, quiet, says, sure

from bot.app import Bot
from bot.callback_data import CancelQuestion, ChangeAdminSetting, ChangeSetting
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import about, menus
from bot.texts import access as texts
from bot.texts import questions as question_texts

STRANGER = 4711
OLD = -5001
"""A basic group, which becomes a supergroup."""
NAME = "@vqa_sandbox_bot"


async def leave_them(bot: Bot, *updates: dict[str, Any]) -> None:
    """Have the bot take updates as if they came from Telegram, and wait until they are handled."""
    assert bot.inbox is not None
    await bot.inbox.take(list(updates))
    await quiet(bot)


def forged(number: int, chat: dict[str, Any], sender: dict[str, Any] | None, **content: Any) -> dict[str, Any]:
    message = {"message_id": 5000 + number, "date": 1, "chat": chat, **content}
    return {"update_id": 800_000_000 + number, "message": message | ({"from": sender} if sender else {})}


async def test_only_who_is_let_in_is_answered_and_others_hear_their_number(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot(allowed_ids=(YOU,), admin_ids=(YOU,))
    await ada.send_picture(picture(), "What colour?")
    told = await ada.wait_for(says("let in"))
    assert f"send them your number: {ADA}" in told["text"] and "/delete" in told["text"]
    await ada.say("And now?")
    await quiet(bot, ADA)
    assert len([m for m in await ada.messages() if "let in" in m.get("text", "")]) == 1, "it is said once"
    assert bot.services is not None and (await bot.services.store.chats.amount(ADA)).nothing
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await you.say(f"/admin allow {ADA}")
    await you.wait_for(says(f"{ADA} may use me from now on."))
    await ada.send_picture(picture(), "What colour?")
    await ada.wait_for(sure)


async def test_the_admins_word_survives_a_restart_and_a_deletion(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    await ada.send_picture(picture(), "What colour?")
    await ada.wait_for(sure)
    await you.say(f"/admin block {ADA}")
    await you.wait_for(says("may not use me any more"))
    await bot.stop()
    await start_bot()
    await ada.say("And what shape?")
    assert (await ada.wait_for(says(texts.CHAT_EXCLUDED)))["text"] == texts.excluded()
    await ada.say("/delete")  # what is kept of people is theirs all the same
    menu = await ada.wait_for(lambda m: "reply_markup" in m)
    await ada.press(menu, menus.DELETE_YES)
    await ada.wait_for(says("Deleted: 1 question"), since=0)
    await ada.say("/privacy")
    await ada.wait_for(says("Your rights"))
    await ada.say("/start")
    await you.say("/admin access")
    assert f"Kept out: {ADA}" in (await you.wait_for(says("Who may use me")))["text"]
    await you.say(f"/admin block {YOU}")
    await you.wait_for(says(texts.ADMINS_ALWAYS))
    assert not [m for m in await ada.messages() if m.get("text") == about.START]
    await you.say(f"/admin forget {ADA}")
    await you.wait_for(says("like everybody else"))
    await ada.say("/start")
    await ada.wait_for(lambda m: m.get("text") == about.START)


async def change(sandbox: Sandbox, what: str, **fields: Any) -> Any:
    async with aiohttp.ClientSession() as http, http.post(f"{sandbox.url}/client/{what}", json=fields) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_a_group_that_is_let_in_stays_so_when_it_becomes_a_supergroup(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    bot = await start_bot(allowed_ids=(OLD,), admin_ids=())
    members = {YOU: "creator", ADA: "member"}
    await change(sandbox, "chats", user=YOU, id=OLD, title="Old", type="group", members=members)
    await ada.send_picture(picture(), f"{NAME} what?", chat=OLD)
    await ada.wait_for(sure, chat=OLD)
    await ada.say("What is it?")  # in private
    await ada.wait_for(says(str(ADA)))
    new = (await change(sandbox, "migrate", user=YOU, chat=OLD))["id"]
    await quiet(bot, new)
    await ada.send_picture(picture("blue"), f"{NAME} what?", chat=new)
    await ada.wait_for(sure, chat=new)
    assert bot.services is not None and await bot.services.store.access.all() == {new: True}


async def test_in_a_group_that_is_not_let_in_only_who_means_the_bot_is_told(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot(allowed_ids=(STRANGER,), admin_ids=(YOU,))
    await ada.say("Nice weather", chat=GROUP)
    await ada.send_picture(picture(), f"{NAME} what?", chat=GROUP)
    told = await ada.wait_for(says("groups that my admin has let in"), chat=GROUP)
    assert str(GROUP) in told["text"]
    await you.send_picture(picture(), f"{NAME} what?", chat=GROUP)  # an admin of the bot may anywhere
    await you.wait_for(sure, chat=GROUP)
    assert len(await asked(bot, GROUP)) == 1


async def test_who_is_kept_out_is_told_so_and_stands_in_one_list(start_bot: StartBot, you: Person, ada: Person) -> None:
    """The settings let in, the admins' word counts more; taken back, the settings' counts again."""
    await start_bot(allowed_ids=(GROUP, ADA), admin_ids=(YOU,))
    await you.say(f"/admin block {GROUP}")
    await you.wait_for(says("may not use me any more"))
    await ada.say(f"{NAME} what?", chat=GROUP)
    assert (await ada.wait_for(says("My admin"), chat=GROUP))["text"] == texts.CHAT_EXCLUDED
    await you.say("/admin access")
    listed = (await you.wait_for(says("Who may use me")))["text"]
    assert f"By VQABOT_ALLOWED_IDS: {ADA}\nKept out: {GROUP}\n" in listed
    await you.say(f"/admin forget {GROUP}")
    await you.wait_for(says(f"{GROUP} may use me, as VQABOT_ALLOWED_IDS says."))
    await you.say(f"/admin block {ADA}")
    await you.wait_for(says("may not use me any more"))
    await you.say("/settings", chat=GROUP)
    pressed = await ada.press(await you.wait_for(lambda m: "reply_markup" in m, chat=GROUP), "5")
    assert pressed == {"text": texts.PERSON_EXCLUDED, "show_alert": True}


@pytest.mark.parametrize("way", ["blocked", "not listed"])
async def test_nobody_comes_in_by_pretending(start_bot: StartBot, you: Person, way: str) -> None:
    """Who is quoted, forwarded, named or written about counts nothing; who pressed and who wrote does."""
    bot = await start_bot(allowed_ids=(YOU,) if way == "not listed" else (), admin_ids=(YOU,))
    assert bot.services is not None
    if way == "blocked":
        await bot.services.store.access.decide(STRANGER, False)
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    admin = {"id": YOU, "is_bot": False, "first_name": "You"}
    stranger = {"id": STRANGER, "is_bot": False, "first_name": "You", "username": "you"}
    private = {"id": STRANGER, "type": "private", "first_name": "You"}
    group = {"id": -4711, "type": "group", "title": str(YOU)}
    origin = {"type": "user", "sender_user": admin, "date": 1}
    command = [{"type": "bot_command", "offset": 0, "length": 6}]
    texts_before = len(await you.messages())
    await leave_them(
        bot,
        forged(1, private, stranger, text="What?", forward_origin=origin),
        forged(2, private, stranger, text="What?", reply_to_message=forged(9, private, admin, text="x")["message"]),
        forged(3, private, stranger, text=f"/admin allow {STRANGER}", entities=command),
        forged(4, private, stranger, text="What?", via_bot={**admin, "is_bot": True}),
        forged(5, group, stranger, text=f"/ask{NAME} what?", entities=[{**command[0], "length": 4 + len(NAME)}]),
        forged(6, private, None, text="What?", sender_chat={"id": -5, "type": "channel", "title": "You"}),
        forged(7, private, stranger, text="/start", entities=command),
        forged(8, private, stranger, text="/deleted", entities=[{**command[0], "length": 8}]),
    )  # fmt: skip
    for number, data in enumerate((ChangeAdminSetting("beams", 9), ChangeSetting("beams", 9), CancelQuestion(1)), 1):
        for chat in (private, {"id": YOU, "type": "private"}):
            query = {"id": f"{number}{chat['id']}", "from": stranger, "chat_instance": "1", "data": data.pack()}
            message: Message = {"message_id": answer["message_id"], "date": 1, "chat": chat, "text": "x"}
            update_id = 810_000_000 + number * 10 + (chat is private)
            await leave_them(bot, {"update_id": update_id, "callback_query": {**query, "message": message}})
    store = bot.services.store
    assert (await store.chats.amount(STRANGER)).nothing and (await store.chats.amount(-4711)).nothing
    assert await store.access.all() == ({STRANGER: False} if way == "blocked" else {})
    assert (await store.settings.get()).default_beams is None and (await store.chats.settings(YOU)).beams is None
    assert len(await asked(bot, YOU)) == 1 and len(await you.messages()) == texts_before


async def test_when_it_cannot_be_told_who_may_nobody_may(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await start_bot(allowed_ids=(STRANGER,), admin_ids=())
    assert bot.services is not None

    async def broken(numbers: object) -> dict[int, bool]:
        raise ValueError("no decisions")

    monkeypatch.setattr(bot.services.store.access, "decisions", broken)
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(lambda m: m.get("text") == question_texts.BROKEN)
    await quiet(bot)
    assert await asked(bot) == []
