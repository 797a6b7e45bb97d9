"""A short conversation that really goes through the whole chain: page's API, sandbox, bot, ledger, worker, model."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from bot.demo.samples import SampleScene
from bot.sandbox.person import Message, Person
from bot.texts.sureness import is_answer

ANSWER_SECONDS = 90.0
"""The first answer waits for the model to load, which on a small machine takes a while."""
MENU_SECONDS = 20.0
Show = Callable[[str], None]


class Conversation:
    """Plays a person, shows what is said, and checks every answer."""

    def __init__(self, person: Person, scenes: Sequence[SampleScene], show: Show) -> None:
        """Talk as `person` about at least three `scenes`; `show` takes each line."""
        self._person, self._scenes, self._show = person, scenes, show
        self.exchanges = 0
        self.wrong: list[str] = []
        self.asked: list[str] = []
        """The questions; a bot that keeps its data may remember more."""

    async def run(self) -> bool:
        """Have the conversation.

        Returns:
            Whether every answer was right.

        Raises:
            TimeoutError: The bot said nothing in time.
            PersonError: The sandbox refused something.
        """
        first, second, third = self._scenes[:3]
        picture = await self._caption(first)
        await self._follow_up(first)
        await self._picture_then_question(second)
        await self._reply_to(picture, first)
        await self._settings()
        await self._history()
        await self._export()
        await self._caption(third)  # last: whoever opens the page sees a picture with its answer
        return not self.wrong

    async def _caption(self, scene: SampleScene) -> Message:
        """A picture with its question under it."""
        question, truth = scene.questions[0]
        self.asked.append(question)
        sent = await self._person.send_picture(scene.picture, question, name=f"{scene.name}.png")
        self._said(f"[picture: {scene.name}] {question}")
        await self._expect(truth)
        return sent

    async def _follow_up(self, scene: SampleScene) -> None:
        """A question without a picture means the last one."""
        question, truth = scene.questions[1]
        self.asked.append(question)
        await self._person.say(question)
        self._said(question)
        await self._expect(truth)

    async def _picture_then_question(self, scene: SampleScene) -> None:
        """A picture first; the bot asks what to know."""
        await self._person.send_picture(scene.picture, name=f"{scene.name}.png")
        self._said(f"[picture: {scene.name}]")
        asks = await self._person.wait_for(lambda m: "like to know" in m.get("text", ""), MENU_SECONDS)
        self._heard(asks["text"])
        await self._follow_up(scene)

    async def _reply_to(self, picture: Message, scene: SampleScene) -> None:
        """A reply to an older picture asks about that one."""
        question, truth = scene.questions[2]
        self.asked.append(question)
        await self._person.say(question, reply_to=picture)
        self._said(f"[reply to {scene.name}] {question}")
        await self._expect(truth)

    async def _settings(self) -> None:
        """The settings, changed by a button and shown in place."""
        await self._person.say("/settings")
        self._said("/settings")
        menu = await self._person.wait_for(lambda m: "reply_markup" in m, MENU_SECONDS)
        self._heard(menu["text"].split("\n\n")[1])
        await self._person.press(menu, "5")
        self._said("[presses 5 beams]")
        changed = await self._person.wait_for(lambda m: "Care (beams): 5" in m.get("text", ""), MENU_SECONDS)
        self._heard(changed["text"].split("\n\n")[1])
        self._check(changed["message_id"] == menu["message_id"], "the menu was not edited in place")

    async def _history(self) -> None:
        """What was asked so far."""
        await self._person.say("/history")
        self._said("/history")
        page = await self._person.wait_for(lambda m: "reply_markup" in m, MENU_SECONDS)
        self._heard(page["text"])
        listed = re.search(r"(\d+) questions", page["text"])
        self._check(bool(listed and int(listed[1]) >= len(self.asked)), "the history does not list the questions")

    async def _export(self) -> None:
        """The ZIP, downloaded, opened and checked."""
        await self._person.say("/export")
        self._said("/export")
        sent = await self._person.wait_for(lambda m: "document" in m, MENU_SECONDS)
        data = await self._person.download(sent)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            damaged = archive.testzip()
            history: dict[str, Any] = json.loads(archive.read("history.json"))
        pictures = sum(name.startswith("pictures/") for name in names)
        listed = len(history["questions"])
        self._heard(
            f"[{sent['document']['file_name']}, {len(data) / 1000:.0f} kB: {listed} questions, {pictures} pictures]"
        )
        self._check(damaged is None, f"the ZIP is damaged at {damaged}")
        self._check({"index.html", "history.json", "history.csv"} <= set(names), "the ZIP lacks a file")
        newest = [question["question"] for question in history["questions"][-len(self.asked) :]]
        self._check(
            sorted(newest) == sorted(self.asked) and pictures >= 2,
            "the ZIP does not hold what was asked and its pictures",
        )

    async def _expect(self, truth: str) -> None:
        """Wait for the answer that a progress message became."""
        message = await self._person.wait_for(lambda m: is_answer(m.get("text", "")), ANSWER_SECONDS)
        answer, sureness = message["text"].splitlines()[-2:]
        right = answer.strip().lower().partition(", or perhaps ")[0] == truth.lower()
        self._heard(f"{answer} ({sureness}){'' if right else f'   <- wrong, it is: {truth}'}")
        if not right:
            self.wrong.append(f"{answer!r} instead of {truth!r}")

    def _check(self, holds: bool, problem: str) -> None:
        if not holds:
            self.wrong.append(problem)
            self._show(f"  !    {problem}")

    def _said(self, text: str) -> None:
        self.exchanges += 1
        self._show(f"\n  You  {text}")

    def _heard(self, text: str) -> None:
        lines = [line for line in text.split("\n") if line.strip()]
        self._show("\n".join(f"  {'Bot ' if i == 0 else '    '} {line}" for i, line in enumerate(lines)))
