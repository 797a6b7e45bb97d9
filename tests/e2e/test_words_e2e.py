"""What people say and how they are spoken to: a message becomes words first, and a chat has its language."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e_helpers import ADA, GROUP, YOU, HeldBroker, StartBot, asked, picture, quiet, says, sure
from telegram import Message

from bot.conversation.wording import TextOnly, Words
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import language as languages
from bot.texts import questions as texts
from bot.texts.language import language, nearest, speaking
from storage.store import Store

JANE = 1017


class Hears(TextOnly):
    """Understands voice messages, whatever they say, as one question."""

    async def words_of(self, message: Message) -> Words:
        return Words("What colour?", attachment="voice") if message.voice else await super().words_of(message)


async def test_a_message_that_becomes_words_later_is_a_question_like_any_other(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot()
    assert bot.services is not None
    await you.send_picture(picture())
    await you.send_file(b"\0" * 64, "question.ogg", kind="voice")
    await you.wait_for(says(texts.UNSUPPORTED["voice"]))
    bot.services.wording = Hears()
    sent = await you.send_file(b"\0" * 64, "question.ogg", kind="voice")
    answer = await you.wait_for(sure)
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    await you.send_file(b"\0" * 64, "film.mp4", "What colour?", kind="video")
    await you.wait_for(says(texts.UNSUPPORTED["video"]))
    await you.say("And the shape?")
    await you.wait_for(sure)
    await quiet(bot, questions=2)
    assert [text for text, _ in await asked(bot)] == ["What colour?", "And the shape?"]


@pytest.mark.parametrize(
    ("code", "spoken"), [("de", "de"), ("DE-at", "de"), ("de_AT", "de"), ("pt-br", "en"), ("", "en"), (None, "en")]
)
def test_the_nearest_language(code: str | None, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "LANGUAGES", ("en", "de"))
    assert nearest(code) == spoken
    with speaking(code):
        assert language() == spoken
    assert language() == "en"


async def test_whatever_is_said_to_a_chat_is_said_in_its_language(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    """Handlers, progress, answers and exports, also of what an earlier run left: a text asks for it when it is made."""
    await you.set_up("users", id=JANE, first_name="Jane", language_code="de-CH")
    broker = HeldBroker()
    bot = await start_bot(broker, questions_per_minute=1)
    async with Person(sandbox.url, JANE) as jane:
        await jane.send_picture(picture(), "What colour?")
        await jane.wait_for(says("Ich sehe nach…"))
        await jane.say("What else?")
        await jane.wait_for(says("höchstens 1 in der Minute"))
        await bot.stop()
        bot = await start_bot(questions_per_minute=1)
        await jane.wait_for(says("87 % sicher"), since=0)
        await jane.say("/export")
        await jane.wait_for(lambda m: m.get("caption") == "Entpacken Sie es und öffnen Sie index.html.", since=0)
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    async with Person(sandbox.url, ADA) as ada:
        name = "" if bot.services is None else bot.services.bot.username
        await ada.send_picture(picture(), f"@{name} What colour?", chat=GROUP)
        await ada.wait_for(sure, chat=GROUP)
    assert bot.services is not None
    store = bot.services.store
    assert [await store.chats.language(chat) for chat in (JANE, YOU, GROUP)] == ["de-CH", "en", None]


async def test_a_language_goes_with_its_chat(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "data") as store:
        await store.chats.touch(-5, "group", "Friends")
        assert await store.chats.language(-5) is None
        await store.chats.touch(-5, "group", "Friends", "it")
        await store.chats.migrate(-5, -1005)
        assert await store.chats.language(-1005) == "it"
        assert (await store.chats.everything(-1005))["chats"][0]["language"] == "it"
        await store.chats.delete_everything(-1005)
        assert await store.chats.language(-1005) is None
