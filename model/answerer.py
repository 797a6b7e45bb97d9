"""Load a model once, answer batches: each picture is looked at once, and a failure stays with its own request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from cachetools import Cache, LRUCache

from model.backends.placement import Placement
from model.confidence.calibration import sequence_probability
from model.errors import FailureError, PictureError
from model.families.base import Family, Prompt, SeveralPictures, ShowsWhere, load_family
from model.images import open_picture
from model.loading import identity, locate, model_type
from model.profile import Profile
from model.progress import progress
from model.stages import clock
from model.types import Answer, Generation, Grid, Request, SentPicture

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from model.confidence.evidence import Evidence, Judged, PictureEvidence
    from model.confidence.spaces import Vector
    from model.families.base import Pixels

log = logging.getLogger(__name__)

MAX_BEAMS = 10
"""Widest beam search."""
USUAL_BEAMS = 3
"""Width that most questions come with."""
MAX_NEW_TOKENS = 1000
"""Longest answer in tokens; a model with fewer positions ends earlier."""
PICTURES_MEASURED = 100_000
"""Pictures of which it is kept how familiar they are: more than there is room for features of."""
DEFAULT_PLACEMENT = Placement()
EMPTY_QUESTION = "question_empty"
FAILED = "question_failed"
LOADING_SECONDS = 300.0
"""The first explanation of an answer may take so long before it counts as hanging."""
NOT_SHOWN = "where_not_shown"
NOT_SHOWN_NOW = "where_failed"

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


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
    looks: Vector | None = None
    """The look of its pixels, where the model's evidence asks for it."""
    evidence: PictureEvidence | None = None
    """How familiar it was when it was encoded, with `features`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request after the work that needs no model."""

    request: Request
    prompt: str
    pictures: tuple[PreparedPicture, ...]
    """None when the request is refused."""
    error: str | None
    """The refusal, as the text of a `FailureError`."""
    began: float
    """`time.perf_counter()` at which the request was taken."""
    refused_picture: str = ""
    """The key of the picture that `error` is about."""
    decoding_seconds: float = 0.0
    """CPU time that decoding its pictures took elsewhere."""


