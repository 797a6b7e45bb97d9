"""Gets pictures from Telegram into the store."""

from __future__ import annotations

import errno
import logging

from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot import texts
from bot.conversation import Picture
from bot.services import Services
from storage.records import Photo

log = logging.getLogger(__name__)

PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk says that may have room again later."""


class PictureNotTakenError(Exception):
    """The picture cannot be had; the text is for the person."""


async def take_picture(
    services: Services, chat_id: int, picture: Picture, *, thread_id: int | None, album: str | None
) -> Photo:
    """Download a message's picture and keep it, once.

    Raises:
        PictureNotTakenError: It is too big, Telegram does not give it, or it cannot be kept.
        NetworkError: Telegram cannot be reached just now; RetryAfter: it wants a pause.
        OSError: The disk is full just now.
    """
    known = await services.store.photos.of_message(chat_id, picture.message_id)
    if known is not None and not album and known.path.exists():
        return known
    if picture.size is not None and picture.size > FileSizeLimit.FILESIZE_DOWNLOAD:
        raise PictureNotTakenError(texts.TOO_BIG)
    data = await _download(services, chat_id, picture)
    try:
        return await services.store.photos.save(
            chat_id,
            picture.message_id,
            data,
            media_type=picture.media_type,
            thread_id=thread_id,
            media_group_id=album,
        )
    except OSError as error:
        if error.errno in PASSING:
            raise
        log.error("a picture cannot be kept: %s", error)
        raise PictureNotTakenError(texts.NOT_STORED) from error


async def _download(services: Services, chat_id: int, picture: Picture) -> bytes:
    try:
        return await services.downloads.fetch(chat_id, picture.file_id, picture.size)
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
