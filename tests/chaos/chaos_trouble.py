"""What goes wrong, and when: drawn from a seed, so that a run can be repeated.

Kills come at any moment, and between the effect of a call and its reply. What lasts comes beside them: replies that
drip or come late, a chat that is told to wait, a worker that hangs, hostile pictures, and somebody who fills the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
from collections import Counter
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import chaos_hostile as hostile
from chaos_people import FIRST_PERSON, People
from chaos_process import BotProcess
from chaos_redis import RedisSide

from bot.sandbox import actions
from bot.sandbox.server import Sandbox
from bot.texts.questions import LOOKING

FAULTS = {
    "rate_5xx": 0.04,
    "rate_429": 0.02,
    "retry_after": 1,
    "timeout_rate": 0.005,
    "timeout_seconds": 6.0,
    "drop_rate": 0.02,
    "cut_rate": 0.005,
    "double_updates": 0.05,
    "reorder_updates": 0.2,
}
NO_FAULTS = dict.fromkeys((name for name in FAULTS if name not in ("retry_after", "timeout_seconds")), 0.0)
KINDS = {
    "kill_bot": 6.0,
    "kill_between": 4.0,
    "worker": 8.0,
    "hung_worker": 1.0,
    "clock": 2.0,
    "disk": 1.0,
    "blocked": 0.3,
    "deleted": 5.0,
    "silence": 1.0,
    "slow_replies": 2.0,
    "dripping": 1.0,
    "one_chat": 2.0,
    "hostile_picture": 1.5,
    "hoarder": 1.5,
}
"""Kinds of trouble and how often each comes, by weight."""
OF_REDIS = {"redis_server": 3.0, "leaving_worker": 2.0}
"""The same, where the workers are elsewhere."""
LATE_SECONDS = 1.5
DRIP_SECONDS = 0.05
"""Before each byte of a reply: some hundred bytes take longer than the bot waits for an answer."""
LAST_SECONDS = 8.0
"""How long what lasts goes on."""
MAKING = ("sendMessage", "editMessageText")
JUMPS = (-86_400.0, -3600.0, 3600.0, 86_400.0, 30 * 86_400.0)
DISK_SECONDS = 2.0


class Trouble:
    """Makes trouble until it is told to stop."""

    def __init__(
        self, sandbox: Sandbox, bot: BotProcess, people: People, dice: random.Random, redis: RedisSide | None = None
    ) -> None:
        self._sandbox, self._bot, self._people, self._dice, self._redis = sandbox, bot, people, dice, redis
        self._kinds = KINDS if redis is None else {**KINDS, **OF_REDIS}
        self.counts: Counter[str] = Counter()
        self._lasting: list[dict[str, Any]] = []
        self._beside: set[asyncio.Task[None]] = set()

    async def run(self, kills: int, pause: float) -> None:
        """Kill bot and worker until there were `kills`, other things between, about `pause` seconds apart."""
        self._sandbox.world.faults.change({**FAULTS, "seed": self._dice.randrange(2**31)})
        while self._bot.kills + self._bot.worker_kills < kills:
            if self._dice.random() < 0.8:  # else it may hit a bot that is just starting
                await self.bot_polls()
            await asyncio.sleep(self._dice.uniform(0.0, 2.0) * pause)
            kind = self._dice.choices(list(self._kinds), list(self._kinds.values()))[0]
            await getattr(self, f"_{kind}")()

    async def bot_polls(self) -> None:
        """Wait until the bot asks for updates, but not for ever."""
        account = next(iter(self._sandbox.world.bots.values()))
        for _ in range(300):
            if account.updates.polls:
                return
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """No more faults; the clock is right again."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        self._lasting.clear()
        self._sandbox.world.faults.change({**NO_FAULTS, "next": [], "always": []})
        self._bot.clock.write_text("0")

    async def _kill_bot(self) -> None:
        self._bot.kill()

    async def _kill_between(self) -> None:
        """kill -9 when a call has taken effect and its reply is on its way."""
        faults = self._sandbox.world.faults
        plan = {"method": self._dice.choice(MAKING), "executed": True, "hold": 3.0}
        faults.change({"next": [*faults.next, plan]})
        for _ in range(100):
            await asyncio.sleep(0.02)
            if plan not in faults.next:
                self.counts["killed between effect and reply"] += self._bot.kill()
                return
        faults.change({"next": [one for one in faults.next if one != plan]})

    async def _worker(self) -> None:
        if self._redis is None:
            self._bot.kill_worker()
        else:
            self._bot.worker_kills += self._redis.kill_worker()

    async def _hung_worker(self) -> None:
        """The worker stops in the middle of whatever it does, and stays; on another machine it goes on later."""
        if self._redis is None:
            self.counts["hung workers"] += self._bot.stop_worker()
        else:
            self.counts["workers that stood still"] += 1
            self._spawn(self._redis.stand_still())

    async def _leaving_worker(self) -> None:
        """A worker is told to leave."""
        assert self._redis is not None
        self.counts["workers told to leave"] += 1
        self._redis.end_worker()

    async def _redis_server(self) -> None:
        """The server dies and comes back."""
        assert self._redis is not None
        self.counts["kill -9 of Redis"] += 1
        await self._redis.kill_server()

    async def _slow_replies(self) -> None:
        """Calls take effect at once, and their replies come late."""
        self._let_last("late replies", {"method": self._dice.choice(MAKING), "executed": True, "hold": LATE_SECONDS})

    async def _dripping(self) -> None:
        """Replies, or the files of one chat, come a byte at a time."""
        chat = self._somebody()
        plan = self._dice.choice(({"method": "getUpdates"}, {"method": "download", "chats": [chat]}))
        self._let_last("dripping replies", {**plan, "drip": DRIP_SECONDS})

    async def _one_chat(self) -> None:
        """Telegram wants the bot to wait with one chat."""
        self._let_last("one chat halted", {"chats": [self._somebody()], "error_code": 429, "retry_after": 4})

    async def _hostile_picture(self) -> None:
        """Somebody sends a small file that costs a lot."""
        self.counts["hostile pictures"] += 1
        self._spawn(hostile.send_bomb(self._sandbox.url, self._dice))

    async def _hoarder(self) -> None:
        """Somebody sends pictures without end and asks nothing."""
        self.counts["pictures of a hoarder"] += hostile.HOARD
        self._spawn(hostile.hoard(self._sandbox.url, self._dice))

    def _let_last(self, what: str, plan: dict[str, Any]) -> None:
        self.counts[what] += 1
        self._spawn(self._last(plan))

    async def _last(self, plan: dict[str, Any]) -> None:
        self._lasting.append(plan)
        self._sandbox.world.faults.change({"always": list(self._lasting)})
        await asyncio.sleep(LAST_SECONDS)
        self._lasting.remove(plan)
        self._sandbox.world.faults.change({"always": list(self._lasting)})

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _somebody(self) -> int:
        asked = self._people.asked
        return self._dice.choice(asked).person if asked else FIRST_PERSON

    async def _clock(self) -> None:
        self._bot.clock.write_text(str(self._dice.choice(JUMPS)))
        self.counts["clock jumps"] += 1

    async def _disk(self) -> None:
        """Fill the small disk that the data folder lies on, and free it again."""
        ballast = self._bot.data_dir.parent / "ballast"
        if not ballast.parent.is_mount():
            return
        self.counts["full disk"] += 1
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(65_536))
        with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"0" * 512)
        await asyncio.sleep(DISK_SECONDS)
        ballast.unlink()

    async def _blocked(self) -> None:
        """Somebody blocks the bot, for good."""
        world = self._sandbox.world
        if len(self._people.blocked) >= 3 or not self._people.asked:
            return
        user = self._dice.choice(self._people.asked).person
        self._people.blocked.add(user)
        bot = next(iter(world.bots.values()))
        actions.block(world, world.private_chat(bot, user), world.users[user])
        self.counts["blocked"] += 1

    async def _deleted(self) -> None:
        """Somebody deletes a progress message before it has become the answer."""
        world = self._sandbox.world
        bot = next(iter(world.bots.values()))
        users = sorted({asked.person for asked in self._people.asked})
        self._dice.shuffle(users)
        for user in users:
            chat = world.private_chat(bot, user)
            for stored in chat.messages.values():
                if (
                    not stored.deleted
                    and stored.sender_id == bot.id
                    and stored.body.get("text", "").startswith(LOOKING)
                ):
                    actions.delete(world, chat, world.users[user], stored)
                    self.counts["progress deleted"] += 1
                    return

    async def _silence(self) -> None:
        """The long poll breaks."""
        faults = self._sandbox.world.faults
        plan = self._dice.choice(({"error_code": 502}, {"error_code": 429, "retry_after": 1}, {"drop": True}))
        faults.change({"next": [*faults.next, {"method": "getUpdates", **plan}]})
        self.counts["broken polls"] += 1


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 48) -> Iterator[None]:
    """A small disk at `folder`, where we may mount one; else the folder stays what it is."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
