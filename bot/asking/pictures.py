"""Gets pictures from Telegram into the store."""

from __future__ import annotations

import errno
import logging
from contextlib import AsyncExitStack

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.conversation.meaning import TelegramPicture
from bot.services import Services
from bot.texts import questions as texts
from bot.texts.failures import sentence
from model.errors import PictureError
from storage.quota import NoRoomError
from storage.records import Photo

log = logging.getLogger(__name__)

PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk says that may have room again later."""


class PictureNotTakenError(Exception):
    """The picture cannot be had; the text is for the person."""


async def take_picture(
    services: Services,
    chat_id: int,
    picture: TelegramPicture,
    *,
    thread_id: int | None,
    album: str | None,
    user_id: int | None,
    edited: bool = False,
    check: bool = False,
) -> Photo:
    """Download a message's picture and keep it, once; anew where it was replaced or proved broken.

    Args:
        services: What the bot works with.
        chat_id: The chat that it is kept for.
        picture: Where Telegram has it.
        thread_id: The topic in which it is talked about.
        album: The album that it belongs to.
        user_id: Who shows it or talks about it.
        edited: Whether an edit may have replaced it.
        check: Whether to read it whole before it is kept; a file that says nothing of its type always is.

    Raises:
        PictureNotTakenError: It is too big or no picture, Telegram does not give it, or it cannot be kept.
        NetworkError: Telegram cannot be reached just now; RetryAfter: it wants a pause.
        OSError: The disk is full just now.
    """
    known = await services.store.photos.of_message(chat_id, picture.message_id)
    if known is not None and known.path.exists():
        # Rows of older releases do not say which file it was.
        same = known.file_unique_id == picture.unique_id or (known.file_unique_id is None and not edited)
        if same and not await services.store.questions.failed_about(chat_id, known.sha256):
            return known
    async with AsyncExitStack() as stack:
        data = await _download(services, chat_id, picture, stack)
        media_type = picture.media_type
        if check or not picture.certain:
            media_type = await _checked(services, chat_id, data)
        try:
            return await services.store.photos.save(
                chat_id,
                picture.message_id,
                data,
                media_type=media_type,
                thread_id=thread_id,
                media_group_id=album,
                file_unique_id=picture.unique_id,
                still_of=picture.still_of or ("file" if _is_animated(data) else None),
                user_id=user_id,
            )
        except NoRoomError as error:
            log.warning("a picture is refused: %s", error)
            raise PictureNotTakenError(texts.NO_ROOM) from error
        except OSError as error:
            if error.errno in PASSING:
                raise
            log.error("a picture cannot be kept: %s", error)
            raise PictureNotTakenError(texts.NOT_STORED) from error


def _is_animated(data: bytes) -> bool:
    """Whether bytes are an animated WebP or PNG, by their headers: Telegram leaves such files as they are."""
    if data.startswith(b"\x89PNG"):
        control = data.find(b"\0\0\0\x08acTL", 0, data.find(b"IDAT"))
        return control > 0 and int.from_bytes(data[control + 8 : control + 12]) > 1  # the number of its frames
    return data[8:16] == b"WEBPVP8X" and bool(data[20:21] and data[20] & 2)


async def _checked(services: Services, chat_id: int, data: bytes) -> str:
    """The media type of a picture that can be read."""
    try:
        return await services.decoder.inspect(data, chat_id=chat_id)
    except PictureError as error:
        raise PictureNotTakenError(sentence(error)) from error


async def _download(services: Services, chat_id: int, picture: TelegramPicture, stack: AsyncExitStack) -> bytes:
    """A picture's bytes, which count as in use until the stack ends."""
    try:
        fetching = services.downloads.fetch(chat_id, picture.file_id, picture.size)
        return await stack.enter_async_context(fetching)
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise PictureNotTakenError(texts.TOO_BIG) from error
        log.warning("a picture cannot be downloaded: %s", error.message)
        raise PictureNotTakenError(texts.NOT_DOWNLOADED) from error
    except (NetworkError, RetryAfter):
        raise
    except TelegramError as error:
        log.warning("a picture cannot be downloaded: %s", error.message)
        raise PictureNotTakenError(texts.NOT_DOWNLOADED) from error
