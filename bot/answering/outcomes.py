"""What a question's message shows in the end: words, or a heat map with words under it."""

from __future__ import annotations

from pathlib import Path

from bot.answering.buttons import under_outcome
from bot.answering.question_messages import Content
from bot.conversation.lines import lines_of
from bot.conversation.one_of_several import named_picture
from bot.picture_decoder import PictureDecoder
from bot.texts import heat_maps as heat_map_texts
from bot.texts import questions as texts
from model.errors import PictureError
from storage.heat_maps import is_hot
from storage.records import HeatGrid, Question
from storage.store import Store


class OutcomeRenderer:
    """Puts outcomes into words and pictures. It can be done again at any time, as after a restart."""

    def __init__(self, store: Store, decoder: PictureDecoder) -> None:
        """Take pictures from `store`, and have them drawn by `decoder`."""
        self._store, self._decoder = store, decoder

    async def of(self, question: Question) -> Content:
        """What the message of a question that has an outcome shows.

        Raises:
            OSError: A heat map cannot be drawn just now.
        """
        buttons = under_outcome(question)
        if not question.heat:
            return Content(texts.outcome(question, await self._store.outcomes.told_unlike(question)), buttons)
        if not any(map(is_hot, question.heat)):
            return Content(heat_map_texts.NOWHERE, buttons)
        photo = await self.heat_map(question)
        text = texts.PICTURE_GONE if photo is None else heat_map_texts.caption(question)
        return Content(text, buttons, photo)

    async def heat_map(self, request: Question) -> bytes | None:
        """The pictures of a request to show where its answer came from, with what was found; None when one is gone.

        Each line of an answer about several has its pictures; those of which nothing was said are left out.

        Raises:
            OSError: It cannot be drawn just now.
        """
        named = named_picture(request)
        if named is not None and len(request.heat) == 1:  # earlier releases explained all of the pictures
            places = [named.place]
        else:
            places = [place for line in lines_of(request) for place in line] or [*range(1, len(request.pictures) + 1)]
        pictures: list[tuple[int, str, Path, HeatGrid]] = []
        try:
            for place, grid in zip(places, request.heat, strict=True):
                if grid is not None:
                    sha256 = request.pictures[place - 1].sha256
                    path = await self._store.photos.find(request.chat_id, sha256)
                    pictures.append((place, sha256, path, grid))
            return await self._decoder.heat_map(pictures, chat_id=request.chat_id)
        except (FileNotFoundError, PictureError):
            return None
