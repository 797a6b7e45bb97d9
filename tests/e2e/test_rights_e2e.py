"""Rights as people meet them, and files that are larger than they say."""

from __future__ import annotations

import aiohttp
from e2e_helpers import ADA, GROUP, YOU, HeldBroker, StartBot, picture, sure

from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import menus
from bot.texts import questions as texts
from storage.records import State


async def make(sandbox: Sandbox, member: int, status: str) -> None:
    fields = {"user": YOU, "chat": GROUP, "member": member, "status": status}
    async with aiohttp.ClientSession() as http, http.post(f"{sandbox.url}/client/member", json=fields) as response:
        assert response.status == 200


async def test_rights_are_asked_for_at_every_press(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    """An admin who is none any more has a menu on the screen that does nothing; made one again, it works again."""
    bot = await start_bot()
    assert bot.services is not None
    await make(sandbox, ADA, "administrator")
    await ada.say("/settings", chat=GROUP)
    menu = await ada.wait_for(lambda m: "reply_markup" in m, chat=GROUP)
    assert (await ada.press(menu, "5")) != {"text": menus.ONLY_ADMINS, "show_alert": True}
    assert (await bot.services.effective(GROUP)).beams == 5
    await make(sandbox, ADA, "member")
    assert (await ada.press(menu, "1")) == {"text": menus.ONLY_ADMINS, "show_alert": True}
    assert (await bot.services.effective(GROUP)).beams == 5
    await make(sandbox, ADA, "administrator")
    menu = next(m for m in await ada.messages(GROUP) if m["message_id"] == menu["message_id"])
    await ada.press(menu, "1")
    assert (await bot.services.effective(GROUP)).beams == 1


async def test_only_who_asked_confirms_a_deletion(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    bot = await start_bot()
    assert bot.services is not None
    await make(sandbox, ADA, "administrator")
    await you.send_picture(picture(), "@vqa_sandbox_bot what?", chat=GROUP)
    await you.wait_for(sure, chat=GROUP)
    await you.say("/delete", chat=GROUP)
    menu = await you.wait_for(lambda m: "reply_markup" in m, chat=GROUP)
    assert await ada.press(menu, menus.DELETE_YES) == {"text": menus.NOT_YOURS, "show_alert": True}
    await make(sandbox, YOU, "member")
    assert await you.press(menu, menus.DELETE_YES) == {"text": menus.ONLY_ADMINS, "show_alert": True}
    assert await bot.services.store.history.count(GROUP) == 1


async def test_who_may_confirm_what_an_anonymous_admin_asked_for_is_said(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    await start_bot()
    await you.send_picture(picture(), "@vqa_sandbox_bot what?", chat=GROUP)
    await you.wait_for(sure, chat=GROUP)
    await you.say("/delete", chat=GROUP, anonymous=True)
    menu = await ada.wait_for(lambda m: "reply_markup" in m, chat=GROUP)
    assert await ada.press(menu, menus.DELETE_NO) == {"text": menus.ONLY_ADMINS, "show_alert": True}
    await you.press(menu, menus.DELETE_NO)
    await ada.wait_for(lambda m: m.get("text") == menus.DELETE_KEPT, chat=GROUP)


async def test_a_file_that_is_larger_than_it_said_is_not_downloaded(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    """A message may leave the size out; what counts is what Telegram says when asked for the file."""
    bot = await start_bot()
    assert bot.inbox is not None
    await you.say("What is this?")
    await you.wait_for(lambda m: m.get("text") == texts.NEED_PICTURE)
    file = sandbox.world.files.add(picture("blue") + bytes(21 * 2**20), "document", "big.png", "image/png")
    document = {"file_id": file.file_id, "file_unique_id": "u", "file_name": "big.png", "mime_type": "image/png"}
    chat = {"id": YOU, "type": "private", "first_name": "You"}
    message = {"message_id": 9000, "date": 1, "chat": chat, "document": document, "caption": "What?"}
    await bot.inbox.take([{"update_id": 10**9, "message": message}])
    await you.wait_for(lambda m: m.get("text") == texts.TOO_BIG)
    assert bot.services is not None and await bot.services.store.photos.current(YOU, None, None) == []


async def test_a_question_is_cancelled_by_who_asked_it_or_an_admin(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    bot = await start_bot(HeldBroker())
    assert bot.services is not None
    name = bot.services.bot.username
    await make(sandbox, ADA, "member")
    yours = await you.send_picture(picture(), f"@{name} mine?", chat=GROUP)
    hers = await ada.send_picture(picture(), f"@{name} mine?", chat=GROUP)

    async def progress(of: Message) -> Message:
        return await you.wait_for(
            lambda m: "reply_markup" in m and m["reply_to_message"]["message_id"] == of["message_id"],
            chat=GROUP,
            since=0,
        )

    shown, own = await progress(yours), await progress(hers)
    assert (await ada.press(shown, texts.CANCEL_BUTTON) or {})["text"] == texts.NOT_YOURS_TO_CANCEL
    assert (await bot.services.store.questions.of_message(GROUP, yours["message_id"]))[0].state is State.RUNNING
    assert (await ada.press(own, texts.CANCEL_BUTTON) or {})["text"] == texts.CANCELLED
    await make(sandbox, ADA, "administrator")
    assert (await ada.press(shown, texts.CANCEL_BUTTON) or {})["text"] == texts.CANCELLED
