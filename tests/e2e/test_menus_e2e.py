"""The menus, as people press them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import zipfile

from e2e_helpers import ADA, GROUP, YOU, StartBot, press_forged, says
from menu_helpers import ask, first_question, has_buttons, has_text

from bot.callback_data import CancelQuestion, ChangeAdminSetting, ConfirmDelete, ShowPicture
from bot.sandbox.person import Person, buttons
from bot.texts import menus
from bot.texts import questions as texts
from bot.texts.language import speaking


async def test_settings_are_changed_in_place_and_hold(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.say("/settings")
    menu = await you.wait_for(has_buttons)
    assert "Care (beams): 3 (default)" in menu["text"] and "Length (max new tokens): 20 (default)" in menu["text"]
    await you.press(menu, "+")
    changed = await you.wait_for(lambda m: "Care (beams): 4 (chosen here)" in m.get("text", ""))
    assert changed["message_id"] == menu["message_id"]
    await you.press(menu, "100")
    await you.wait_for(lambda m: "Length (max new tokens): 100 (chosen here)" in m.get("text", ""))
    await ask(you)
    assert bot.services is not None
    question = await first_question(bot, YOU)
    assert (question.beams, question.max_new_tokens) == (4, 100)
    assert await you.press(menu, "100") == {"text": "Length (max new tokens) is 100 already.", "show_alert": False}
    for name in (menus.CARE, menus.LENGTH, menus.KEEPING, menus.TRAINING, menus.LANGUAGE):
        explained = await you.press(menu, name)
        assert explained is not None and explained["show_alert"]
        below_its_name = re.search(rf"^{re.escape(name)}.*\n(.*)$", menu["text"], re.MULTILINE)
        assert below_its_name is not None and explained["text"] == below_its_name[1]
    await you.press(menu, menus.RESET)
    await you.wait_for(lambda m: "Care (beams): 3 (default)" in m.get("text", ""), since=0)
    assert await you.press(menu, menus.RESET) == {"text": menus.NO_CHOICE, "show_alert": False}


async def test_numbers_of_settings_may_be_typed(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    await you.say("/settings beams 4")
    await you.wait_for(says("Care (beams): 4 from now on."))
    await you.say("/settings Length=10")
    await you.wait_for(says("Length (max new tokens): 10 from now on."))
    await you.say("/settings max new tokens 99999")
    await you.wait_for(says("Length (max new tokens): 1000 from now on, the most here."))
    await you.say("/settings care 4")
    await you.wait_for(says("Care (beams) is 4 already."))
    await you.say("/settings beams many")
    await you.wait_for(says(menus.without_tags(menus.SETTING_UNKNOWN)))
    await you.say("/settings beams 0")
    await you.wait_for(says("Care (beams): 1 from now on, the least."))
    await you.say("/settings beams 4")
    await you.wait_for(says("Care (beams): 4 from now on."))
    await you.say("/settings 0")
    await you.wait_for(says(menus.without_tags(menus.SETTING_UNKNOWN)))
    await ada.say("/settings beams 4", chat=GROUP)
    await ada.wait_for(says(menus.ONLY_ADMINS), chat=GROUP)
    assert bot.services is not None
    chosen = await bot.services.store.chats.settings(YOU)
    assert (chosen.beams, chosen.max_new_tokens, chosen.time_zone) == (4, 1000, None)


async def test_a_menu_has_one_kind_of_digits(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    await ask(you)
    await bot.services.store.chats.set_language(YOU, "fa")
    await you.say("/settings")
    menu = await you.wait_for(has_buttons)
    assert "۲۰" in menu["text"] and not re.search("[0-9]", menu["text"]), menu["text"]
    assert not re.search("[0-9]", "".join(one["text"] for one in buttons(menu)))
    await you.say("/history")
    page = await you.wait_for(lambda m: has_buttons(m) and "What" in m["text"])
    assert "\n\u200f۱. " in page["text"] and [one["text"] for one in buttons(page)] == ["🖼 ۱"]


async def test_every_row_of_settings_buttons_has_its_name_over_it(start_bot: StartBot, you: Person) -> None:
    await start_bot(max_beams=1)
    await you.say("/settings")
    menu = await you.wait_for(has_buttons)
    rows = menu["reply_markup"]["inline_keyboard"]
    assert [row[0]["text"] for row in rows if len(row) == 1][:2] == [menus.CARE, menus.LENGTH]
    answer = await you.press(menu, "+")
    assert answer == {"text": "Care (beams) is 1 already, the most here.", "show_alert": False}


async def test_in_a_group_only_its_admins_press(start_bot: StartBot, you: Person, ada: Person) -> None:
    await start_bot()
    await you.say("/settings", chat=GROUP)
    menu = await you.wait_for(has_buttons, chat=GROUP)
    refused = await ada.press(menu, "5")
    assert refused == {"text": menus.ONLY_ADMINS, "show_alert": True}
    await you.press(menu, "5")
    await you.wait_for(lambda m: "Care (beams): 5" in m.get("text", ""), chat=GROUP)
    for command in ("/export", "/delete"):
        await ada.say(command, chat=GROUP)
        assert (await ada.wait_for(has_text, chat=GROUP))["text"] == menus.ONLY_ADMINS


async def test_an_export_opens_and_escapes(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.say("/export")
    assert (await you.wait_for(has_text))["text"] == menus.EMPTY_EXPORT
    await ask(you, 2, "=<script>alert({})</script>")
    await you.say("/export")
    data = await you.download(await you.wait_for(lambda m: "document" in m))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        page = archive.read("index.html").decode()
        history = json.loads(archive.read("history.json"))
        table = list(csv.DictReader(io.StringIO(archive.read("history.csv").decode("utf-8-sig"))))
        names = [name for name in archive.namelist() if name.startswith("pictures/")]
        assert len(names) == 2 and all(archive.read(name)[:2] == b"\xff\xd8" for name in names)
    assert "<script>" not in page and "&lt;script&gt;alert(0)" in page and "http" not in page.replace("http-equiv", "")
    assert [q["question"] for q in history["questions"]] == [f"=<script>alert({i})</script>" for i in range(2)]
    assert [q["answer"] for q in history["questions"]] == ["red", "red"]
    assert all(row["question"].startswith("'=") for row in table), "a spreadsheet must not run it"
    assert {q["picture"] for q in history["questions"]} == set(names)


async def test_forged_buttons_reach_nothing(start_bot: StartBot, you: Person, ada: Person) -> None:
    """Buttons' data comes from the person's app: what another chat's button would carry does nothing here."""
    bot = await start_bot()
    await ask(you)
    assert bot.services is not None
    question = await first_question(bot, YOU)
    await ada.say("/settings")
    menu = await ada.wait_for(has_buttons)
    forged = [
        ShowPicture(question.id),
        CancelQuestion(question.id),
        ConfirmDelete(True, YOU),
        ChangeAdminSetting("rate", 1),
    ]
    data = [button.pack() for button in forged]
    data += ["set:beams:99999999999999999999", "set:beams:x", "pic:", "del:yes", "adm:rate:-1", "cancel:٣", "nonsense"]
    for number, text in enumerate(data):
        await press_forged(bot, ada, menu, number, text)
    for person in (you, ada):
        assert not any("photo" in m and m["from"]["is_bot"] for m in await person.messages())
    assert [q.id async for q in bot.services.store.questions.export(YOU)] == [question.id]
    assert (await bot.services.store.settings.get()).questions_per_minute is None


