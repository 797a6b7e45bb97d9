"""While Telegram refuses one chat, files drip and fail and a poll hangs, everybody else is answered."""

from __future__ import annotations

from e2e_helpers import ADA, GROUP, YOU, StartBot, picture, sure
from trouble_helpers import broken_files, dripping_files, follow_ups, people_with_pictures, refused_chat, switch

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

SLOW, BROKEN = range(2000, 2008), range(3000, 3040)


async def test_follow_ups_are_answered_while_others_are_in_trouble(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    await start_bot()
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    await switch(sandbox, always=[*refused_chat(GROUP), *dripping_files(SLOW), *broken_files(BROKEN)])
    await people_with_pictures(sandbox, [*SLOW, *BROKEN])
    async with Person(sandbox.url, ADA, GROUP) as ada:
        await ada.say("/help")
        await switch(sandbox, next=[{"method": "getUpdates", "drip": 5.0}])
        await follow_ups(you, 5)
        assert not [m for m in await ada.messages() if "Ask about" in m.get("text", "")], "the group is still refused"
    answered = [e for e in sandbox.world.recorder.log if e["ok"] and "% sure" in str(e["params"].get("text"))]
    assert {int(entry["params"]["chat_id"]) for entry in answered} == {YOU}, "the others are still in trouble"
