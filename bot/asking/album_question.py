"""What an album asks, as far as it has come: its captions put together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation.comparison import asked_together, compared_in_steps, needs_two
from bot.conversation.follow_ups import Before
from bot.conversation.one_of_several import one_of_several
from bot.conversation.several_named import has_name, names_one_beyond, several_named, several_of_one, with_name
from bot.conversation.several_questions import as_sentence, in_full, questions_of_each
from bot.conversation.slips import without_slips
from bot.texts import questions as texts
from storage.records import AskedPicture, Photo, Question

_LABEL = re.compile(r"(?:before|after|then|now|old|new|earlier|later|today|yesterday)[\s.:!]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AlbumQuestion:
    """What an album asks, as far as it has come."""

    text: str
    pictures: tuple[AskedPicture, ...]
    each_picture: bool
    names_one: bool = False
    """As of a question in the ledger."""
    before: Before | None = None
    """What it may lean on."""
    repeated: bool = False
    """Whether it is that once more, in words that were not typed here."""

    @classmethod
    def of(
        cls,
        asking: str,
        photos: Sequence[Photo],
        captions: Mapping[int, str],
        before: Before | None = None,
        *,
        repeated: bool = False,
    ) -> AlbumQuestion:
        """Put together what an album's captions ask.

        Args:
            asking: The caption that asks; one that compares pictures goes before it.
            photos: The pictures that have come.
            captions: By the numbers of their messages; a picture without one is asked about in the words of `asking`.
            before: The question before the album.
            repeated: Whether `asking` is that once more.
        """
        number, said = len(photos), (asking, *captions.values())
        comparing = [one for one in said if _compares(without_slips(one), number)]
        text = comparing[0] if number > 1 and comparing else asking
        if number > 1 and all(_LABEL.fullmatch(one) for one in said):  # what each shows, and no question
            text = texts.COMPARE_QUESTION
        right = without_slips(text)
        if lines := each_named(right, photos, before):
            return cls(text, lines, each_picture=True)
        named = _names_one(right, number)
        whole = number > 1 and (named or _compares(right, number))
        each = [text] if whole else questions_of_each(text, number, before)
        several: Sequence[str | None] = each if len(each) > 1 else ()
        own = {at: one if one == text else in_full(one, before) or one for at, one in captions.items()}
        pictures = tuple(
            AskedPicture(sha256=photo.sha256, message_id=photo.message_id, caption=caption)
            for photo in photos
            for caption in (own.get(photo.message_id, text) == text and several) or (own.get(photo.message_id),)
        )
        each_picture = len(pictures) > 1 and not (named or asked_together(right, number))
        return cls(text, pictures, each_picture, named, before, repeated)

    @property
    def asked_as(self) -> str | None:
        """In full, where that is not what was typed; "they" are the pictures where it is about several."""
        right, messages = without_slips(self.text), {one.message_id for one in self.pictures}
        if len(messages) < len(self.pictures) or any(has_name(one.caption or "") for one in self.pictures):
            # Several questions, each in full.
            return None
        if self.repeated or needs_two(right) or self.names_one:
            shown = self.repeated or right != self.text
            return as_sentence(right) if shown else None
        return in_full(self.text, self.before)

    def same_as(self, question: Question) -> bool:
        """Whether a question asks just this already."""
        mine, theirs = ([(p.sha256, p.message_id) for p in one.pictures] for one in (self, question))
        captions = [p.caption for p in self.pictures] == [p.caption for p in question.pictures]
        return mine == theirs and self.text == question.text and (captions or len(mine) == 1)


def each_named(text: str, photos: Sequence[Photo], before: Before | None = None) -> tuple[AskedPicture, ...]:
    """What several questions ask of the pictures that they name, in their order; nothing where one names none."""
    return tuple(
        AskedPicture(sha256=photo.sha256, message_id=photo.message_id, caption=with_name(one))
        for one in several_named(text, len(photos), before) or several_of_one(text, len(photos), before)
        for photo in (photos[one.place - 1],)
    )


def _names_one(text: str, pictures: int) -> bool:
    """Whether a text names one of so many pictures, or one that is not among them."""
    return one_of_several(text, pictures) is not None or names_one_beyond(text, pictures)


def _compares(text: str, pictures: int) -> bool:
    return asked_together(text, pictures) or compared_in_steps(text, pictures)