async def test_admins_see_and_set_and_others_do_not(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    await ada.say("/admin")
    assert (await ada.wait_for(has_text))["text"] == texts.UNKNOWN_COMMAND
    await you.say("/admin")
    menu = await you.wait_for(has_buttons)
    assert "Worker: ready" in menu["text"] and "Default beams 3" in menu["text"]
    assert "Pictures: 0, 0.0 of at most 10,000 MB" in menu["text"] and "MB free" in menu["text"]
    for command, reply in (
        ("/admin beams 5", "Default beams: 5 from now on."),
        ("/admin max_beams 4", "Largest beams: 4 from now on."),
        ("/admin beams 5", "The largest is 4, so 4 is what counts."),
        ("/admin rate 0", "rate must be a whole number from 1 to 1000"),
        ("/admin rate ٣", "rate must be a whole number"),
        ("/admin colour 3", "After /admin comes one of"),
        ("/admin beams", "After /admin comes one of"),
        ("/admin ban 2002", "/admin block 123456789 keeps them out"),
        ("/admin access all", "/admin access lists all"),
        ("/admin feedback off", "Whether people are asked what they think of answers: No from now on."),
        ("/admin feedback YES", "Whether people are asked what they think of answers: Yes from now on."),
        ("/admin feedback 2", "feedback must be yes or no"),
        ("/admin tokens default", "back to the default"),
    ):
        await you.say(command)
        assert reply in (await you.wait_for(has_text))["text"]
    assert await you.press(menu, "tokens 50") == {
        "text": "Default max new tokens: 50 from now on.",
        "show_alert": False,
    }
    await ask(ada)
    assert bot.services is not None
    question = await first_question(bot, ADA)
    assert question.beams == 4, "the default of 5 counts as the limit of 4, at once"
    await bot.stop()
    again = await start_bot()
    assert again.services is not None
    assert (await again.services.effective(ADA)).beams == 4, "it survives a restart"


async def test_commands_are_registered_for_everybody_and_for_admins(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot()
    await you.say("/help")
    assert "\n/admin – " in (await you.wait_for(says("Ask about a picture (in English)")))["text"]
    await ada.say("/help")
    helped = (await ada.wait_for(says("Ask about a picture")))["text"]
    assert "\n/ask – " in helped and "/admin" not in helped
    assert bot.services is not None
    known = {command.command for command in await bot.services.bot.get_my_commands()}
    assert known == set(), "nothing is registered without a scope"
    listed = {c["command"] for c in (await ada.state())["commands"]}
    assert {"settings", "history", "export", "delete", "privacy", "help"} <= listed and "admin" not in listed
    await you.wait_for(has_text)
    for _ in range(1000):  # it comes beside the answer
        if "admin" in {c["command"] for c in (await you.state())["commands"]}:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("an admin who wrote later has no menu of the admins")


async def test_language_and_defaults_may_be_typed(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    for typed, code in (("language german", "de"), ("italiano", "it"), ("lang: fa", "fa"), ("English", "en")):
        await you.say(f"/settings {typed}")
        with speaking(code):
            await you.wait_for(says(str(menus.DONE)))
    await you.say("/settings beams 4")
    await you.wait_for(says("4 from now on"))
    await you.say("/settings Reset")
    await you.wait_for(says(str(menus.DONE)))
    assert (await bot.services.store.chats.settings(YOU)).beams is None