class Answerer:
    """Answers questions with one loaded model. `prepare` may run in any thread, everything else in one."""

    def __init__(
        self,
        family: Family,
        profile: Profile,
        model: str = "",
        feature_bytes: int = 256 * 2**20,
        evidence: Evidence | None = None,
    ) -> None:
        """Wrap a loaded model.

        Args:
            family: The model.
            profile: How it wants its questions, and its calibration.
            model: Its name, for people.
            feature_bytes: Most bytes of picture features to keep between questions.
            evidence: By which its answers are judged; None: by their probability alone.
        """
        self.family, self.profile, self.model = family, profile, model
        self.identity = model
        """What answers are signed with."""
        self.features: LRUCache[str, Tensor] = LRUCache(feature_bytes, getsizeof=lambda features: features.nbytes)
        """Picture features kept between questions, by content hash. `in` may be asked from any thread."""
        self._evidence = evidence
        self._has_explained = False
        self._familiar: LRUCache[str, PictureEvidence] = LRUCache(PICTURES_MEASURED)

    @classmethod
    def load(cls, model: str = "builtin", placement: Placement = DEFAULT_PLACEMENT) -> Answerer:
        """Load `builtin`, a folder, a ZIP or a hub id.

        Raises:
            ModelError: What is missing.
        """
        folder = locate(model)
        profile = Profile.read(folder)
        from model.confidence.evidence import Evidence  # late: the bot's host has no numpy

        family = load_family(model_type(folder), folder, profile, placement)
        answerer = cls(family, profile, model, evidence=Evidence.read(folder))
        answerer.identity = identity(model, folder)
        return answerer

    def wanted_pictures(self, request: Request) -> list[SentPicture]:
        """The pictures whose pixels `prepare` will need: what cannot be asked, or was looked at before, needs none.

        To show where an answer came from takes the pictures' sizes.
        """
        if self._refusal(request) is not None:
            return []
        explains = request.explains is not None
        return [picture for picture in request.pictures if explains or picture.key not in self.features]

    def prepare(self, request: Request, decoded: Mapping[str, Image.Image] | None = None) -> Prepared:
        """Normalise the question and bring the pictures to the model's size; never raises for bad input.

        Args:
            request: What is asked.
            decoded: Those of its pictures that were decoded elsewhere, by key. What is missing and of which no features
                are kept is decoded here.
        """
        began = time.perf_counter()
        prompt, error = self.profile.prompt(request.question), self._refusal(request)
        if error is not None:
            return Prepared(request, prompt, (), error, began)
        prepared: dict[str, PreparedPicture] = {}
        for sent in request.pictures:
            if sent.key in prepared:
                continue
            features = self._kept(sent.key)
            if features is not None and request.explains is None:
                prepared[sent.key] = PreparedPicture(sent.key, None, features, evidence=self._measured(sent.key))
                continue
            try:
                picture = (decoded or {}).get(sent.key) or open_picture(sent.data)
            except PictureError as refusal:
                return Prepared(request, prompt, (), str(refusal), began, refused_picture=sent.key)
            pixels = self.family.prepare(picture)
            look = None if self._evidence is None else self._evidence.look(pixels)
            prepared[sent.key] = PreparedPicture(sent.key, pixels, features, picture.size, look)
        return Prepared(request, prompt, tuple(prepared[sent.key] for sent in request.pictures), None, began)

    def _kept(self, key: str) -> Tensor | None:
        """A picture's features without a mark of use, which belongs to the model's thread."""
        try:
            return Cache.__getitem__(self.features, key)
        except KeyError:
            return None

    def _measured(self, key: str) -> PictureEvidence | None:
        """How familiar a picture was, without a mark of use."""
        try:
            return Cache.__getitem__(self._familiar, key)
        except KeyError:
            return None

    def _refusal(self, request: Request) -> str | None:
        if not self.profile.prompt(request.question):
            return EMPTY_QUESTION
        if request.explains is not None and not self._shows_where:
            return NOT_SHOWN
        return _bad_settings(request) or (self._too_many(len(request.pictures)) if request.others else None)

    def _too_many(self, pictures: int) -> str | None:
        """Why a question cannot be about so many pictures: what the model learnt, and what its positions hold."""
        learnt, family = self.profile.pictures, self.family
        most = min(learnt, family.most_pictures) if learnt > 1 and isinstance(family, SeveralPictures) else 1
        if pictures <= most:
            return None
        if learnt == 1:
            return str(FailureError("pictures_one_only"))
        if most == 1:
            return str(FailureError("pictures_do_not_fit"))
        return str(FailureError("pictures_too_many", most=most))

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer a batch; the answers stand in the order of the requests."""
        return self.answer_prepared([self.prepare(request) for request in requests])

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Answer a batch that `prepare` has seen; the answers stand in its order."""
        began, before = time.perf_counter(), clock.spent()
        asked = [item for item in batch if item.request.explains is None]
        generations = {id(item): one for item, one in zip(asked, self.generate(asked), strict=True)}
        spent = clock.spent(before)
        return [
            self._answer(item, generations[id(item)], len(asked), {"waiting": began - item.began, **spent})
            if item.request.explains is None
            else self._explain(item)
            for item in batch
        ]

    def generate(self, batch: Sequence[Prepared]) -> list[Generation | None]:
        """What the model says to a batch that `prepare` has seen, in its order; None where it refuses or fails."""
        prompts = self._prompts(batch)
        with clock("generation"):
            found = _halving(lambda part: self.family.generate([prompt for _, prompt in part]), prompts)
        generations = {id(item): generation for (item, _), generation in zip(prompts, found, strict=True)}
        return [generations.get(id(item)) for item in batch]

    def score(self, batch: Sequence[Prepared], texts: Sequence[Sequence[str]]) -> list[list[float] | None]:
        """The log-probability of each of a request's texts as its answer, in the batch's order; None where refused."""
        given = {id(item): own for item, own in zip(batch, texts, strict=True)}
        prompts = self._prompts(batch)
        scored = _halving(
            lambda part: self.family.score([prompt for _, prompt in part], [given[id(item)] for item, _ in part]),
            prompts,
        )
        scores = {id(item): own for (item, _), own in zip(prompts, scored, strict=True)}
        return [scores.get(id(item)) for item in batch]

    @property
    def _shows_where(self) -> bool:
        return isinstance(self.family, ShowsWhere)

    def where(self, request: Request, text: str, way: str | None = None) -> list[Grid] | None:
        """How much each part of the pictures counted for an answer, as `ShowsWhere.where` says it.

        None where the family cannot tell, or the question is refused.
        """
        return self._where(self.prepare(replace(request, explains=text)), way)

    def _where(self, item: Prepared, way: str | None = None) -> list[Grid] | None:
        prompts = self._prompts([item])
        if not prompts:
            return None
        sizes = [picture.size or (1, 1) for picture in item.pictures]
        assert isinstance(self.family, ShowsWhere)  # else the request was refused
        return self.family.where(prompts[0][1], item.request.explains or "", sizes, way)

    def _explain(self, item: Prepared) -> Answer:
        """Show where an answer came from; whatever goes wrong stays with this request."""
        progress.moved()
        try:
            # The first time a library is loaded for it, and the model as a whole.
            with nullcontext() if self._has_explained else progress.moving(LOADING_SECONDS):
                found, error = self._where(item), item.error
            self._has_explained |= found is not None
        except Exception:  # out of memory, say
            log.exception("it cannot be shown where an answer came from")
            _free_memory()
            found, error = None, NOT_SHOWN_NOW
        seconds = time.perf_counter() - item.began
        if found is None:
            return Answer(item.request.id, "", 0.0, seconds, error or NOT_SHOWN_NOW, item.refused_picture)
        said = item.request.explains or ""
        return Answer(item.request.id, said, 0.0, seconds, model=self.identity, where=tuple(found))

    def _prompts(self, batch: Sequence[Prepared]) -> list[tuple[Prepared, Prompt]]:
        """The requests that can be asked, with their pictures' features."""
        good = [item for item in batch if item.error is None]
        seen = self._encode_images(good)
        return [
            (item, Prompt(self._joined(item, seen), item.prompt, item.request.beams, item.request.max_new_tokens))
            for item in good
            if all(picture.key in seen for picture in item.pictures)
        ]

    def _joined(self, item: Prepared, seen: Mapping[str, Tensor]) -> Tensor:
        """The tokens of all pictures of a request."""
        features = [seen[picture.key] for picture in item.pictures]
        if len(features) == 1:
            return features[0]
        assert isinstance(self.family, SeveralPictures)  # else the request was refused
        return self.family.join(*features)

    def warm_up(self, batch_size: int = 1) -> float:
        """Answer an invented question, so that the first real one finds everything in place.

        Returns:
            The seconds that one question takes then.

        On a GPU that means a graph for every size of a batch: there so many are asked as one, two, four, ... of
        `batch_size` at once, with as many beams as is usual.
        """
        from PIL import Image

        pixels = self.family.prepare(Image.new("RGB", (64, 64), "white"))

        def answer(size: int) -> None:
            seen = self.family.encode_images([pixels] * size)
            self.family.generate([Prompt(features, "what is this", USUAL_BEAMS, 2) for features in seen])

        size = 1
        answer(size)
        while size < batch_size and not self.family.device.startswith("cpu"):
            size = min(2 * size, batch_size)
            answer(size)
        began = time.perf_counter()
        answer(1)
        return time.perf_counter() - began

    def _encode_images(self, batch: Sequence[Prepared]) -> dict[str, Tensor]:
        """Features of a batch's pictures by key, each picture encoded once; a picture that fails is left out."""
        seen: dict[str, Tensor] = {}
        new: dict[str, Pixels] = {}
        looked: dict[str, Vector] = {}
        for picture in (picture for item in batch for picture in item.pictures):
            key = picture.key
            if key in seen or key in new:
                continue
            kept = self.features.get(key)
            if kept is None:  # let go of since it was prepared, perhaps
                kept = picture.features
            if kept is not None:
                seen[key] = kept
            elif picture.pixels is not None:
                new[key] = picture.pixels
                if picture.looks is not None:
                    looked[key] = picture.looks
        with clock("images"):
            encoded = _halving(self.family.encode_images, list(new.values()))
        for key, features in zip(new, encoded, strict=True):
            if features is not None:
                seen[key] = features
                if self._evidence is not None:
                    token = features.float().mean(0).cpu().numpy()
                    self._familiar[key] = self._evidence.picture(looked[key], token)
                with suppress(ValueError):  # larger than the whole cache
                    self.features[key] = features
        return seen

    def _answer(
        self, item: Prepared, generation: Generation | None, batch_size: int, stages: dict[str, float]
    ) -> Answer:
        seconds = time.perf_counter() - item.began
        kept = bool(item.pictures) and all(picture.features is not None for picture in item.pictures)
        measured = (batch_size, kept, {**stages, "decoding": item.decoding_seconds})
        if item.error is not None or generation is None:
            return Answer(item.request.id, "", 0.0, seconds, item.error or FAILED, item.refused_picture, *measured)
        confidence = self.profile.calibration.apply(sequence_probability(generation.token_logprobs))
        text, knows, model = generation.text, self.profile.knows, self.identity
        shows = self._shows_where and bool(text.strip())
        said: dict[str, Any] = {"knows": knows, "model": model, "shows_where": shows}
        answer = Answer(item.request.id, text, confidence, seconds, None, "", *measured, **said)
        judged = self._judge(item, generation)
        return answer if judged is None else replace(answer, **asdict(judged))

    def _judge(self, item: Prepared, generation: Generation) -> Judged | None:
        """What is known about an answer, where the model has evidence to judge it by."""
        if self._evidence is None:
            return None
        found = [self._familiar.get(picture.key, picture.evidence) for picture in item.pictures]
        pictures = [one for one in found if one is not None]
        if len(pictures) < len(found):  # let go of, by then
            return None
        return self._evidence.judge(item.request.question, generation, pictures)


def _bad_settings(request: Request) -> str | None:
    if not 1 <= request.beams <= MAX_BEAMS:
        return str(FailureError("beams_out_of_range", most=MAX_BEAMS))
    if not 1 <= request.max_new_tokens <= MAX_NEW_TOKENS:
        return str(FailureError("length_out_of_range", most=MAX_NEW_TOKENS))
    return None


def _halving(work: Callable[[Sequence[_Item]], Sequence[_Result]], items: Sequence[_Item]) -> list[_Result | None]:
    """Run `work` on a batch; when it fails (out of memory, one bad item) on its halves, until the culprit is alone.

    Returns:
        One result an item, in order; None for each item that fails alone.
    """
    if not items:
        return []
    progress.moved()
    try:
        return list(work(items))
    except Exception:  # whatever goes wrong, the batch-mates must get their answers
        if len(items) == 1:
            log.exception("one item failed alone")
            return [None]
        log.warning("a batch of %d failed; trying its halves", len(items), exc_info=True)
    _free_memory()
    middle = len(items) // 2
    return [*_halving(work, items[:middle]), *_halving(work, items[middle:])]


def _free_memory() -> None:
    """Give cached accelerator memory back before the next try."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
