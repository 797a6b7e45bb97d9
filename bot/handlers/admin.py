"""/admin: how the bot is doing, and the settings that hold for all chats. For the bot's own admins only."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.asking.asking import say
from bot.callback_data import LARGEST, ChangeAdminSetting, DrainWorker
from bot.effective import effective
from bot.handlers.rights import is_bot_admin
from bot.handlers.routing import Press, PressHandler, command
from bot.services import Context, Services
from bot.texts import access as access_texts
from bot.texts import admin as texts
from bot.texts import menus
from bot.texts import questions as common_texts
from bot.texts import workers as worker_texts
from storage.records import ChatSettings

CHART_DAYS = 30
WORST = 3
"""Questions that are most often called wrong."""
DECISIONS = {"allow": True, "block": False, "forget": None}
"""What stands after /admin to say who may use the bot."""
LARGEST_OF = {"rate": 1000, "unsure": 99, "feedback": 1}
SWITCHED = {"yes": "1", "on": "1", "no": "0", "off": "0"}
"""What can stand after /admin feedback, too."""
PICKS: dict[str, tuple[int, ...]] = {
    "beams": (1, 3, 5),
    "tokens": (10, 20, 50),
    "rate": (5, 20, 60),
    "unsure": (10, 25, 50),
}


async def on_admin(message: Message, context: Context) -> None:
    """Show how the bot is doing, or set a value: /admin beams 5."""
    services = context.services
    if not is_bot_admin(services, message.from_user):
        if message.chat.type == "private":
            await say(message, common_texts.UNKNOWN_COMMAND)
        return
    arguments = context.args or []
    if not arguments:
        text, markup = await _overview(services)
        await message.reply_text(text, parse_mode=ParseMode.HTML, reply_markup=markup)
        await _show_use(services, message)
        return
    if arguments[0].lower() in (*DECISIONS, "access"):
        await say(message, await _rule(services, arguments))
        return
    await say(message, await _set(services, arguments))


async def on_press(press: Press[ChangeAdminSetting], context: Context) -> None:
    """Set what the button says, and show the overview anew."""
    services, change, said = context.services, press.data, None
    if not await _is_admins(services, press):
        return
    if change.name in texts.NAMES:
        said = menus.without_tags(await _set(services, [change.name, str(change.value or "default")]))
    await press.answer(said)
    text, markup = await _overview(services)
    with suppress(BadRequest):  # nothing changed since
        await press.query.edit_message_text(text, parse_mode=ParseMode.HTML, reply_markup=markup)


async def on_drain(press: Press[DrainWorker], context: Context) -> None:
    """Let a worker leave."""
    services = context.services
    if not await _is_admins(services, press):
        return
    names = {worker.name for worker in await services.broker.workers() if worker.name}
    found = [name for name in names if ending_of(name) == press.data.ending]
    drained = bool(found) and await services.broker.drain(found[0])
    await press.answer(worker_texts.leaving(found[0]) if drained else worker_texts.GONE_ALREADY)


async def _is_admins(services: Services, press: Press[Any]) -> bool:
    """Whether one of the bot's admins pressed; others are told."""
    if is_bot_admin(services, press.user):
        return True
    await press.answer(texts.ONLY_BOT_ADMINS, alert=True)
    return False


async def _show_use(services: Services, message: Message) -> None:
    """The questions of the last days as a picture, where there are any."""
    from bot.use_chart import draw_chart  # Pillow's memory is not taken before somebody asks

    days = await services.store.use_per_day(CHART_DAYS)
    if any(count for _, count in days):
        picture = await asyncio.to_thread(draw_chart, days)
        await message.reply_photo(picture, caption=texts.use_per_day(days))


async def _rule(services: Services, arguments: list[str]) -> str:
    """Say who may use the bot, or list it: /admin block 123; returns the sentence for the admin."""
    word, settings = arguments[0].lower(), services.settings
    if word == "access" and len(arguments) == 1:
        return access_texts.access(await services.store.access.all(), settings.allowed_ids)
    number = _telegram_number(arguments[1]) if len(arguments) == 2 else None
    if number is None or word not in DECISIONS:
        return access_texts.USAGE
    if number in settings.admin_ids:
        return access_texts.ADMINS_ALWAYS
    await services.store.access.decide(number, DECISIONS[word])
    return access_texts.decided(number, DECISIONS[word], settings.allowed_ids)


def _telegram_number(text: str) -> int | None:
    """A person's or group's number."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and 0 < int(digits) < LARGEST else None


def ending_of(name: str) -> str:
    """What a worker's name ends in: short, and its alone."""
    return name.rpartition("-")[2]


async def _set(services: Services, arguments: list[str]) -> str:
    """Set a value by words; returns the sentence for the admin."""
    word = arguments[0].lower()
    if word not in texts.NAMES or len(arguments) != 2:
        return texts.usage()
    stored = texts.NAMES[word][0]
    if arguments[1].lower() == "default":
        await services.store.settings.set(**{stored: None})
        return texts.changed(word, None)
    low, high = int(word != "feedback"), _largest(services, word)
    typed = SWITCHED.get(arguments[1].lower(), arguments[1]) if word == "feedback" else arguments[1]
    value = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1
    if not low <= value <= high:
        return texts.out_of_range(word, low, high)
    now = await services.store.settings.set(**{stored: value})
    counting = effective(ChatSettings(), now, services.settings)
    limit = {"beams": counting.max_beams, "tokens": counting.max_max_new_tokens}.get(word, value)
    return texts.changed(word, value, limit if limit < value else None)


def _largest(services: Services, word: str) -> int:
    if word in LARGEST_OF:
        return LARGEST_OF[word]
    return services.settings.max_beams if "beams" in word else services.settings.max_max_new_tokens


async def _overview(services: Services) -> tuple[str, InlineKeyboardMarkup]:
    store = services.store
    admins = await store.settings.get()
    now = effective(ChatSettings(), admins, services.settings)
    workers, updates = await services.broker.workers(), await store.updates.counts()
    updates["pending"] = max(0, updates["pending"] - 1)  # without the one that asks for this
    text = texts.overview(
        await store.questions.counts(),
        workers,
        await store.statistics(),
        await store.photos.quota.usage(),
        admins,
        now,
        in_flight=services.dispatcher.in_flight,
        updates=updates,
        opinions=await store.feedback.lately(WORST),
        uptime=time.monotonic() - services.started_at,
        last_poll=services.last_poll_at,
    )
    current = {
        "beams": now.beams,
        "tokens": now.max_new_tokens,
        "rate": now.questions_per_minute,
        "unsure": now.unsure_below,
    }
    largest = {"beams": now.max_beams, "tokens": now.max_max_new_tokens}
    rows = [
        [
            _button(f"{'✓ ' if value == current[name] else ''}{name} {value}", name, value)
            for value in values
            if value <= largest.get(name, value)
        ]
        for name, values in PICKS.items()
    ]
    names = list(dict.fromkeys(worker.name for worker in workers if worker.name and not worker.draining))
    leave = [
        [InlineKeyboardButton(worker_texts.let_leave(name), callback_data=DrainWorker(ending_of(name)).pack())]
        for name in names[: worker_texts.MOST_SHOWN]
    ]
    return text, InlineKeyboardMarkup([*rows, *leave, [_button(menus.REFRESH, "show", 0)]])


def _button(text: str, name: str, value: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=ChangeAdminSetting(name, value).pack())


HANDLERS = [command("admin", on_admin), PressHandler(ChangeAdminSetting, on_press), PressHandler(DrainWorker, on_drain)]
