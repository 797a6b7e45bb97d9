"""The sandbox as a whole: one HTTP server for bots and for people."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from bot.sandbox.api import BotApi
from bot.sandbox.client_api import ClientApi, plain_errors
from bot.sandbox.control_api import ControlApi
from bot.sandbox.files import Files
from bot.sandbox.guard import only_known_callers
from bot.sandbox.page_files import page_routes
from bot.sandbox.recorder import Recorder
from bot.sandbox.samples import DrawScene, Sample, Samples
from bot.sandbox.world import World

DEFAULT_PORT = 8081
MAX_CLIENT_BODY = 256 * 1024 * 1024  # bytes that a person may send at once


class PortInUseError(Exception):
    """The port is taken; the text says so and what to do."""


def unused_message_id() -> int:
    """A number that no sandbox of the last year came to, if it had fewer than 32 messages a second.

    A sandbox forgets everything when it ends. A bot that keeps what it was asked would else take the first messages of
    the next one for those that it has answered.
    """
    return int(time.time() * 32) % 2**30


class Sandbox:
    """A local Telegram: `async with Sandbox(port=0) as sandbox: ... sandbox.url`."""

    def __init__(
        self,
        port: int = DEFAULT_PORT,
        host: str = "127.0.0.1",
        token: str | None = None,
        record: Path | None = None,
        samples: Sequence[Sample] = (),
        draw_scene: DrawScene | None = None,
        first_message_id: int = 1,
        allowed_hosts: Sequence[str] = (),
        remote_webhooks: bool = False,
    ) -> None:
        """Prepare a sandbox.

        Args:
            port: TCP port; 0 takes any free one (see `url` after `start`).
            host: Address to listen on.
            token: The only token that is accepted; its bot exists from the start. None accepts every well-formed one.
            record: A file to append all traffic to, as JSON lines.
            samples: Pictures with questions that the chat page offers.
            draw_scene: Draws the chat page's new scenes; None: the page offers none.
            first_message_id: Number of the first message; `unused_message_id()` for bots that remember another sandbox.
            allowed_hosts: Further names by which it may be called, beside addresses and localhost.
            remote_webhooks: Whether a bot's webhook may be on another machine.
        """
        self.port = port
        self.host = host
        self._token = token
        self._record = record
        self._samples = Samples(samples, draw_scene)
        self._first_message_id = first_message_id
        self._allowed_hosts = tuple(allowed_hosts)
        self._remote_webhooks = remote_webhooks
        self._runner: web.AppRunner | None = None
        self._world: World | None = None

    @property
    def url(self) -> str:
        """Where the sandbox is, without a slash at the end."""
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}"

    @property
    def world(self) -> World:
        """The sandbox's inside, for tests; only between start and stop."""
        assert self._world is not None, "the sandbox is not started"
        return self._world

    async def start(self) -> None:
        """Listen.

        Raises:
            PortInUseError: When another program has the port.
        """
        world = World(Files(), Recorder(self._record), self._first_message_id, self._remote_webhooks)
        world.settle()
        self._world = world
        api = BotApi(world, self._token)
        guard = only_known_callers({self.host, *self._allowed_hosts})
        app = web.Application(middlewares=[guard, plain_errors], client_max_size=MAX_CLIENT_BODY)
        app.router.add_route("*", "/bot{token:[^/]*}/{method:[^/]*/?}", api.handle)
        app.router.add_route("*", "/bot{token:[^/]*}/test/{method:[^/]*}", api.handle)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.+}", api.download)
        app.add_routes(ClientApi(world, self._samples).routes())
        app.add_routes(ControlApi(world).routes())
        app.add_routes(page_routes(self._samples))
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, self.host, self.port)
            await site.start()
        except OSError as error:
            await self.stop()
            raise PortInUseError(
                f"The sandbox cannot listen on {self.host} port {self.port}: {error.strerror or error}. "
                "Is another one running? Choose another port with --port."
            ) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """End all connections and delete all files."""
        world, self._world = self._world, None
        if world is not None:
            world.events.close()
            for bot in world.bots.values():
                bot.updates.close()
                if bot.webhook is not None:
                    await bot.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if world is not None:
            world.close()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()
