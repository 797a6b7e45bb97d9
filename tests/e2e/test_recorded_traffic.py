"""All kinds of messages in one conversation, in a private chat, a group and a topic: the traffic is Telegram's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bot_api_check import findings
from e2e_helpers import BLUE, FORUM, GROUP, RED, YOU, StartBot, forum, picture, quiet, says, sure
from where_helpers import Showing, is_photo

from bot.sandbox.person import Person
from bot.texts import feedback as feedback_texts
from bot.texts import heat_maps as heat_map_texts
from model.types import Answer, Request

BALL = (Path(__file__).parents[1] / "speech" / "ball.ogg").read_bytes()
NAME = "@vqa_sandbox_bot"


class Everything(Showing):
    """Sees, shows where, and hears the same question in every sound."""

    def answer(self, request: Request) -> Answer:
        if request.listens:
            return Answer(request.id, "What colour is it?", 0.9, 0.01)
        return super().answer(request)

    async def _reply(self, request: Request) -> None:
        if request.listens:
            self._in_flight.pop(request.id, None)
            self._results.put_nowait(self.answer(request))
        else:
            await super()._reply(request)


async def converse(you: Person, chat: int, thread: int | None) -> None:
    """Everything that a person can show, ask and press in a chat."""
    there = {"chat": chat, "thread": thread}
    to_bot = "" if chat == YOU else f"{NAME} "
    shown = await you.send_picture(RED, f"{to_bot}What colour?", **there)
    answer = await you.wait_for(sure, chat=chat)
    await you.press(answer, feedback_texts.RIGHT_BUTTON)
    await you.press(answer, feedback_texts.WRONG_BUTTON)
    await you.press(answer, heat_map_texts.BUTTON)
    await you.wait_for(is_photo, chat=chat)
    await you.say("it is navy", reply_to=answer, **there)
    await you.wait_for(says("noted: navy"), chat=chat)
    await you.send_file(BALL, "question.ogg", kind="voice", reply_to=answer["message_id"], **there)
    await you.wait_for(says("I heard"), chat=chat)
    for caption in (f"{to_bot}What changed?", f"{to_bot}What colour is the ball?"):
        await you.send_album([RED, BLUE], caption, **there)
        await you.wait_for(sure, chat=chat)
    await you.say(f"/compare{NAME}", **there)
    await you.wait_for(sure, chat=chat)
    sent = await you.send_album([RED, BLUE, RED], ["", "", f"{to_bot}What changed?"], **there)
    await you.wait_for(says("2\u00a0→\u00a03: Blue, red"), chat=chat)
    await you.edit(sent[2], f"{to_bot}What colour?")
    each = await you.wait_for(says("3. Red"), chat=chat, since=0)
    await you.press(each, heat_map_texts.BUTTON)
    await you.wait_for(lambda m: is_photo(m) and "3. Red" in m.get("caption", ""), chat=chat)
    await you.say(f"{to_bot}Is it darker than in the previous picture?", reply_to=sent[1], **there)
    await you.wait_for(says("Red, blue\n"), chat=chat)
    for command, says_so in (("history", "What changed?"), ("privacy", "What I keep")):
        await you.say(f"/{command}{NAME}", **there)
        await you.wait_for(says(says_so), chat=chat)
    await you.say(f"/export{NAME}", **there)
    await you.wait_for(lambda m: "document" in m, chat=chat)
    still = picture("blue", form="WEBP")
    for kind, name, caption in (
        ("animation", "a.mp4", f"{to_bot}What colour?"),
        ("video", "a.mp4", f"{to_bot}What colour?"),
        ("live_photo", "a.mp4", f"{to_bot}What colour?"),
        ("sticker", "a.tgs", ""),
    ):
        moving = await you.send_file(b"\0" * 64, name, caption, kind=kind, still=still, **there)
        if not caption:
            await you.say(f"{to_bot}What colour?", reply_to=moving, **there)
        await you.wait_for(sure, chat=chat)
    told = await you.say("I wonder: what colour is it? Guess!", reply_to=shown, **there)
    await you.say(f"{to_bot}What colour is it?", reply_to=told, quote="what colour is it?", **there)


@pytest.mark.parametrize("chat", [YOU, GROUP, FORUM], ids=["private", "group", "topic"])
async def test_everything_in_one_conversation_is_as_telegram_has_it(
    start_bot: StartBot, you: Person, ada: Person, tmp_path: Path, chat: int
) -> None:
    bot = await start_bot(Everything(), feedback=True)
    thread = await forum(you)
    await you.set_up("bot", privacy=False)  # in the group it gets what does not name it, too
    await converse(you, chat, thread if chat == FORUM else None)
    elsewhere = await ada.send_picture(BLUE, "My ball", chat=GROUP)
    await you.say("What colour is it?", reply_to=elsewhere, chat=YOU)
    await you.wait_for(sure, chat=YOU)
    await quiet(bot, chat)
    traffic = tmp_path / "traffic.jsonl"
    seen = set(kinds(traffic))
    assert {"voice", "animation", "video", "live_photo", "sticker", "external_reply", "quote"} <= seen
    assert {"callback_query", "sendPhoto", "answerCallbackQuery"} <= seen
    assert not findings(traffic)


def kinds(traffic: Path) -> list[str]:
    """Methods, kinds of updates and what their messages hold."""
    lines = [json.loads(line) for line in traffic.read_text().splitlines()]
    updates = [line["update"] for line in lines if "update" in line]
    messages = [key for update in updates for key in update.get("message", {})]
    return [line["method"] for line in lines if "method" in line] + [key for one in updates for key in one] + messages
