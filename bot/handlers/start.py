"""/start, /help and /privacy."""

from __future__ import annotations

from importlib.resources import files

from telegram import Message
from telegram.constants import ChatType, ParseMode

from bot.asking.asking import person_of, say, thread_of
from bot.handlers.rights import is_bot_admin
from bot.handlers.routing import command
from bot.services import Context
from bot.texts import about as texts
from bot.texts.catalog import directed

EXAMPLE = "example.png"
EXAMPLE_QUESTION = "What color is the ball?"


async def on_start(message: Message, context: Context) -> None:
    """Say what the bot does, and give a picture to try it on."""
    services = context.services
    await services.know(message)
    private = message.chat.type == ChatType.PRIVATE
    await say(message, texts.START if private else texts.group_welcome(services.bot.username))
    picture = (files("bot") / EXAMPLE).read_bytes()
    sent = await services.bot.send_photo(
        message.chat_id,
        picture,
        caption=texts.EXAMPLE_CAPTION.format(question=EXAMPLE_QUESTION),
        parse_mode=ParseMode.HTML,
        message_thread_id=thread_of(message),
    )
    largest = max(sent.photo, key=lambda size: size.width * size.height, default=None)
    # Only given: it is what others talk about no more than any picture that passes by, until somebody asks about it.
    await services.store.photos.save(
        message.chat_id,
        sent.message_id,
        picture,
        media_type="image/png",
        thread_id=thread_of(message),
        file_unique_id=largest.file_unique_id if largest else None,
        user_id=person_of(message)[0],
        current=False,
    )


async def on_help(message: Message, context: Context) -> None:
    """List what can be done."""
    admin = directed(f"/admin – {texts.COMMANDS['admin']}") if is_bot_admin(context.services, message.from_user) else ""
    await say(message, f"{texts.HELP}\n\n{admin}".strip())


async def on_privacy(message: Message, context: Context) -> None:
    """Say what is kept, and how to get and delete it."""
    await say(message, texts.PRIVACY)


HANDLERS = [command("start", on_start), command("help", on_help), command("privacy", on_privacy)]
