"""kill -9 amid an album, a comparison, "Where?" and a voice message, with the processes as people start them."""

from __future__ import annotations

from pathlib import Path

import pytest
from album_helpers import answers
from e2e_helpers import sure
from process_helpers import PATIENCE, running
from where_helpers import is_photo

from bot.demo.samples import sample_scenes
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import heat_maps as texts

BALL = (Path(__file__).parents[1] / "speech" / "ball.ogg").read_bytes()


def is_heard(message: Message) -> bool:
    return sure(message) and message["text"].startswith("I heard: What color is the ball?")


def is_comparison(message: Message) -> bool:
    """Two scenes that have nothing in common."""
    return sure(message) and "\nEverything\n" in f"\n{message['text']}\n"


@pytest.mark.timeout(500)
async def test_nothing_is_lost_and_nothing_comes_twice(sandbox: Sandbox, you: Person, tmp_path: Path) -> None:
    first, second = sample_scenes()[:2]
    question, truth = first.questions[0]
    async with running(sandbox, tmp_path / "data") as process:
        picture = await you.send_picture(first.picture, question)
        answer = await you.wait_for(sure, PATIENCE)
        said = await you.press(answer, texts.BUTTON)
        assert said is not None and said["text"] == texts.COMING
        await you.send_album([first.picture, second.picture], question)
        await you.say("/compare")
        voice = await you.send_file(BALL, "question.ogg", kind="voice", reply_to=picture["message_id"])
        process.kill()  # the first map takes seconds, and the album is being collected
        await process.wait()
        assert not [m for m in await you.messages() if is_photo(m)]
    async with running(sandbox, tmp_path / "data"):
        shown = await you.wait_for(is_photo, PATIENCE, since=0)
        each = await you.wait_for(lambda m: m.get("text", "").startswith("1. "), PATIENCE, since=0)
        compared = await you.wait_for(is_comparison, PATIENCE, since=0)
        heard = await you.wait_for(is_heard, PATIENCE, since=0)
        again = await you.press(answer, texts.BUTTON)
        assert again is not None and again["text"] == texts.SHOWN
    assert shown["reply_to_message"]["message_id"] == answer["message_id"] and truth in shown["caption"].lower()
    assert truth in each["text"].lower().splitlines()[0] and len(each["text"].splitlines()) == 2
    assert heard["reply_to_message"]["message_id"] == voice["message_id"]
    messages = await you.messages()
    assert len([m for m in messages if is_photo(m)]) == 1
    assert len([m for m in messages if is_comparison(m)]) == 1
    assert [m["message_id"] for m in await answers(you)] == [
        answer["message_id"],
        *sorted([each["message_id"], compared["message_id"], heard["message_id"]]),
    ]
