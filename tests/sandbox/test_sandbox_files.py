"""Photos in Telegram's sizes, documents as they are, albums, and what comes back by file id."""

import io
from typing import Any

import aiohttp
import pytest
from PIL import Image
from sandbox_helpers import picture


async def last_message(bot: Any) -> Any:
    return (await bot.updates())[-1]["message"]


async def fetch(bot: Any, file_id: str) -> bytes:
    file = (await bot("getFile", file_id=file_id)).result
    data: bytes = await bot.download(file["file_path"])
    assert len(data) == file["file_size"]
    return data


async def test_a_persons_photo_comes_in_sizes_as_jpeg(bot: Any, you: Any) -> None:
    await you.send_picture(picture(2000, 1000), "What is it?")
    message = await last_message(bot)
    assert message["caption"] == "What is it?"
    assert [(size["width"], size["height"]) for size in message["photo"]] == [
        (90, 45),
        (320, 160),
        (800, 400),
        (1280, 640),
    ]
    assert len({size["file_unique_id"] for size in message["photo"]}) == 4
    with Image.open(io.BytesIO(await fetch(bot, message["photo"][-1]["file_id"]))) as photo:
        assert (photo.format, photo.size) == ("JPEG", (1280, 640))


async def test_a_small_photo_is_not_made_larger(bot: Any, you: Any) -> None:
    await you.send_picture(picture(50, 40))
    message = await last_message(bot)
    assert [(size["width"], size["height"]) for size in message["photo"]] == [(50, 40)]


async def test_a_turned_photo_arrives_upright(bot: Any, you: Any) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200)).save(out, "JPEG", exif=exif)
    await you.send_picture(out.getvalue())
    assert (await last_message(bot))["photo"][-1]["height"] == 400


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "RGBA"), ("PNG", "I;16"), ("PNG", "P"), ("PNG", "LA"), ("JPEG", "CMYK"), ("WEBP", "RGB"), ("BMP", "1")],
)
async def test_every_kind_of_picture_becomes_a_photo(bot: Any, you: Any, form: str, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (300, 200)).save(out, form)
    await you.send_picture(out.getvalue(), name=f"picture.{form.lower()}")
    assert "photo" in await last_message(bot)


async def test_a_document_stays_as_it_is_and_shows_a_thumbnail(bot: Any, you: Any) -> None:
    data = picture(3000, 200)
    await you.send_picture(data, "Look", name="wide.png", as_document=True)
    document = (await last_message(bot))["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("wide.png", "image/png", len(data))
    assert document["thumbnail"]["width"] == 320
    assert await fetch(bot, document["file_id"]) == data


async def test_what_is_no_picture_goes_as_a_document(bot: Any, you: Any) -> None:
    await you.send_picture(b"this is no picture", name="broken.jpg")
    assert (await last_message(bot))["document"]["file_name"] == "broken.jpg"


async def test_an_album_comes_as_separate_updates(bot: Any, you: Any) -> None:
    sent = await you.send_album([picture(100, 100, colour=colour) for colour in ("red", "green", "blue")], "Which?")
    messages = [update["message"] for update in await bot.updates()]
    assert [message["message_id"] for message in messages] == [message["message_id"] for message in sent]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["Which?", None, None]


@pytest.mark.parametrize("kind", ["video", "voice", "audio", "sticker", "animation", "video_note"])
async def test_other_kinds_of_files(bot: Any, you: Any, kind: str) -> None:
    await you.send_file(b"bytes", "file.bin", kind=kind)
    message = await last_message(bot)
    assert kind in message
    method = "sendVideoNote" if kind == "video_note" else f"send{kind.capitalize()}"
    sent = await bot(method, chat_id=1001, **{kind: message[kind]["file_id"]})
    assert sent.result[kind]["file_unique_id"] == message[kind]["file_unique_id"]


async def test_a_file_id_sends_the_same_file_again(bot: Any, you: Any) -> None:
    await you.send_picture(picture())
    photo = (await last_message(bot))["photo"]
    sent = (await bot("sendPhoto", chat_id=1001, photo=photo[-1]["file_id"], caption="yours")).result
    assert sent["photo"] == photo
    reply = await bot("sendDocument", chat_id=1001, document=photo[-1]["file_id"])
    assert reply.error == (400, "Bad Request: can't use file of type Photo as Document")


async def test_addresses_cannot_be_fetched_offline(bot: Any, you: Any) -> None:
    reply = await bot("sendPhoto", chat_id=1001, photo="https://example.com/cat.jpg")
    assert reply.error == (400, "Bad Request: failed to get HTTP URL content")


async def test_media_can_be_replaced(bot: Any, you: Any) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", "1001")
    form.add_field("photo", picture(), filename="a.png")
    form.add_field("caption", "before")
    sent = (await bot.send("sendPhoto", data=form)).result
    where = {"chat_id": 1001, "message_id": sent["message_id"]}
    captioned = await bot("editMessageCaption", **where, caption="after")
    assert captioned.result["caption"] == "after"
    form = aiohttp.FormData()
    form.add_field("chat_id", "1001")
    form.add_field("message_id", str(sent["message_id"]))
    form.add_field(
        "media", '{"type": "document", "media": "attach://new", "caption": "<b>new</b>", "parse_mode": "HTML"}'
    )
    form.add_field("new", b"text", filename="new.txt")
    edited = (await bot.send("editMessageMedia", data=form)).result
    assert edited["document"]["file_name"] == "new.txt"
    assert (edited["caption"], "photo" in edited) == ("new", False)
    text = (await bot("editMessageText", **where, text="x")).error
    assert text == (400, "Bad Request: there is no text in the message to edit")


async def test_albums_do_not_mix(bot: Any, you: Any) -> None:
    await you.send_picture(picture())
    photo = (await last_message(bot))["photo"][-1]["file_id"]
    await you.send_file(b"x", "x.txt")
    document = (await last_message(bot))["document"]["file_id"]
    mixed = [{"type": "photo", "media": photo}, {"type": "document", "media": document}]
    reply = await bot("sendMediaGroup", chat_id=1001, media=mixed)
    assert reply.error == (400, "Bad Request: Can't mix documents, audio files and photos in one album")
    sent = await bot("sendMediaGroup", chat_id=1001, media=[mixed[0], {**mixed[0], "caption": "second"}])
    assert [message.get("caption") for message in sent.result] == [None, "second"]


async def test_people_download_what_bots_send(bot: Any, you: Any) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", "1001")
    form.add_field("document", b"<script>alert(1)</script>", filename="page.html")
    await bot.send("sendDocument", data=form)
    message = await you.wait_for(lambda message: "document" in message)
    assert await you.download(message) == b"<script>alert(1)</script>"


async def test_a_foreign_file_never_acts_as_a_page(bot: Any, you: Any, http: Any) -> None:
    await you.send_file(b"<script>alert(1)</script>", "page.html")
    url = (await you.messages())[-1]["document"]["url"]
    async with http.get(f"{bot.url}{url}") as response:
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
