"""What cannot be read as a picture: files of other kinds, broken ones, those that cost too much."""

from __future__ import annotations

import hashlib

import pytest
from e2e_helpers import StartBot, asked, picture, says, sure

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import questions as texts
from bot.texts.failures import sentence
from model.benchmarks.picture_bombs import run_length_bmp
from model.serving.broker.null import NullBroker
from model.serving.image_pool import TOO_SLOW, ImagePool
from model.serving.image_process import DecodingLimits
from storage.picture_checks import PictureCheck
from storage.records import NewQuestion


@pytest.mark.parametrize(("kind", "name"), [("video", "a.mp4"), ("sticker", "a.tgs"), ("location", "")])
async def test_what_cannot_be_looked_at_is_said_in_a_reply_too(
    start_bot: StartBot, you: Person, kind: str, name: str
) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    if name:
        sent = await you.send_file(b"\0" * 64, name, kind=kind)
    else:
        sent = (await you._send({"kind": kind}, [], None))[0]
    sentence = texts.UNSUPPORTED[kind if name else "other"]
    await you.wait_for(says(sentence))
    await you.say("What is this?", reply_to=sent)
    await you.wait_for(says(sentence))
    assert len(await asked(bot)) == 1


@pytest.mark.parametrize("name", ["holiday", "a.jfif", "a.dat", "a.bin"])
async def test_the_bytes_of_a_file_without_a_type_tell(start_bot: StartBot, you: Person, name: str) -> None:
    await start_bot()
    await you.send_picture(picture(form="JPEG"), "What?", name=name, as_document=True)
    await you.wait_for(sure)
    await you.send_picture(b"no picture at all", "What?", name="notes", as_document=True)
    await you.wait_for(says("This is a text file, not a picture"))


async def test_what_costs_too_much_is_not_called_something_else(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    bot.services.decoder._pool = ImagePool(2, DecodingLimits(cpu_seconds=1, clock_seconds=60))
    for number in range(2):  # the second time from what is remembered
        await you.send_picture(run_length_bmp(), "What?", name=f"{number}.bin", as_document=True)
        await you.wait_for(says(sentence(TOO_SLOW)))


async def test_a_broken_picture_is_refused_before_it_is_asked_about(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture()[:200], name="broken.png", as_document=True)
    refused = await you.wait_for(lambda m: "text" in m)
    assert texts.WHAT_TO_KNOW not in refused["text"]
    assert bot.services is not None and await bot.services.store.photos.current(you.user_id, None, None) == []


async def test_a_picture_that_proved_broken_is_fetched_anew(start_bot: StartBot, you: Person, sandbox: Sandbox) -> None:
    broker = NullBroker("red", 0.9)
    bot = await start_bot(broker)
    whole = picture("red")
    sent = await you.send_picture(whole, "What?", name="a.png", as_document=True)
    await you.wait_for(sure)
    assert bot.services is not None
    store = bot.services.store
    photo = await store.photos.of_message(you.user_id, sent["message_id"])
    assert photo is not None
    # As if a file server had given half of it, and the worker could not read that.
    half = await store.photos.save(
        you.user_id, photo.message_id, whole[:100], media_type="image/png", file_unique_id=photo.file_unique_id
    )
    question, _ = await store.questions.ask(
        NewQuestion(
            chat_id=you.user_id, message_id=9_999, photo_sha256=half.sha256, text="?", beams=1, max_new_tokens=5
        )
    )
    await store.questions.fail(question.id, "This picture is damaged.")
    await you.say("And now?", reply_to=sent)
    await you.wait_for(sure)
    again = await store.photos.of_message(you.user_id, sent["message_id"])
    assert again is not None and again.sha256 == photo.sha256


async def test_why_a_picture_cannot_be_read_is_said_once(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    whole = picture("red")
    why = "The picture arrived incomplete or damaged."
    await bot.services.store.picture_checks.put(hashlib.sha256(whole).hexdigest(), PictureCheck(why))
    for person in (you, ada):  # what one chat was told, another was not
        await person.send_picture(whole, "What?", name="a.png", as_document=True)
        assert (await person.wait_for(lambda m: "text" in m))["text"] == why
        for question in ("And now?", "Is it big?"):
            await person.say(question)
            assert (await person.wait_for(lambda m: "text" in m))["text"] == texts.STILL_UNREADABLE
