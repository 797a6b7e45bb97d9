"""`vqabot demo`: the whole bot here, with a chat page instead of Telegram."""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import click

from bot.commands.errors import Interrupted, WrongSetting
from bot.texts.failures import sentence

BOT, YOU = 1_000_000_001, 1001


@click.command(epilog='Example: vqabot demo --once     (in a checkout: make demo ARGS="--once")')
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="Of the page; 0: any free."
)
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--once", is_flag=True, help="End after the conversation: 0 if every answer was right, else 1.")
@click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep the bot's data here.  [default: nowhere]"
)
def demo(port: int, model: str, once: bool, data_dir: Path | None) -> None:
    """Try the whole bot here: no token, no network.

    Starts a local Telegram with a chat page, the bot, and the inference worker; has a short conversation through all of
    them; then leaves the page to you. Ctrl-C ends it.
    """
    from bot.redact import set_up_logging

    set_up_logging("WARNING")
    code = asyncio.run(_demo(port, model, once, data_dir))
    if code == Interrupted.exit_code:
        raise Interrupted("")
    sys.exit(code)


async def _demo(port: int, model: str, once: bool, data_dir: Path | None) -> int:
    from bot.app import Bot
    from bot.broker import open_broker
    from bot.commands.new_scenes import scene_drawer
    from bot.demo.conversation import Conversation
    from bot.demo.samples import sample_scenes
    from bot.errors import BotError
    from bot.loop import stop_requested
    from bot.sandbox.connection import PersonError
    from bot.sandbox.person import Person
    from bot.sandbox.samples import Sample
    from bot.sandbox.server import PortInUseError, Sandbox, unused_message_id
    from bot.settings import Settings
    from bot.tasks import cancel_and_wait
    from model.errors import ModelError
    from storage.errors import DataDirInUseError, StorageError

    stopped = stop_requested()
    token = f"{BOT}:{secrets.token_urlsafe(26)}"  # drawn anew: nobody else on this machine calls as this bot
    scenes = sample_scenes()
    samples = [Sample(scene.name, scene.picture, scene.questions[0][0]) for scene in scenes]
    async with AsyncExitStack() as stack:
        if data_dir is None:
            data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vqabot-demo-")))
        try:
            settings = Settings(
                telegram_token=token, data_dir=data_dir, model=model, admin_ids=(YOU,), broker_url=None, workers=1
            )
            broker = await asyncio.to_thread(open_broker, settings)  # who waits here hears at once of a wrong name
            sandbox = await stack.enter_async_context(
                Sandbox(
                    port=port,
                    token=token,
                    samples=samples,
                    draw_scene=scene_drawer(),
                    first_message_id=unused_message_id(),
                )
            )
            settings = settings.model_copy(update={"telegram_base_url": sandbox.url})
            bot = await stack.enter_async_context(Bot(settings, broker))
            assert bot.model_ready is not None
            waiting = asyncio.ensure_future(stopped.wait())
            await asyncio.wait({bot.model_ready, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not bot.model_ready.done():
                return Interrupted.exit_code
            await bot.model_ready
        except PortInUseError as error:
            other = 8090 if port != 8090 else 8091
            example = f'vqabot demo --port {other}     (in a checkout: make demo ARGS="--port {other}")'
            raise click.ClickException(f"{error}\nFor example: {example}") from error
        except DataDirInUseError as error:
            raise click.ClickException(sentence(error)) from error
        except (ModelError, StorageError) as error:
            raise WrongSetting(sentence(error)) from error
        except BotError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"The chat page is at {sandbox.url}")
        if not once:
            click.echo("Open it and send a picture. First, a short conversation through the whole chain:")
        person = await stack.enter_async_context(Person(sandbox.url, YOU))
        conversation = Conversation(person, scenes, click.echo)
        talking = asyncio.ensure_future(conversation.run())
        await asyncio.wait({talking, waiting}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if not talking.done():
                await cancel_and_wait(talking)
                return Interrupted.exit_code
            right = await talking
        except (TimeoutError, PersonError) as error:
            click.echo(f"\nThe conversation broke off: {error}", err=True)
            right = False
        finally:
            waiting.cancel()
        verdict = (
            "every answer was right" if right else f"not all was right: {'; '.join(conversation.wrong) or 'see above'}"
        )
        click.echo(f"\n{conversation.exchanges} exchanges, {verdict}.")
        if not once:
            click.echo(f"\nNow you: {sandbox.url}     (Ctrl-C ends it)")
            await stopped.wait()
        return 0 if right else 1
