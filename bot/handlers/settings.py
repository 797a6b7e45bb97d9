"""/settings: what a chat may choose, by buttons that edit the menu in place."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.asking.asking import say
from bot.callback_data import ChangeSetting
from bot.effective import Effective
from bot.handlers.rights import may_change
from bot.handlers.routing import Press, PressHandler, command
from bot.services import Context, Services
from bot.texts import menus as texts
from bot.texts.catalog import digits
from bot.texts.language import LANGUAGES, NAMES, find_language, language, speaking
from bot.time_zones import PICKS, distance, find_zones, place_of
from storage.records import ChatSettings

TOKEN_STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
BEAM_PICKS = (1, 3, 5, 10)
TOKEN_PICKS = (5, 20, 100, 1000)
KEEP_PICKS = (7, 30, 365)
"""Days."""
_NUMBER = re.compile(
    r"(?:(?P<beams>beams?|care)|(?:answer[ _])?length|(?:max[ _](?:new[ _])?)?tokens?)\s*[=:]?\s*(?P<value>\d{1,9})",
    re.IGNORECASE,
)
"""What is typed behind the command instead of pressed."""
_ZONE = re.compile(r"^(?:time ?zone|zone|tz)\s*[=:]?\s*(?=\S)", re.IGNORECASE)


async def on_settings(message: Message, context: Context) -> None:
    """Show the menu; or set what is named: /settings Lisbon, /settings Italy, /settings beams 4."""
    services = context.services
    await services.know(message)
    if context.args:
        await say(message, await _set_typed(services, message, " ".join(context.args)))
        return
    text, markup = await _menu(services, message.chat_id)
    await say(message, text, markup, replying=False)


async def on_press(press: Press[ChangeSetting], context: Context) -> None:
    """Change what the button says, if the presser may."""
    services, chat, change = context.services, press.chat, press.data
    if not await may_change(services, chat, press.user):
        await press.answer(texts.ONLY_ADMINS, alert=True)
        return
    if change.name == "help":
        meanings = texts.settings_meanings(await services.effective(chat.id))
        await press.answer(meanings[min(change.value, len(meanings) - 1)], alert=True)
        return
    with speaking(LANGUAGES[change.value] if change.name == "lang" and change.value < len(LANGUAGES) else language()):
        await press.answer(await _change(services, chat.id, change))
        choosing = change.name in ("zones", "zone")
        text, markup = await (_zone_menu if choosing else _menu)(services, chat.id)
    with suppress(BadRequest):  # unchanged, or too old to be edited: the setting holds all the same
        await press.query.edit_message_text(text, parse_mode=ParseMode.HTML, reply_markup=markup)


async def _set_typed(services: Services, message: Message, text: str) -> str:
    """Set what somebody typed, if they may: a number, the language, the time zone; returns the sentence for them."""
    if not await may_change(services, message.chat, message.from_user, message):
        return texts.ONLY_ADMINS
    if (typed := _NUMBER.fullmatch(text)) is not None:
        name = "beams" if typed["beams"] else "tokens"
        return await _change(services, message.chat_id, ChangeSetting(name, int(typed["value"]))) or texts.DONE
    if text.casefold() in ("reset", "defaults", "default", texts.RESET.casefold()):
        return await _change(services, message.chat_id, ChangeSetting("reset", 0)) or texts.DONE
    if (tongue := find_language(text)) is not None:
        with speaking(tongue):
            change = ChangeSetting("lang", LANGUAGES.index(tongue))
            return await _change(services, message.chat_id, change) or texts.DONE
    zones = await asyncio.to_thread(find_zones, _ZONE.sub("", text))  # read when first asked for
    if len(zones) != 1:
        return texts.several_zones(zones) if zones else texts.SETTING_UNKNOWN
    await services.store.chats.set_settings(message.chat_id, time_zone=zones[0])
    return texts.zone_changed(zones[0])


async def _change(services: Services, chat_id: int, change: ChangeSetting) -> str | None:
    """Set what was pressed; returns what to say about it."""
    chats = services.store.chats
    if change.name in ("zones", "menu"):
        return None
    if change.name == "zone":
        name = PICKS[change.value] if change.value < len(PICKS) else None
        await chats.set_settings(chat_id, time_zone=name)
        return texts.without_tags(texts.zone_changed(name))
    if change.name == "reset":
        if await chats.settings(chat_id) == ChatSettings():
            return texts.NO_CHOICE
        await chats.reset_settings(chat_id)
        return texts.DONE
    if change.name == "keep":
        await chats.set_settings(chat_id, keep_days=change.value if change.value in KEEP_PICKS else None)
        return texts.keeping_changed((await services.effective(chat_id)).keep_days)
    if change.name == "lang":
        await chats.set_language(chat_id, language())
        return texts.DONE
    if change.name == "train":
        await chats.set_settings(chat_id, for_training=1 if change.value == 1 else None)
        return texts.MAY_TRAIN if change.value == 1 else texts.MAY_NOT_TRAIN
    now, beams = await services.effective(chat_id), change.name == "beams"
    name, high = (texts.CARE, now.max_beams) if beams else (texts.LENGTH, now.max_max_new_tokens)
    value = max(1, min(change.value, high))
    if value == (now.beams if beams else now.max_new_tokens):
        return texts.setting_kept(name, value, high)
    await chats.set_settings(chat_id, **{"beams" if beams else "max_new_tokens": value})
    return (texts.setting_changed if value == change.value else texts.setting_limited)(name, value)


async def _menu(services: Services, chat_id: int) -> tuple[str, InlineKeyboardMarkup]:
    now, chosen = await services.effective(chat_id), await services.store.chats.settings(chat_id)
    return texts.settings(now, chosen), _keyboard(now, services.settings.keep_days, chosen)


async def _zone_menu(services: Services, chat_id: int) -> tuple[str, InlineKeyboardMarkup]:
    now = (await services.store.chats.settings(chat_id)).time_zone or "UTC"
    picks = [
        _marked(place_of(name) if name == "UTC" else f"{place_of(name)} {distance(name)}", "zone", place, name == now)
        for place, name in enumerate(PICKS)
    ]
    rows = [picks[first : first + 2] for first in range(0, len(picks), 2)]
    text = f"{texts.CHOOSE_ZONE}\n\n{texts.TIME_ZONE}: <b>{texts.zone_named(now)}</b>"
    return text, InlineKeyboardMarkup([*rows, [_button(texts.BACK, "menu", 0)]])


def _keyboard(now: Effective, longest: int, chosen: ChatSettings) -> InlineKeyboardMarkup:
    fewer, more = max(1, now.beams - 1), min(now.max_beams, now.beams + 1)
    lower = max((step for step in TOKEN_STEPS if step < now.max_new_tokens), default=1)
    higher = min((step for step in TOKEN_STEPS if step > now.max_new_tokens), default=now.max_max_new_tokens)
    higher = min(higher, now.max_max_new_tokens)
    care = [_pick(value, now.beams, "beams") for value in BEAM_PICKS if value <= now.max_beams]
    length = [_pick(value, now.max_new_tokens, "tokens") for value in TOKEN_PICKS if value <= now.max_max_new_tokens]
    shorter = [days for days in KEEP_PICKS if not longest or days < longest]
    keeping = [_marked(texts.keeping(days), "keep", days, days == now.keep_days) for days in shorter]
    tongues = [_marked(NAMES[name], "lang", place, name == language()) for place, name in enumerate(LANGUAGES)]
    allowed = bool(chosen.for_training)
    training = [_marked(texts.NO, "train", 0, not allowed), _marked(texts.YES, "train", 1, allowed)]
    longest_text = texts.keeping(longest) if longest else texts.NO_END
    return InlineKeyboardMarkup(
        [
            [_button(texts.CARE, "help", 0)],
            [_button("−", "beams", fewer), *care, _button("+", "beams", more)],
            [_button(texts.LENGTH, "help", 1)],
            [_button("−", "tokens", lower), *length, _button("+", "tokens", higher)],
            [_button(texts.KEEPING, "help", 2)],
            [*keeping, _marked(longest_text, "keep", longest, longest == now.keep_days)],
            [_button(texts.TRAINING, "help", 3)],
            training,
            [_button(f"{texts.TIME_ZONE} ›", "zones", 0)],
            [_button(texts.LANGUAGE, "help", 5)],
            *(tongues[first : first + 3] for first in range(0, len(tongues), 3)),
            [_button(texts.RESET, "reset", 0)],
        ]
    )


def _pick(value: int, current: int, name: str) -> InlineKeyboardButton:
    return _marked(digits(value), name, value, value == current)


def _marked(text: str, name: str, value: int, current: bool) -> InlineKeyboardButton:
    return _button(f"✓ {text}" if current else text, name, value)


def _button(text: str, name: str, value: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=ChangeSetting(name, value).pack())


HANDLERS = [command("settings", on_settings), PressHandler(ChangeSetting, on_press)]
