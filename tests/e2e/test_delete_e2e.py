"""/delete: asked first, done once, whatever goes on beside it."""

from __future__ import annotations

import asyncio

from e2e_helpers import YOU, StartBot, picture, press_forged
from menu_helpers import ask, has_buttons, has_text

from bot.sandbox.person import Person, buttons
from bot.texts import menus
from bot.texts import questions as texts
from model.serving.broker.null import NullBroker


async def test_delete_asks_first_and_then_forgets(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await ask(you, 2)
    await you.say("/delete")
    menu = await you.wait_for(has_buttons)
    assert "2 questions" in menu["text"]
    await you.press(menu, menus.DELETE_NO)
    assert (await you.wait_for(lambda m: "Nothing was deleted" in m.get("text", "")))["message_id"] == menu[
        "message_id"
    ]
    await you.say("/delete")
    menu = await you.wait_for(has_buttons)
    await you.press(menu, menus.DELETE_YES)
    done = await you.wait_for(lambda m: "Deleted: 2 questions and 2 pictures" in m.get("text", ""))
    assert "kept by Telegram" in done["text"] and not buttons(done)
    assert bot.services is not None
    assert not list((bot.services.store.data_dir / "photos").glob("??/*"))
    await you.say("What was it?")
    assert (await you.wait_for(has_text))["text"] == texts.NEED_PICTURE


async def test_what_is_deleted_is_not_fetched_again(start_bot: StartBot, you: Person) -> None:
    """Telegram still has the pictures, and the bot remembers the last messages of a chat beside its database."""
    bot = await start_bot()
    await ask(you, 2)
    await you.say("/delete")
    menu = await you.wait_for(has_buttons)
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(lambda m: "Deleted: 2 questions and 2 pictures" in m.get("text", ""))
    await you.say("/compare")
    assert (await you.wait_for(has_text))["text"] == texts.NEED_TWO
    assert bot.services is not None
    assert (await bot.services.store.chats.amount(YOU)).photos == 0


async def test_delete_pressed_twice_deletes_once(start_bot: StartBot, you: Person) -> None:
    """The second press of a fast finger still carries the buttons: what came since is not what was meant."""
    bot = await start_bot()
    await ask(you)
    await you.say("/delete")
    menu = await you.wait_for(has_buttons)
    data = next(b["callback_data"] for b in buttons(menu) if b["text"] == menus.DELETE_YES)
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(lambda m: "Deleted: 1 question and 1 picture" in m.get("text", ""))
    await ask(you)
    await press_forged(bot, you, menu, 1, data)
    assert bot.services is not None
    assert (await bot.services.store.chats.amount(YOU)).questions == 1
    shown = await you.message(menu["message_id"])
    assert shown is not None and "Deleted: 1 question and 1 picture" in shown["text"]


async def test_delete_takes_the_bots_own_messages_where_that_is_wanted(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await ask(you, 2)
    await you.say("/delete")
    menu = await you.wait_for(has_buttons)
    await you.press(menu, menus.DELETE_MESSAGES)
    done = await you.wait_for(lambda m: "Nothing of this chat is left with me" in m.get("text", ""))
    assert "I also took away 2 messages of mine" in done["text"] and done["message_id"] == menu["message_id"]
    left = [m for m in await you.messages() if not m["deleted"]]
    assert [m["message_id"] for m in left if m["from"]["is_bot"]] == [menu["message_id"]]
    assert len([m for m in left if not m["from"]["is_bot"]]) == 3, "what people wrote is theirs"
    assert bot.services is not None
    assert not any((await bot.services.store.chats.everything(YOU)).values())


async def test_delete_while_a_question_runs_leaves_no_progress(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(NullBroker(delay=3600))
    await you.send_picture(picture(), "What?")
    await you.wait_for(lambda m: m.get("text", "").startswith(texts.LOOKING))
    await you.say("/delete")
    menu = await you.wait_for(has_buttons)
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(lambda m: "Deleted: 1 question" in m.get("text", ""))
    assert bot.services is not None and bot.services.dispatcher.in_flight == 0
    for _ in range(500):
        if not any(m.get("text", "").startswith(texts.LOOKING) for m in await you.messages() if not m["deleted"]):
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("the progress stays")
