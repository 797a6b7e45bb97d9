"""A model that looks at two pictures at once answers albums through the real worker: one question, one message."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from e2e_helpers import BLUE, FORUM, GREEN, RED, StartBot, forum, says
from PIL import Image

from bot.sandbox.person import Message, Person
from bot.texts import heat_maps as heat_map_texts
from bot.texts.caveats import TRUNCATED
from bot.texts.failures import sentence
from model.profile import BUILTIN_PROFILE
from model.serving.broker.embedded import EmbeddedBroker

sys.path.append(str(Path(__file__).parents[1] / "model"))

import tiny


@pytest.fixture(scope="module")
def two_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with the token of a second picture; its words are as they fell."""
    return tiny.build(tmp_path_factory.mktemp("two"), replace(BUILTIN_PROFILE, pictures=2))


def is_answer(message: Message) -> bool:
    return heat_map_texts.BUTTON in str(message.get("reply_markup"))


async def test_an_album_and_compare_have_one_joint_answer(start_bot: StartBot, you: Person, two_pictures: Path) -> None:
    await start_bot(EmbeddedBroker(str(two_pictures), 3))
    topic = await forum(you)
    album = await you.send_album([RED, BLUE], "@vqa_sandbox_bot what is this? what changed?", chat=FORUM, thread=topic)
    answer = await you.wait_for(is_answer, 100, chat=FORUM)
    assert answer["message_thread_id"] == topic and not answer["text"].startswith("1. ")
    assert answer["reply_to_message"]["message_id"] == album[0]["message_id"]
    await you.press(answer, heat_map_texts.BUTTON)
    shown = await you.wait_for(lambda m: "photo" in m, 100, chat=FORUM)
    with Image.open(io.BytesIO(await you.download(shown))) as drawn:
        assert drawn.size == (2 * 320 + 8, 192), "both pictures, side by side"
    await you.say("/compare@vqa_sandbox_bot", chat=FORUM, thread=topic)
    again = await you.wait_for(is_answer, chat=FORUM)
    assert again["message_thread_id"] == topic and not again["text"].startswith("1. ")
    await you.send_album([RED, BLUE, GREEN], "@vqa_sandbox_bot which is darker?", chat=FORUM, thread=topic)
    await you.wait_for(says(sentence('pictures_too_many {"most": 2}')), chat=FORUM)
    assert len([m for m in await you.messages(FORUM, 100) if is_answer(m)]) == 2
    await you.send_album([RED, BLUE, GREEN], "@vqa_sandbox_bot what changed?", chat=FORUM, thread=topic)
    steps = await you.wait_for(is_answer, chat=FORUM)
    assert [line.split(": ")[0] for line in steps["text"].splitlines() if line != str(TRUNCATED)] == [
        "1\u00a0→\u00a02",
        "2\u00a0→\u00a03",
    ]
