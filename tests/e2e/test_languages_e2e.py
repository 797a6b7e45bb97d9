"""Each language as a person meets it: from Telegram's code, by choice, and with a question in it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from e2e_helpers import GROUP, TOKEN, YOU, StartBot, asked, picture, says

from bot.handlers import commands
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import about, menus, questions
from bot.texts.catalog import number
from bot.texts.language import LANGUAGES, NAMES, speaking

ASKED = {
    "de": "Welche Farbe hat der Ball?",
    "it": "Che colore ha la palla?",
    "es": "¿De qué color es la pelota?",
    "fr": "De quelle couleur est la balle ?",
    "pt": "Qual é a cor da bola?",
    "ru": "Какого цвета мяч?",
    "fa": "توپ چه رنگی است؟",
}
UNKNOWN = 1020


async def someone(you: Person, number: int, code: str) -> None:
    await you.set_up("users", id=number, first_name="Kim", language_code=code)


def plain(text: str) -> str:
    """As a message shows it: without tags."""
    return menus.without_tags(text)


async def test_each_language_is_spoken_from_telegrams_code(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    bot = await start_bot()
    for place, language in enumerate(ASKED):
        who = UNKNOWN + place
        await someone(you, who, f"{language}-XX" if place % 2 else language)
        async with Person(sandbox.url, who) as person:
            with speaking(language):
                await person.say("/start")
                await person.wait_for(says(plain(about.START)))
                await person.send_picture(picture(), ASKED[language])
                told = await person.wait_for(says(plain(questions.OTHER_LANGUAGE)))
                assert "What color is the ball?" in told["text"]
                await person.say("What colour is it?")  # about the picture that came with the question
                await person.wait_for(says(number(87)))
                await person.say("/history")
                page = await person.wait_for(lambda m: "reply_markup" in m)
                assert "What colour is it?" in page["text"] and "History" not in page["text"]
        assert [text for text, _ in await asked(bot, who)] == ["What colour is it?"]


async def test_a_language_of_ones_own_is_chosen_and_stays(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.say("/settings")
    menu = await you.wait_for(says("Settings of this chat"))
    await you.press(menu, NAMES["fa"])
    with speaking("fa"):
        shown = await you.wait_for(says(plain(menus.settings(await bot_settings(bot), no_choice()))), since=0)
        assert f"✓ {NAMES['fa']}" in [b["text"] for row in shown["reply_markup"]["inline_keyboard"] for b in row]
        await bot.stop()
        await start_bot()
        await you.say("Qual é a cor da bola?")
        with speaking("pt"):
            await you.wait_for(says(plain(questions.OTHER_LANGUAGE)))
        await you.say("What?")
        await you.wait_for(says(questions.NEED_PICTURE))
        await you.press(shown, NAMES["en"])
    await you.wait_for(says("Language: English"), since=0)


async def test_who_chose_no_language_is_spoken_to_in_that_of_their_telegram(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    for code in ("de", "fr-CA"):
        await you.set_up("users", id=YOU, first_name="You", language_code=code)
        await you.say("What?")
        with speaking(code):
            await you.wait_for(says(questions.NEED_PICTURE))
    assert bot.services is not None and await bot.services.store.chats.language(YOU) == "fr-CA"
    await you.say("/settings language it")
    with speaking("it"):
        await you.wait_for(says(str(menus.DONE)))
        await you.set_up("users", id=YOU, first_name="You", language_code="ru")
        await you.say("What?")
        await you.wait_for(says(questions.NEED_PICTURE))


async def bot_settings(bot: Any) -> Any:
    return await bot.services.effective(YOU)


def no_choice() -> Any:
    from storage.records import ChatSettings

    return ChatSettings()


async def test_a_group_speaks_what_its_admins_choose(start_bot: StartBot, you: Person, ada: Person) -> None:
    await start_bot()
    await you.say("/settings", chat=GROUP)
    menu = await you.wait_for(says("Settings of this chat"), chat=GROUP)
    assert (await ada.press(menu, NAMES["it"]) or {})["text"] == menus.ONLY_ADMINS
    await you.press(menu, NAMES["it"])
    await you.wait_for(says("Impostazioni di questa chat"), chat=GROUP, since=0)
    await ada.send_picture(picture(), "@vqa_sandbox_bot what colour is it?", chat=GROUP)
    await ada.wait_for(says("certezza: 87 %"), chat=GROUP)


async def test_commands_and_descriptions_are_registered_for_each_language(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "OTHERS", LANGUAGES[1:])
    await start_bot()

    async def call(method: str, **fields: object) -> Any:
        url = f"{sandbox.url}/bot{TOKEN}/{method}"
        async with aiohttp.ClientSession() as http, http.post(url, json=fields) as response:
            return (await response.json())["result"]

    with speaking(LANGUAGES[-1]):  # the last one comes last
        last = {"short_description": about.SHORT_DESCRIPTION}
    for _ in range(2000):
        if await call("getMyShortDescription", language_code=LANGUAGES[-1]) == last:
            break
        await asyncio.sleep(0.05)
    for language in LANGUAGES:
        code = "" if language == "en" else language
        with speaking(language):
            for scope, names in (("all_private_chats", commands.PRIVATE), ("all_group_chats", commands.GROUP)):
                listed: list[Message] = await call("getMyCommands", scope={"type": scope}, language_code=code)
                assert [one["command"] for one in listed] == list(names)
                assert [one["description"] for one in listed] == [about.COMMANDS[name] for name in names]
            assert (await call("getMyDescription", language_code=code))["description"] == about.DESCRIPTION


@pytest.mark.parametrize(
    ("client", "asked", "spoken"),
    [
        ("ar", "توپ چه رنگی است؟", "en"),
        ("uk", "Какого цвета мяч?", "en"),
        ("nl", "Welche Farbe hat der Ball?", "en"),
        ("en", "ما لون الكرة؟", "en"),
        ("en", "en de hond?", "en"),
        ("en-GB", "Welche Farbe hat der Ball?", "de"),
        ("de", "Che colore ha la palla?", "it"),
        ("de", "en de hond?", "de"),
        ("fa", "ما لون الكرة؟", "fa"),
    ],
)
async def test_what_ones_telegram_speaks_counts_before_what_words_look_like(
    start_bot: StartBot, sandbox: Sandbox, you: Person, client: str, asked: str, spoken: str
) -> None:
    await start_bot()
    await someone(you, UNKNOWN, client)
    async with Person(sandbox.url, UNKNOWN) as person:
        with speaking(spoken):
            await person.say(asked)
            await person.wait_for(says(plain(questions.OTHER_LANGUAGE)))


async def test_where_is_asked_in_the_language_of_the_chat(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    bot = await start_bot()
    await someone(you, UNKNOWN, "it")
    async with Person(sandbox.url, UNKNOWN) as person:
        await person.send_picture(picture(), "What color is the ball?")
        await person.wait_for(says(number(87)))
        await person.say("Dove?")
        await person.wait_for(says("Where"))
    assert [text for text, _ in await asked(bot, UNKNOWN)] == ["What color is the ball?", "Where?"]
