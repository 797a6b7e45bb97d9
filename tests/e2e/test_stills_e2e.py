"""What moves is answered about by its still picture, and says so; stickers, live photos and quotes too."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from album_helpers import Seeing
from e2e_helpers import GROUP, YOU, StartBot, asked, forum, picture, quiet, says, sure
from PIL import Image

from bot.sandbox.person import Person
from bot.texts import questions as texts
from bot.texts.caveats import STILLS

NAME = "@vqa_sandbox_bot"


def gif(*colours: str) -> bytes:
    first, *others = (Image.new("RGB", (120, 80), colour) for colour in colours)
    file = BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["animation", "video"])
async def test_a_still_is_answered_about_and_said_to_be_one(start_bot: StartBot, you: Person, kind: str) -> None:
    await start_bot(Seeing())
    data, name = (gif("blue", "red"), "a.gif") if kind == "animation" else (b"\0" * 64, "a.mp4")
    still = picture("blue") if kind == "video" else b""
    thread = await forum(you)
    for chat, topic in ((YOU, None), (GROUP, None), (-1009, thread)):
        caption = "What colour?" if chat == YOU else f"{NAME} what colour?"
        await you.send_file(data, name, caption, kind=kind, still=still, chat=chat, thread=topic)
        answer = await you.wait_for(sure, chat=chat)
        assert answer["text"].startswith(f"{STILLS[kind]}\nBlue\n") and topic in (None, answer.get("message_thread_id"))
    await you.say("/history")
    await you.wait_for(says("History"))
    await you.say("/export")
    sent = await you.wait_for(lambda m: "document" in m)
    with ZipFile(BytesIO(await you.download(sent))) as archive:
        history = json.loads(archive.read("history.json"))
    assert history["questions"][0]["caveat"] == STILLS[kind] and history["pictures"][0]["still_of"] == kind


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
async def test_of_an_animated_file_the_first_picture_is_said_to_be_seen(
    start_bot: StartBot, you: Person, form: str
) -> None:
    await start_bot(Seeing())
    frames = [Image.new("RGB", (120, 80), colour) for colour in ("blue", "red")]
    for others, caveat in ((frames[1:], f"{STILLS['file']}\n"), ([], "")):
        file = BytesIO()
        frames[0].save(file, form, save_all=True, append_images=others, lossless=True)
        await you.send_file(file.getvalue(), f"a.{form.lower()}", "What colour?")
        assert (await you.wait_for(sure))["text"].startswith(f"{caveat}Blue\n")


async def test_a_still_without_words_says_what_it_is(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    await you.send_file(gif("blue", "red"), "a.gif", kind="animation")
    await you.wait_for(says(texts.WHAT_TO_KNOW_STILL))
    await you.say("What colour?")
    assert STILLS["animation"] in (await you.wait_for(sure))["text"]
    await you.send_album([picture("red"), b"\0" * 64], "What colour?", names=["a.jpg", "a.mp4"])  # no still: refused
    await you.wait_for(says(texts.UNSUPPORTED["video"]))
    answer = await you.wait_for(sure)
    assert answer["text"].startswith("Red\n")
    await you.send_album([picture("red"), gif("blue", "red")], "What colour?", names=["a.jpg", "a.gif"])
    answer = await you.wait_for(lambda m: says("2. ")(m) and sure(m))
    assert answer["text"].startswith(f"{STILLS['animation']}\n1. Red") and "\n2. Blue" in answer["text"]
    await you.say("What size?", reply_to=answer, quote="Blue")  # its second line
    await you.wait_for(lambda m: sure(m) and STILLS["animation"] in m["text"] and "1. " not in m["text"])
    await quiet(bot)


async def test_stickers_and_live_photos_are_pictures(start_bot: StartBot, you: Person) -> None:
    await start_bot(Seeing())
    sticker = await you.send_file(picture("green", form="WEBP"), "a.webp", kind="sticker")
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.send_file(b"\0" * 64, "a.tgs", kind="sticker", still=picture("blue", form="WEBP"))
    await you.wait_for(says(texts.WHAT_TO_KNOW_STILL))
    await you.say("What colour?", reply_to=sticker)
    assert (await you.wait_for(sure))["text"].startswith("Green\n")
    await you.send_file(b"\0" * 64, "a.tgs", kind="sticker")
    await you.wait_for(says(texts.UNSUPPORTED["sticker"]))
    await you.send_file(b"\0" * 64, "live.mp4", "What colour?", kind="live_photo", still=picture("red"))
    assert (await you.wait_for(sure))["text"].startswith("Red\n"), "of a live photo the photo is its own"


async def test_a_quoted_question_is_asked(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot(Seeing())
    shown = await ada.send_picture(picture("green"), "My ball. What colour is it? Guess!", chat=GROUP)
    await you.say(NAME, chat=GROUP, reply_to=shown, quote="What colour is it?")
    assert (await you.wait_for(sure, chat=GROUP))["text"].startswith("Green\n")
    assert await asked(bot, GROUP) == [("What colour is it?", shown["message_id"])]
    elsewhere: dict[str, Any] = await you.say("/ask", reply_to=shown, quote="What colour is it?")
    assert elsewhere["external_reply"]["photo"]
    await you.wait_for(sure)
    assert await asked(bot) == [("What colour is it?", elsewhere["message_id"])]


async def test_a_picture_that_is_forwarded_is_asked_about(start_bot: StartBot, you: Person, ada: Person) -> None:
    await start_bot(Seeing())
    thread = await forum(you)
    shown = await ada.send_picture(picture("green"), chat=GROUP)
    forwarded = await you.forward(shown)
    assert forwarded["forward_origin"]["sender_user"]["id"] == ada.user_id
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.say("What colour?")
    assert (await you.wait_for(sure))["text"].startswith("Green\n")
    again = await you.forward(forwarded, chat=-1009, thread=thread)
    assert again["forward_origin"] == forwarded["forward_origin"], "who wrote it first"
    await you.say("/ask What colour?", chat=-1009, reply_to=again)
    assert (await you.wait_for(sure, chat=-1009))["text"].startswith("Green\n")
