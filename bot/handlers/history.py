"""/history: what was asked and answered, in pages that are turned in place."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.answering.question_messages import reply_to
from bot.asking.asking import say
from bot.callback_data import HistoryPage, ShowPicture
from bot.handlers.routing import Press, PressHandler, command, question_pressed
from bot.services import Context, Services
from bot.texts import heat_maps as heat_map_texts
from bot.texts import menus as texts
from bot.texts.catalog import whole
from bot.texts.lines import shorten
from storage.records import AskedPicture, Question

PER_PAGE = 5
THUMBNAIL = 320
"""Longer side of a small picture, in pixels."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def on_history(message: Message, context: Context) -> None:
    """Show the newest page, or that of a day or a month; or say that there is none."""
    services, number = context.services, 0
    if context.args:
        zone = (await services.effective(message.chat_id)).zone
        end = end_of(" ".join(context.args), zone)
        if end is None:
            await say(message, texts.HISTORY_USAGE)
            return
        number = await services.store.history.count(message.chat_id, end.timestamp()) // PER_PAGE
    page = await _page(services, message.chat_id, message.chat.type, number)
    if page is None:
        await say(message, texts.empty_history((await services.effective(message.chat_id)).keep_days))
        return
    text, markup = page
    await say(message, text, markup, replying=False, preview=_NO_PREVIEW)


def end_of(text: str, zone: tzinfo = UTC) -> datetime | None:
    """When a day (2026-11-03, 3.11.2026, 3 Nov 2026) or a month (2026-11) ends in a zone; None for anything else."""
    plain = re.sub(r"[./-]", "-", "".join(str(unicodedata.digit(one, one)) for one in text))
    for form, length in (
        ("%Y-%m-%d", 1),
        ("%d-%m-%Y", 1),
        ("%d %b %Y", 1),
        ("%d %B %Y", 1),
        ("%Y-%m", 32),
        ("%m-%Y", 32),
    ):
        try:
            begin = datetime.strptime(plain, form).replace(tzinfo=zone)
            end = begin + timedelta(days=length)
        except (ValueError, OverflowError):
            continue
        return end if length == 1 else end.replace(day=1)
    return None


async def on_page(press: Press[HistoryPage], context: Context) -> None:
    """Turn to another page."""
    page = await _page(context.services, press.chat.id, press.chat.type, press.data.number)
    await press.answer(None if page else texts.GONE)
    if page is not None:
        with suppress(BadRequest):  # the page shows this already
            await press.query.edit_message_text(
                page[0], parse_mode=ParseMode.HTML, reply_markup=page[1], link_preview_options=_NO_PREVIEW
            )


async def on_picture(press: Press[ShowPicture], context: Context) -> None:
    """Show the small pictures of an item, as replies to the message that asked."""
    services = context.services
    question = await question_pressed(services, press)
    small = [] if question is None else await _thumbnails(services, question)
    await press.answer(None if small else texts.GONE)
    if question is None or not small:
        return
    for picture, data in small:
        caption = escape(shorten(picture.caption or question.text, 200))
        await _send(services, question, data, caption, picture.message_id)
    await _show_where(services, question)


async def _show_where(services: Services, question: Question) -> None:
    """Show again where an answer came from, where that was asked for."""
    request = (await services.store.heat_maps.found(question.chat_id, [question.id])).get(question.id)
    drawn = None if request is None else await services.delivery.outcomes.heat_map(request)
    if request is not None and drawn is not None:
        await _send(services, question, drawn, heat_map_texts.caption(request), question.photo_message_id)


async def _send(services: Services, question: Question, picture: bytes, caption: str, about: int | None) -> None:
    """Send a small picture, or a heat map; who replies to it means the picture of the message `about`."""
    sent = await services.bot.send_photo(
        question.chat_id,
        picture,
        caption=caption,
        parse_mode=ParseMode.HTML,
        message_thread_id=question.thread_id,
        reply_parameters=reply_to(question.answered_under),
    )
    await services.store.sent.record(question.chat_id, [sent.message_id], photo_message_id=about)


async def _page(
    services: Services, chat_id: int, chat_type: str, number: int
) -> tuple[str, InlineKeyboardMarkup] | None:
    total = await services.store.history.count(chat_id)
    if total == 0:
        return None
    pages = math.ceil(total / PER_PAGE)
    number = max(0, min(number, pages - 1))
    first = number * PER_PAGE
    found = await services.store.history.page(chat_id, limit=PER_PAGE, offset=first)
    items = [(first + i + 1, question, _link(question, chat_type)) for i, question in enumerate(found)]
    kept = await services.store.photos.kept(chat_id, {one.sha256 for question in found for one in question.pictures})
    gone = {question.id for question in found if not any(one.sha256 in kept for one in question.pictures)}
    explained = await services.store.heat_maps.found(chat_id, [question.id for question in found])
    pictures = [
        InlineKeyboardButton(f"🖼 {whole(place)}", callback_data=ShowPicture(question.id).pack())
        for place, question, _ in items
        if question.id not in gone
    ]
    turning = [
        InlineKeyboardButton(text, callback_data=HistoryPage(place).pack())
        for text, place, possible in (
            (texts.NEWEST, 0, number > 1),
            (texts.NEWER, number - 1, number > 0),
            (texts.OLDER, number + 1, number < pages - 1),
            (texts.OLDEST, pages - 1, number < pages - 2),
        )
        if possible
    ]
    rows = [row for row in (pictures, turning) if row]
    now = await services.effective(chat_id)
    text = texts.history_page(
        items,
        number,
        pages,
        total,
        named=chat_type != ChatType.PRIVATE,
        gone=gone,
        explained=explained.keys(),
        unanswered=(await services.store.chats.amount(chat_id)).questions > total,
        keep_days=now.keep_days,
        opinions=await services.store.feedback.of_questions(chat_id, [question.id for question in found]),
        zone=now.zone,
    )
    return text, InlineKeyboardMarkup(rows)


def _link(question: Question, chat_type: str) -> str | None:
    """Telegram links to messages of supergroups only, and not to those from before a group became one."""
    if chat_type != ChatType.SUPERGROUP or question.message_id < 0:
        return None
    return f"https://t.me/c/{str(question.chat_id).removeprefix('-100')}/{question.message_id}"


async def _thumbnails(services: Services, question: Question) -> list[tuple[AskedPicture, bytes]]:
    """Small copies of a question's pictures, of those that are still there, each once."""
    small = []
    pictures: Sequence[AskedPicture] = question.pictures
    if len({one.message_id for one in pictures}) < len(pictures):  # several questions about each
        pictures = [*{one.message_id: replace(one, caption=None) for one in pictures}.values()]
    for picture in pictures:
        # Only what was understood has a button; another press is of somebody's own making.
        if question.answer is None:
            check = await services.store.picture_checks.get(picture.sha256)
            if check is None or check.refusal is not None:
                continue
        try:
            path = await services.store.photos.find(question.chat_id, picture.sha256)
        except FileNotFoundError:
            continue
        data = await services.decoder.thumbnail(picture.sha256, path, THUMBNAIL, chat_id=question.chat_id)
        if data is not None:
            small.append((picture, data))
    return small


HANDLERS = [command("history", on_history), PressHandler(HistoryPage, on_page), PressHandler(ShowPicture, on_picture)]
