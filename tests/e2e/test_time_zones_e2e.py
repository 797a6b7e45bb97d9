"""A chat's time zone, from its choice to every time that is shown."""

from __future__ import annotations

from datetime import UTC, datetime

from e2e_helpers import GROUP, YOU, StartBot
from export_helpers import is_document, unpacked
from menu_helpers import ask, has_buttons, has_text

from bot.app import Bot
from bot.sandbox.person import Person
from bot.texts import menus
from bot.texts.language import speaking

ASKED_AT = datetime(2026, 1, 31, 22, 15, tzinfo=UTC).timestamp()


async def backdate(bot: Bot, chat_id: int) -> None:
    assert bot.services is not None
    async with bot.services.store.db.transaction() as tx:
        await tx.execute("UPDATE questions SET created_at = ? WHERE chat_id = ?", (ASKED_AT, chat_id))


async def test_it_is_chosen_by_button_and_stays(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await ask(you)
    await backdate(bot, YOU)
    await you.say("/history")
    assert "31 Jan 2026, 22:15 UTC" in (await you.wait_for(has_buttons))["text"]
    await you.say("/settings")
    menu = await you.wait_for(lambda m: "Time zone: UTC" in m.get("text", ""))
    await you.press(menu, f"{menus.TIME_ZONE} ›")
    choice = await you.wait_for(lambda m: "Which city has your time?" in m.get("text", ""), since=0)
    assert choice["message_id"] == menu["message_id"]
    await you.press(choice, "Tehran +3:30")
    chosen = await you.wait_for(lambda m: "Time zone: Tehran (UTC+3:30)" in m.get("text", ""), since=0)
    assert "✓ Tehran +3:30" in [b["text"] for row in chosen["reply_markup"]["inline_keyboard"] for b in row]
    await you.press(chosen, menus.BACK)
    await you.wait_for(lambda m: "Settings of this chat" in m.get("text", "") and "Tehran" in m["text"], since=0)
    await bot.stop()
    await start_bot()
    await you.say("/history 2026-02-01")
    assert "1 Feb 2026, 01:45 UTC+03:30" in (await you.wait_for(has_buttons))["text"]
    await you.say("/export")
    history, contents = await unpacked(you, await you.wait_for(is_document))
    assert "01 Feb 2026, 01:45 UTC+03:30" in contents["index.html"].decode()
    assert history["settings"]["time_zone"] == "Asia/Tehran"
    assert history["questions"][0]["asked_at"] == "2026-01-31T22:15:00+00:00", "for programs as ever"


async def test_a_city_is_typed_by_a_groups_admins_only(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    chats = bot.services.store.chats
    await ada.say("/settings Rome", chat=GROUP)
    assert (await ada.wait_for(has_text, chat=GROUP))["text"] == menus.ONLY_ADMINS
    await you.say("/settings <b>Atlantis</b>", chat=GROUP)
    assert (await you.wait_for(has_text, chat=GROUP))["text"] == menus.without_tags(menus.SETTING_UNKNOWN)
    assert (await chats.settings(GROUP)).time_zone is None
    await chats.set_language(GROUP, "ru")
    await you.say("/settings Лиссабон", chat=GROUP)
    with speaking("ru"):
        await you.wait_for(lambda m: "Лиссабон" in m.get("text", "") and menus.TIME_ZONE in m["text"], chat=GROUP)
    assert (await chats.settings(GROUP)).time_zone == "Europe/Lisbon"
    await you.say("/settings Spain")
    said = await you.wait_for(lambda m: "/settings Madrid UTC" in m.get("text", ""))
    assert "/settings Canary UTC" in said["text"] and (await chats.settings(YOU)).time_zone is None
    await you.say("/settings timezone Roma")
    await you.wait_for(lambda m: "Rome" in m.get("text", "") and menus.TIME_ZONE in m["text"])
    assert (await chats.settings(YOU)).time_zone == "Europe/Rome"
