"""A request before the model sees it: its pictures at the model's size, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.errors import FailureError
from model.families.base import Family, SeveralPictures, ShowsWhere
from model.profile import Profile
from model.types import Request

if TYPE_CHECKING:
    from torch import Tensor

    from model.confidence.confidence_model import PictureFamiliarity
    from model.confidence.spaces import Vector
    from model.families.base import Pixels

MAX_BEAMS = 10
"""Widest beam search."""
MAX_NEW_TOKENS = 1000
"""Longest answer in tokens; a model with fewer positions ends earlier."""
EMPTY_QUESTION = "question_empty"
FAILED = "question_failed"
NOT_SHOWN = "where_not_shown"


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A picture after the work that needs no model."""

    key: str
    pixels: Pixels | None
    """At the model's size; None when its features are kept."""
    features: Tensor | None = None
    """What is kept of it: it may be let go of until the batch begins."""
    size: tuple[int, int] | None = None
    """Width and height of the picture itself; None where it was not decoded."""
    statistics: Vector | None = None
    """Of its pixels, where the model's confidence rests on it."""
    familiarity: PictureFamiliarity | None = None
    """How familiar it was when it was encoded, with `features`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request after the work that needs no model."""

    request: Request
    prompt: str
    pictures: tuple[PreparedPicture, ...]
    """Each once; none when the request is refused."""
    error: str | None
    """The refusal, as the text of a `FailureError`."""
    began: float
    """`time.perf_counter()` at which the request was taken."""
    refused_picture: str = ""
    """The key of the picture that `error` is about."""
    decoding_seconds: float = 0.0
    """CPU time that decoding its pictures took elsewhere."""


def refusal(request: Request, prompt: str, family: Family, profile: Profile) -> str | None:
    """Why a request cannot be asked, as the text of a `FailureError`; None when it can.

    Args:
        request: What is asked.
        prompt: Its question as the model gets it.
        family: The model.
        profile: What it learnt.
    """
    if not prompt:
        return EMPTY_QUESTION
    if request.explains is not None and not isinstance(family, ShowsWhere):
        return NOT_SHOWN
    if not 1 <= request.beams <= MAX_BEAMS:
        return str(FailureError("beams_out_of_range", most=MAX_BEAMS))
    if not 1 <= request.max_new_tokens <= MAX_NEW_TOKENS:
        return str(FailureError("length_out_of_range", most=MAX_NEW_TOKENS))
    return _too_many(len(request.pictures), family, profile.pictures) if request.others else None


def _too_many(pictures: int, family: Family, learnt: int) -> str | None:
    """Why a question cannot be about so many pictures: what the model learnt, and what its positions hold."""
    most = min(learnt, family.most_pictures) if learnt > 1 and isinstance(family, SeveralPictures) else 1
    if pictures <= most:
        return None
    if learnt == 1:
        return str(FailureError("pictures_one_only"))
    if most == 1:
        return str(FailureError("pictures_do_not_fit"))
    return str(FailureError("pictures_too_many", most=most))
