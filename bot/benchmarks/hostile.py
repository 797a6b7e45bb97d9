"""What one person's picture, file or chat costs another: their follow-ups while something ordinary or hostile lasts."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.accounts import User
from bot.sandbox.connection import PersonError
from bot.sandbox.person import Person, buttons
from bot.sandbox.server import Sandbox
from bot.texts.sureness import is_answer
from model.benchmarks.picture_bombs import flat_avif, progressive_jpeg, run_length_bmp

QUESTION = "What color is the ball?"
USERS = tuple(range(7001, 7041))
ATTACKER, PROBER = 7101, 7102
GROUP = -100200300
ANSWER_SECONDS = 60.0
GIVE_UP = 60.0
"""What a follow-up without an answer counts for, in seconds."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where it is played."""

    sandbox: Sandbox
    picture: bytes
    """An ordinary one."""

    def person(self, number: int, chat: int | None = None) -> Person:
        """Somebody with a phone."""
        return Person(self.sandbox.url, number, chat)

    def faults(self, **settings: Any) -> None:  # noqa: ANN401 - the sandbox's faults are JSON
        """Switch faults on or off."""
        self.sandbox.world.faults.change(settings)


Play = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that lasts."""

    name: str
    play: Play
    """Begins it; what it leaves running ends with the scenario."""


def scenarios() -> list[Scenario]:
    """All of them, the calm one first: the others are measured against it."""
    return [
        Scenario("nothing else", _nothing),
        Scenario("a progressive JPEG of 40,000 scans, three times", _bombs(lambda: [progressive_jpeg()] * 3)),
        Scenario("twenty AVIFs of 100 megapixels", _bombs(lambda: [flat_avif()] * 20)),
        Scenario("eight run-length BMPs", _bombs(lambda: [run_length_bmp(99_999_999 - number) for number in range(8)])),
        Scenario("presses on eight large pictures in /history", _presses),
        Scenario("eight downloads of a byte every 5 s", _dripping_downloads),
        Scenario("a getUpdates that drips", _dripping_poll),
        Scenario("a group told to wait 30 s", _halted_group),
        Scenario("forty chats whose file answers 502", _broken_files),
        Scenario("four chats whose every picture costs 6 s", _endless_bombs),  # last: what it has sent lasts longer
    ]


async def measure(stage: Stage, scenario: Scenario, probes: int) -> list[float]:
    """Seconds from each of a person's follow-ups to its answer, while the scenario lasts."""
    async with stage.person(PROBER) as prober:
        await prober.send_picture(stage.picture, QUESTION)
        await prober.wait_for(_is_answer, ANSWER_SECONDS)
        async with _playing(scenario, stage):
            return [await _ask(prober) for _ in range(probes)]


def add_people(sandbox: Sandbox) -> None:
    """The people of all scenarios."""
    for number in (*USERS, ATTACKER, PROBER):
        sandbox.world.users[number] = User(number, f"Person {number}")


@contextlib.asynccontextmanager
async def _playing(scenario: Scenario, stage: Stage) -> AsyncIterator[None]:
    playing = asyncio.ensure_future(scenario.play(stage))
    await asyncio.sleep(0.5)  # it is under way
    try:
        yield
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        stage.faults(next=[], always=[])


async def _ask(prober: Person) -> float:
    began = time.perf_counter()
    await prober.say(QUESTION)
    try:
        await prober.wait_for(_is_answer, GIVE_UP)
    except TimeoutError:
        return GIVE_UP
    return time.perf_counter() - began


def _is_answer(message: dict[str, Any]) -> bool:
    return is_answer(message.get("text", ""))


async def _nothing(_: Stage) -> None:
    return


def _bombs(make: Callable[[], Sequence[bytes]]) -> Play:
    async def play(stage: Stage) -> None:
        pictures = await asyncio.to_thread(make)
        async with stage.person(ATTACKER) as villain:
            for number, picture in enumerate(pictures):
                with contextlib.suppress(PersonError):
                    # Some bytes behind the end make each a content of its own.
                    await villain.send_picture(
                        picture + bytes([number]), QUESTION, name="picture.bin", as_document=True
                    )
            await asyncio.Event().wait()

    return play


async def _presses(stage: Stage) -> None:
    """Every button of /history is pressed as fast as it can be."""
    async with stage.person(ATTACKER) as villain:
        for number in range(8):
            await villain.send_picture(flat_avif(8_000 - number), QUESTION, name="p.avif", as_document=True)
        with contextlib.suppress(TimeoutError):
            await villain.wait_for(_is_answer, ANSWER_SECONDS)
        await villain.say("/history")
        page = await villain.wait_for(buttons)
        while True:
            for button in buttons(page):
                with contextlib.suppress(PersonError):
                    await villain.press(page, button["text"])


async def _dripping_downloads(stage: Stage) -> None:
    chats = list(USERS[:8])
    stage.faults(always=[{"method": "download", "chats": chats, "drip": 5.0}])
    await _all_ask(stage, chats)


async def _dripping_poll(stage: Stage) -> None:
    stage.faults(next=[{"method": "getUpdates", "drip": 5.0}])
    await asyncio.Event().wait()


async def _halted_group(stage: Stage) -> None:
    stage.faults(always=[{"chats": [GROUP], "error_code": 429, "retry_after": 30}])
    bot = next(iter(stage.sandbox.world.bots.values()))
    async with stage.person(1001, GROUP) as member:
        for _ in range(10):
            with contextlib.suppress(PersonError):
                await member.send_picture(stage.picture, f"@{bot.user.username} {QUESTION}")
        await asyncio.Event().wait()


async def _broken_files(stage: Stage) -> None:
    stage.faults(always=[{"method": "download", "chats": list(USERS), "error_code": 502}])
    await _all_ask(stage, USERS)


async def _endless_bombs(stage: Stage) -> None:
    """Each picture is another content, so that none is known from before."""
    widths = itertools.count(90_000_000)

    async def send(number: int) -> None:
        async with stage.person(number) as sender:
            while True:
                with contextlib.suppress(PersonError):
                    picture = run_length_bmp(next(widths))
                    await sender.send_picture(picture, QUESTION, name="picture.bin", as_document=True)
                await asyncio.sleep(0.5)

    await asyncio.gather(*map(send, USERS[:4]))


async def _all_ask(stage: Stage, people: Sequence[int]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for number in people:
            person = await stack.enter_async_context(stage.person(number))
            await person.send_picture(stage.picture, QUESTION)
        await asyncio.Event().wait()
