"""The history, as people read it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from e2e_helpers import GROUP, YOU, StartBot, picture, says, sure
from menu_helpers import ask, first_question, has_buttons, has_text

from bot.sandbox.person import Person, buttons
from bot.texts import menus


async def test_history_turns_its_pages(start_bot: StartBot, you: Person) -> None:
    await start_bot()
    await you.say("/history")
    assert (await you.wait_for(has_text))["text"] == menus.EMPTY_HISTORY
    await ask(you, 6, "<i>What</i> colour {}?")
    await you.say("/history")
    page = await you.wait_for(has_buttons)
    assert "6 questions, page 1 of 2" in page["text"] and "1. <i>What</i> colour 5?" in page["text"]
    await you.press(page, menus.OLDER)
    second = await you.wait_for(lambda m: "page 2 of 2" in m.get("text", ""))
    assert second["message_id"] == page["message_id"] and "6. <i>What</i> colour 0?" in second["text"]
    await you.press(second, "🖼 6")
    small = await you.wait_for(lambda m: "photo" in m)
    assert max(small["photo"][-1]["width"], small["photo"][-1]["height"]) <= 320


async def test_the_history_says_that_questions_without_an_answer_are_not_in_it(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot()
    await ask(you, 2)
    await you.say("/history")
    page = await you.wait_for(lambda m: has_buttons(m) and says("2 questions")(m))
    assert menus.ONLY_ANSWERED not in page["text"]
    question = await first_question(bot, YOU)
    assert bot.services is not None
    await bot.services.store.questions._db.execute(
        "UPDATE questions SET state = 'failed', answer = NULL WHERE id = ?", (question.id,)
    )
    await you.say("/history")
    assert menus.ONLY_ANSWERED in (await you.wait_for(lambda m: has_buttons(m) and says("1 question,")(m)))["text"]


async def test_a_long_history_is_entered_at_its_ends_and_by_a_date(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await ask(you)
    assert bot.services is not None
    store = bot.services.store
    async with store.db.transaction() as tx:  # one a day, backwards
        await tx.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499)"
            " INSERT INTO questions (chat_id, message_id, photo_sha256, text, beams, max_new_tokens, state, answer,"
            " confidence, delivered, created_at, updated_at) SELECT ?, 100000 + i, 'ab', 'Day ' || i || '?', 1, 5,"
            " 'delivered', 'red', 0.9, 1, ? - 86400 * i, 0 FROM n",
            (YOU, datetime(2026, 11, 3, 12, tzinfo=UTC).timestamp()),
        )
    await you.say("/history")
    page = await you.wait_for(has_buttons)
    assert "500 questions, page 1 of 100" in page["text"]
    await you.press(page, menus.OLDEST)
    last = await you.wait_for(lambda m: "page 100 of 100" in m.get("text", ""))
    assert "Day 499?" in last["text"] and "picture not kept any more" in last["text"]
    assert [b["text"] for b in buttons(last)] == [menus.NEWEST, menus.NEWER], "no picture, no button"
    await you.press(page, menus.NEWEST)
    await you.wait_for(lambda m: "page 1 of 100" in m.get("text", ""))
    for command, shown in (("/history 2026-10-03", "03 Oct 2026"), ("/history 2026-09", "30 Sep 2026")):
        await you.say(command)
        assert shown in (await you.wait_for(has_buttons))["text"]
    for nonsense in ("/history yesterday", "/history 2026-13", "/history 9999-12-31", "/history 2026-11-03 2026-11-04"):
        await you.say(nonsense)
        assert "/history 2026-11-03" in (await you.wait_for(has_text))["text"]


async def test_history_in_groups_says_who_asked_and_its_pictures_are_known(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot()
    for person in (you, ada):
        await person.send_picture(picture(), "@vqa_sandbox_bot what?", chat=GROUP)
        await person.wait_for(sure, chat=GROUP)
    await you.say("/history", chat=GROUP)
    page = await you.wait_for(has_buttons, chat=GROUP)
    assert "1. Ada: " in page["text"] and "2. You: " in page["text"]
    await you.press(page, "🖼 1")
    small = await you.wait_for(lambda m: "photo" in m and m["from"]["is_bot"], chat=GROUP)
    assert bot.services is not None
    (newest, _) = await bot.services.store.history.page(GROUP, limit=5)
    for _ in range(500):  # it is recorded beside the sending
        if await bot.services.store.sent.photo_of(GROUP, small["message_id"]) == newest.photo_message_id:
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("a reply to the small picture would not be about the picture")
