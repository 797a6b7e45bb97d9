"""Bots that know nothing of this project, each in its own process, talk to people here."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image
from sandbox_helpers import GROUP, picture

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

BOTS = Path(__file__).with_name("bots")
STARTED = 120.0  # seconds that a bot may take to start: aiogram alone is imported for ten on a busy machine


@asynccontextmanager
async def running(name: str, sandbox: Sandbox) -> AsyncIterator[None]:
    """A bot's process, from when it takes updates on; it must end cleanly when it is told to."""
    environment = {**os.environ, "BOT_API": sandbox.url, "BOT_TOKEN": "808:a_foreign_bot"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, BOTS / name, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(STARTED):
            while process.returncode is None and not takes_updates(sandbox):  # noqa: ASYNC110 - waits for a process
                await asyncio.sleep(0.02)
        yield
    except BaseException as error:
        error.add_note(await end(process))
        raise
    output = await end(process)
    assert process.returncode == 0, output
    assert "Traceback" not in output, output


def takes_updates(sandbox: Sandbox) -> bool:
    """Whether a bot polls or has a webhook."""
    return any(bot.webhook or bot.updates.polls for bot in sandbox.world.bots.values())


async def end(process: asyncio.subprocess.Process) -> str:
    """Let a process end, if it has not; what it said."""
    if process.returncode is None:
        process.terminate()
    output, _ = await process.communicate()
    return f"{output.decode()}\n{process.returncode=}"


async def test_an_echo_bot(sandbox: Sandbox) -> None:
    async with running("echo_bot.py", sandbox), Person(sandbox.url) as you:
        await you.say("/start")
        greeting = await you.wait_for(lambda message: "Hi You!" in message.get("text", ""))
        assert greeting["entities"][0]["type"] == "text_mention"
        assert greeting["reply_keyboard"]["force_reply"] is True
        said = await you.say("Grüße, 😀 & <b>more</b>")
        echo = await you.wait_for(lambda message: "Grüße" in message.get("text", ""))
        assert echo["text"] == said["text"]
        assert echo["reply_to_message"]["message_id"] == said["message_id"]


async def test_an_inline_keyboard_bot(sandbox: Sandbox) -> None:
    async with running("counter_bot.py", sandbox), Person(sandbox.url) as you:
        await you.say("/start")
        count = await you.wait_for(lambda message: message.get("text") == "The count is 0")
        assert await you.press(count, "+1") == {"text": "Now 1", "show_alert": False}
        await you.press(count, "+1")
        await you.press(count, "−1")
        assert (await you.message(count["message_id"]) or {})["text"] == "The count is 1"
        assert [command["command"] for command in (await you.state())["commands"]] == ["start"]
        await you.say("/who", chat=GROUP)
        assert (await you.wait_for(lambda message: "creator" in message["text"], chat=GROUP))["text"] == "You (creator)"


async def test_a_photo_bot_behind_a_webhook(sandbox: Sandbox) -> None:
    async with running("photo_bot.py", sandbox), Person(sandbox.url) as you:
        await you.send_picture(picture(400, 200))
        turned = await you.wait_for(lambda message: message.get("caption") == "Turned")
        assert (turned["photo"][-1]["width"], turned["photo"][-1]["height"]) == (200, 400)
        files = [
            await you.wait_for(lambda message, n=n: message.get("document", {}).get("file_name") == n)
            for n in ("1.png", "2.png")
        ]
        assert len({message["media_group_id"] for message in files}) == 1
        with Image.open(io.BytesIO(await you.download(files[0]))) as document:
            assert (document.format, document.size) == ("PNG", (200, 400))
        await you.wait_for(lambda message: True)
        assert any(event["type"] == "action" for event in you.events)
