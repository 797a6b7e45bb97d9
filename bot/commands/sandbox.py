"""`vqabot sandbox`: the local Bot API server alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

EPILOG = "Example: vqabot sandbox --port 8081 --record traffic.jsonl"
TOKEN = "1000000001:sandbox_token_for_any_bot"


@click.command(epilog=EPILOG)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="TCP port; 0: any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Append all traffic to this file, as JSON lines."
)
@click.option("--allow-host", "allowed_hosts", multiple=True, help="A name by which bots call it, of a container say.")
@click.option("--remote-webhooks", is_flag=True, help="Let webhooks be on other machines.")
def sandbox(port: int, host: str, record: Path | None, allowed_hosts: tuple[str, ...], remote_webhooks: bool) -> None:
    """Run the local Bot API server alone, for any bot in any language.

    A chat page at its address plays the people. Ctrl-C ends it; nothing is kept.
    """
    from bot.sandbox.server import Sandbox, unused_message_id

    server = Sandbox(
        port=port,
        host=host,
        record=record,
        first_message_id=unused_message_id(),
        allowed_hosts=allowed_hosts,
        remote_webhooks=remote_webhooks,
    )
    asyncio.run(_serve(server, record))


async def _serve(server: Sandbox, record: Path | None) -> None:
    from bot.loop import stop_requested
    from bot.sandbox.server import PortInUseError

    try:
        await server.start()
    except PortInUseError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        reason = error.strerror or "the system refuses it"
        raise click.ClickException(
            f"The recording cannot be written to {error.filename or record}: {reason}."
        ) from error
    click.echo(_introduction(server.url))
    try:
        await stop_requested().wait()
    finally:
        await server.stop()


def _introduction(url: str) -> str:
    return "\n".join(
        [
            f"A local Telegram is ready. Chat page: {url}",
            "",
            "Any token of the right form works, for example:",
            f"  {TOKEN}",
            "",
            f"This bot:             VQABOT_TELEGRAM_BASE_URL={url} VQABOT_TELEGRAM_TOKEN={TOKEN} vqabot run",
            "python-telegram-bot:  Application.builder().token(...)"
            f'.base_url("{url}/bot").base_file_url("{url}/file/bot")',
            f'aiogram:              AiohttpSession(api=TelegramAPIServer.from_base("{url}"))',
            f"anything else:        methods at {url}/bot<token>/<method>, files at {url}/file/bot<token>/<path>",
        ]
    )
