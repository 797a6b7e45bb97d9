"""People who ask: each has a picture of their own, and each question a number."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from chaos_colours import colour_of, name_of, picture_of

from bot.sandbox.person import Person, buttons
from bot.texts import heat_maps as texts

FIRST_PERSON = 5000
PICTURES_EVERY = 6
"""A new picture now and then; between them come follow-ups."""
ALBUMS, COMPARED, PRESSES = 0.3, 0.5, 0.3
"""Shares: albums among new pictures, questions about all of an album, and turns that begin with a press of Where?."""
OTHER = 256
"""So far apart are the colours of an album's two pictures."""


@dataclass
class Asked:
    """One question as the person knows it."""

    number: int
    person: int
    message_id: int
    shade: str
    at: float
    picture: int | None = None
    """The message with the picture, under which the answer stands where it may not be obvious which one is meant."""
    edited: int | None = None
    """The number that the question carries after an edit."""
    answered_at: float | None = None
    """When the first answer stood there (the loop's clock)."""

    @property
    def final_number(self) -> int:
        """The number that the answer must carry."""
        return self.number if self.edited is None else self.edited


@dataclass
class Pressed:
    """A press of "Where?" under an answer."""

    person: int
    message_id: int
    """The answer's message."""
    question: int
    """The question's number in the ledger, as the button carries it."""


@dataclass
class People:
    """Everybody's questions so far."""

    asked: list[Asked] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    next_number: int = 1000

    def draw_number(self) -> int:
        """A number that no other question has."""
        self.next_number += 1
        return self.next_number


async def ask_some(people: People, url: str, index: int, questions: int, dice: random.Random, pace: float) -> None:
    """One person's session: captions, follow-ups, replies and edits, about `pace` seconds between them."""
    user = FIRST_PERSON + index
    shade = name_of(colour_of(index))
    loop = asyncio.get_running_loop()
    async with Person(url, user) as person:
        latest: dict[str, Any] | None = None
        for turn in range(questions):
            await asyncio.sleep(dice.expovariate(1 / pace))
            if user in people.blocked:
                return
            if dice.random() < PRESSES:
                await press_where(people, person, dice)
            number = people.draw_number()
            text = f"what is q{number}"
            if (latest is None or turn % PICTURES_EVERY == 0) and dice.random() < ALBUMS:
                text = f"what changed in q{number}" if dice.random() < COMPARED else text
                message, _ = await person.send_album([picture_of(index), picture_of(index + OTHER)], text)
                latest = message
            elif latest is None or turn % PICTURES_EVERY == 0:
                message = latest = await person.send_picture(picture_of(index), text)
            else:
                message = await person.say(text, reply_to=latest if dice.random() < 0.4 else None)
            asked = Asked(number, user, message["message_id"], shade, loop.time(), latest["message_id"])
            people.asked.append(asked)
            if dice.random() < 0.05:
                await asyncio.sleep(dice.uniform(1.1, 2.0))  # Telegram counts edits in whole seconds
                asked.edited = people.draw_number()
                await person.edit(message, f"what is q{asked.edited}")


async def press_where(people: People, person: Person, dice: random.Random) -> None:
    """Press "Where?" under one of the answers, twice now and then, and do not wait for what the bot says to it."""
    shown = [
        (message, button["callback_data"])
        for message in await person.messages()
        for button in buttons(message)
        if button["text"] == texts.BUTTON
    ]
    if not shown:
        return
    message, data = dice.choice(shown)
    for _ in range(dice.choice((1, 1, 2))):
        fields = {"message_id": message["message_id"], "data": data, "wait": "0"}
        await person._post("/client/press", fields, message["chat"]["id"])
    people.pressed.append(Pressed(person.user_id, message["message_id"], int(data.partition(":")[2])))
