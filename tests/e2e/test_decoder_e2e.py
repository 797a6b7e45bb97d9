"""Pictures that the bot itself looks at: the buttons of /history, with hostile pictures about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from e2e_helpers import ADA, YOU, StartBot, picture, press_forged
from menu_helpers import has_buttons
from refusals import refuses

from bot.callback_data import ShowPicture
from bot.picture_decoder import PictureDecoder
from bot.sandbox.person import Person, buttons
from model.benchmarks.picture_bombs import run_length_bmp
from model.errors import PictureError
from model.serving.image_pool import TOO_SLOW, ImagePool
from model.serving.image_process import DecodingLimits
from storage.records import NewQuestion, Photo
from storage.store import Store

SHORT = DecodingLimits(cpu_seconds=1, clock_seconds=60)
ENDLESS = DecodingLimits(cpu_seconds=10_000, clock_seconds=10_000)


async def answered(store: Store, chat_id: int, data: bytes, number: int) -> Photo:
    """A picture with a question that has its answer."""
    photo = await store.photos.save(chat_id, number, data, media_type="image/png")
    question, _ = await store.questions.ask(
        NewQuestion(
            chat_id=chat_id,
            message_id=number,
            photo_sha256=photo.sha256,
            photo_message_id=number,
            text=f"What {number}?",
            beams=1,
            max_new_tokens=20,
        )
    )
    await store.questions.mark_running([question.id])
    await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    return photo


async def until(fulfilled: Callable[[], bool]) -> None:
    while not fulfilled():  # noqa: ASYNC110 - what is awaited is another process or thread
        await asyncio.sleep(0.01)


async def history(person: Person) -> dict[str, Any]:
    await person.say("/history")
    return await person.wait_for(has_buttons)


async def test_bombs_that_are_looked_at_delay_nobody_and_do_not_keep_the_bot(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot()
    services = bot.services
    services.decoder._pool = pool = ImagePool(2, ENDLESS)
    for number in range(5):
        await answered(services.store, YOU, run_length_bmp(90_000_000 + number), 1_000 + number)
    await answered(services.store, ADA, picture(), 1_000)
    page = await history(you)
    pressed = [asyncio.create_task(you.press(page, f"🖼 {number}")) for number in range(1, 6)]
    await until(lambda: bool(pool.pids()))
    await ada.press(await history(ada), "🖼 1")
    await ada.wait_for(lambda m: "photo" in m)
    assert not any("photo" in m for m in await you.messages())
    await bot.stop()  # the test's own time limit ends it if it waits for the bombs
    assert pool.pids() == []
    for task in pressed:
        task.cancel()
    await asyncio.gather(*pressed, return_exceptions=True)


async def test_a_small_picture_is_made_once_and_goes_with_the_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    services = bot.services
    photo = await answered(services.store, YOU, picture(size=(800, 400)), 1_000)
    page = await history(you)
    await you.press(page, "🖼 1")
    small = await you.wait_for(lambda m: "photo" in m)
    assert (small["photo"][-1]["width"], small["photo"][-1]["height"]) == (320, 160)
    await asyncio.to_thread(services.decoder._pool.close)  # nothing can be decoded any more
    await you.press(page, "🖼 1")
    await you.wait_for(lambda m: "photo" in m)
    assert len(list((services.store.data_dir / "thumbnails").rglob("*.jpg"))) == 1
    await services.store.chats.delete_everything(YOU)
    assert not photo.path.exists()
    assert list((services.store.data_dir / "thumbnails").rglob("*.jpg")) == []


async def test_a_press_on_what_was_not_understood_decodes_nothing(start_bot: StartBot, you: Person) -> None:
    """/history lists answered questions only: such a press is of a changed app's own making."""
    bot = await start_bot()
    services = bot.services
    await answered(services.store, YOU, picture(), 1_000)
    photo = await services.store.photos.save(YOU, 1_001, run_length_bmp(), media_type="image/bmp")
    question, _ = await services.store.questions.ask(
        NewQuestion(chat_id=YOU, message_id=1_001, photo_sha256=photo.sha256, text="What?", beams=1, max_new_tokens=20)
    )
    await services.store.questions.fail(question.id, "No.")
    page = await history(you)
    assert [button["text"] for button in buttons(page)] == ["🖼 1"]
    await press_forged(bot, you, page, 1, ShowPicture(question.id).pack())
    assert services.decoder._pool.pids() == []


@pytest.fixture
async def decoder(tmp_path: Path) -> AsyncIterator[PictureDecoder]:
    async with await Store.open(tmp_path / "data") as store:
        decoder = PictureDecoder(store, ImagePool(2, SHORT))
        yield decoder
        await decoder.stop()


async def test_a_picture_is_inspected_once(decoder: PictureDecoder, tmp_path: Path) -> None:
    file = tmp_path / "picture.jfif"
    file.write_bytes(picture(form="JPEG"))
    found = await decoder.inspect(file)
    assert found == "image/jpeg"
    await asyncio.to_thread(decoder._pool.close)
    assert await decoder.inspect(file.read_bytes()) == found
    with pytest.raises(FileNotFoundError):
        await decoder.inspect(tmp_path / "none")


async def test_a_refusal_is_remembered_over_a_restart(decoder: PictureDecoder, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(PictureError) as refusal:
            await decoder.inspect(run_length_bmp(), chat_id=1)
        assert str(refusal.value) == TOO_SLOW
    after = PictureDecoder(decoder._store)
    await after.start()
    with pytest.raises(PictureError) as again:
        await after.inspect(run_length_bmp(), chat_id=2)
    assert str(again.value) == TOO_SLOW and after._pool.pids() == []
    with refuses(PictureError, match="incomplete"):
        await decoder.inspect(picture(form="JPEG")[:200])
    file = tmp_path / "bomb"
    file.write_bytes(run_length_bmp())
    assert await decoder.thumbnail("ab" * 32, file, 320) is None
    assert await decoder.thumbnail("cd" * 32, tmp_path / "none", 320) is None


async def test_what_many_want_at_once_is_made_once(decoder: PictureDecoder, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(picture(size=(3_000, 2_000)))
    wanted = [asyncio.create_task(decoder.thumbnail("ab" * 32, file, 320)) for _ in range(8)]
    await until(lambda: bool(decoder._making))
    assert len(decoder._making) == 1
    first, *others = await asyncio.gather(*wanted)
    assert first is not None and others == [first] * 7 and not decoder._making


async def test_ended_while_it_decodes_nothing_waits(decoder: PictureDecoder, tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    file.write_bytes(run_length_bmp())
    decoder._pool = pool = ImagePool(2, ENDLESS)
    looks = [asyncio.create_task(decoder.thumbnail(f"{number:064}", file, 320, chat_id=number)) for number in range(4)]
    looks.append(asyncio.create_task(decoder.inspect(file)))
    await until(lambda: bool(pool.pids()))
    await decoder.stop()
    ended = await asyncio.gather(*looks, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError | OSError) or one is None for one in ended), ended
