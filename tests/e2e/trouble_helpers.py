"""What goes wrong with one chat, one file or one poll while somebody else asks: set up, and measured from outside."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import aiohttp
from e2e_helpers import picture, sure

from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox

Faults = list[dict[str, Any]]


def refused_chat(chat: int, retry_after: int = 30) -> Faults:
    """Telegram wants this chat to be left alone, whatever is called for it."""
    return [{"chats": [chat], "error_code": 429, "retry_after": retry_after}]


def dripping_files(chats: Sequence[int], seconds: float = 5.0) -> Faults:
    """The files of these chats come a byte every so many seconds."""
    return [{"method": "download", "chats": list(chats), "drip": seconds}]


def broken_files(chats: Sequence[int]) -> Faults:
    """The files of these chats are answered with 502."""
    return [{"method": "download", "chats": list(chats), "error_code": 502}]


async def switch(sandbox: Sandbox, **faults: Any) -> None:
    """Switch faults on by the sandbox's control API."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{sandbox.url}/client/faults", json=faults) as response,
    ):
        assert response.status == 200, await response.text()


async def people_with_pictures(sandbox: Sandbox, numbers: Sequence[int]) -> None:
    """Each of these people moves in, writes to the bot for the first time and asks about a picture."""
    async with aiohttp.ClientSession() as http:
        for number in numbers:
            async with http.post(
                f"{sandbox.url}/client/users", json={"id": number, "first_name": f"Person {number}"}
            ) as response:
                assert response.status == 200, await response.text()
    for number in numbers:
        async with Person(sandbox.url, number) as person:
            await person.send_picture(picture(), "What is it?")


async def follow_ups(person: Person, questions: int) -> list[float]:
    """Ask about the picture sent before, one question after the other; returns the seconds to each answer."""
    taken = []
    for number in range(questions):
        started = time.monotonic()
        asked = await person.say(f"And what is number {number}?")

        def answers(message: Message, to: int = asked["message_id"]) -> bool:
            return sure(message) and message["reply_to_message"]["message_id"] == to

        await person.wait_for(answers, timeout=120)
        taken.append(time.monotonic() - started)
    return taken
