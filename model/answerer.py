"""Load a model once, answer batches: each picture is encoded once, and a failure stays with its own request."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cachetools import Cache, LRUCache

from model.backends.placement import Placement
from model.batches import bisect_on_failure
from model.confidence.answer_kind import fits
from model.confidence.calibration import sequence_probability
from model.confidence.choices import may_be_chosen
from model.confidence.pair_questions import is_learnt
from model.confidence.taught_kinds import taught_kind
from model.errors import PictureError
from model.explaining import Explainer
from model.families.base import Family, Prompt, SeveralPictures, ShowsWhere, load_family
from model.images import open_picture
from model.loading import identity, locate, model_type
from model.prepared import FAILED, Prepared, PreparedPicture, refusal
from model.profile import BUILTIN_PROFILE, Profile
from model.stages import clock
from model.types import Answer, Generation, Grid, Request, SentPicture

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from model.confidence.confidence_model import Assessment, ConfidenceModel, PictureFamiliarity
    from model.confidence.spaces import Vector
    from model.families.base import Pixels

USUAL_BEAMS = 3
"""Width that most questions come with."""
PICTURES_MEASURED = 100_000
"""Pictures of which it is kept how familiar they are: more than there is room for features of."""
DEFAULT_PLACEMENT = Placement()


class Answerer:
    """Answers questions with one loaded model. `prepare` may run in any thread, everything else in one."""

    def __init__(
        self,
        family: Family,
        profile: Profile,
        model: str = "",
        feature_bytes: int = 256 * 2**20,
        confidence_model: ConfidenceModel | None = None,
    ) -> None:
        """Wrap a loaded model.

        Args:
            family: The model.
            profile: How it wants its questions, and its calibration.
            model: Its name, for people.
            feature_bytes: Most bytes of picture features to keep between questions.
            confidence_model: Says how sure its answers are; None: their probability alone does.
        """
        self.family, self.profile, self.model = family, profile, model
        self.identity = model
        """What answers are signed with."""
        self.features: LRUCache[str, Tensor] = LRUCache(feature_bytes, getsizeof=lambda features: features.nbytes)
        """Picture features kept between questions, by content hash. `in` may be asked from any thread."""
        self._confidence_model = confidence_model
        self._explainer = Explainer(family)
        self._familiar: LRUCache[str, PictureFamiliarity] = LRUCache(PICTURES_MEASURED)

    @classmethod
    def load(cls, model: str = "builtin", placement: Placement = DEFAULT_PLACEMENT) -> Answerer:
        """Load `builtin`, a folder, a ZIP or a hub id.

        Raises:
            ModelError: What is missing.
        """
        folder = locate(model)
        profile = Profile.read(folder)
        from model.confidence.confidence_model import ConfidenceModel  # late: the bot's host has no numpy

        family = load_family(model_type(folder), folder, profile, placement)
        answerer = cls(family, profile, model, confidence_model=ConfidenceModel.read(folder))
        answerer.identity = identity(model, folder)
        return answerer

    def wanted_pictures(self, request: Request) -> list[SentPicture]:
        """The pictures whose pixels `prepare` will need: what cannot be asked, or was encoded before, needs none.

        To show where an answer came from takes the pictures' sizes.
        """
        if refusal(request, self.profile.prompt(request.question), self.family, self.profile) is not None:
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
        prompt = self.profile.prompt(request.question)
        error = refusal(request, prompt, self.family, self.profile)
        if error is not None:
            return Prepared(request, prompt, (), error, began)
        prepared: dict[str, PreparedPicture] = {}
        for sent in request.pictures:
            if sent.key in prepared:
                continue
            features = self._kept(sent.key)
            if features is not None and request.explains is None:
                prepared[sent.key] = PreparedPicture(sent.key, None, features, familiarity=self._measured(sent.key))
                continue
            try:
                picture = (decoded or {}).get(sent.key) or open_picture(sent.data)
            except PictureError as unreadable:
                return Prepared(request, prompt, (), str(unreadable), began, refused_picture=sent.key)
            pixels = self.family.prepare(picture)
            statistics = None if self._confidence_model is None else self._confidence_model.statistics_of(pixels)
            prepared[sent.key] = PreparedPicture(sent.key, pixels, features, picture.size, statistics)
        return Prepared(request, prompt, tuple(prepared[sent.key] for sent in request.pictures), None, began)

    def _kept(self, key: str) -> Tensor | None:
        """A picture's features without a mark of use, which belongs to the model's thread."""
        try:
            return Cache.__getitem__(self.features, key)
        except KeyError:
            return None

    def _measured(self, key: str) -> PictureFamiliarity | None:
        """How familiar a picture was, without a mark of use."""
        try:
            return Cache.__getitem__(self._familiar, key)
        except KeyError:
            return None

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer a batch; the answers stand in the order of the requests."""
        return self.answer_prepared([self.prepare(request) for request in requests])

    def answer_prepared(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Answer a batch that `prepare` has seen; the answers stand in its order."""
        began, before = time.perf_counter(), clock.spent()
        asked = [item for item in batch if item.request.explains is None and self._untaught(item) is None]
        generations = {id(item): one for item, one in zip(asked, self.generate(asked), strict=True)}
        spent = clock.spent(before)
        return [
            self._answer(item, generations.get(id(item)), len(asked), {"waiting": began - item.began, **spent})
            if item.request.explains is None
            else self._explainer.explain(item, partial(self._prompt, item), self.identity)
            for item in batch
        ]

    def generate(self, batch: Sequence[Prepared]) -> list[Generation | None]:
        """What the model says to a batch that `prepare` has seen, in its order; None where it refuses or fails."""
        prompts = self._prompts(batch)
        with clock("generation"):
            found = bisect_on_failure(lambda part: self.family.generate([prompt for _, prompt in part]), prompts)
        generations = {id(item): generation for (item, _), generation in zip(prompts, found, strict=True)}
        return [generations.get(id(item)) for item in batch]

    def score(self, batch: Sequence[Prepared], texts: Sequence[Sequence[str]]) -> list[list[float] | None]:
        """The log-probability of each of a request's texts as its answer, in the batch's order; None where refused."""
        given = {id(item): own for item, own in zip(batch, texts, strict=True)}
        prompts = self._prompts(batch)
        scored = bisect_on_failure(
            lambda part: self.family.score([prompt for _, prompt in part], [given[id(item)] for item, _ in part]),
            prompts,
        )
        scores = {id(item): own for (item, _), own in zip(prompts, scored, strict=True)}
        return [scores.get(id(item)) for item in batch]

    def where(self, request: Request, text: str, way: str | None = None) -> list[Grid] | None:
        """How much each part of the pictures counted for an answer, as `ShowsWhere.where` says it.

        None where the family cannot tell, or the question is refused.
        """
        item = self.prepare(replace(request, explains=text))
        return self._explainer.where(item, self._prompt(item), way)

    def _prompt(self, item: Prepared) -> Prompt | None:
        return next((prompt for _, prompt in self._prompts([item])), None)

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
        new_statistics: dict[str, Vector] = {}
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
                if picture.statistics is not None:
                    new_statistics[key] = picture.statistics
        with clock("images"):
            encoded = bisect_on_failure(self.family.encode_images, list(new.values()))
        for key, features in zip(new, encoded, strict=True):
            if features is not None:
                seen[key] = features
                if self._confidence_model is not None:
                    token = features.float().mean(0).cpu().numpy()
                    self._familiar[key] = self._confidence_model.picture(new_statistics[key], token)
                with suppress(ValueError):  # larger than the whole cache
                    self.features[key] = features
        return seen

    def _answer(
        self, item: Prepared, generation: Generation | None, batch_size: int, stages: dict[str, float]
    ) -> Answer:
        seconds = time.perf_counter() - item.began
        kept = bool(item.pictures) and all(picture.features is not None for picture in item.pictures)
        measured = (batch_size, kept, {**stages, "decoding": item.decoding_seconds})
        error = item.error or self._untaught(item)
        if error is not None or generation is None:
            return Answer(item.request.id, "", 0.0, seconds, error or FAILED, item.refused_picture, *measured)
        confidence = self.profile.calibration.apply(sequence_probability(generation.token_logprobs))
        asked, text, knows, model = item.request.question, generation.text, self.profile.knows, self.identity
        shows = isinstance(self.family, ShowsWhere) and bool(text.strip())
        said: dict[str, Any] = {"knows": knows, "model": model, "shows_where": shows, "truncated": generation.truncated}
        answer = Answer(item.request.id, text, confidence, seconds, None, "", *measured, **said)
        if (assessment := self._assess(item, generation)) is not None:
            answer = replace(answer, **asdict(assessment))
        # Also where nothing is stored to measure by: this takes the question and the answer alone.
        learnt = len(item.pictures) < 2 or knows != BUILTIN_PROFILE.knows or is_learnt(asked)
        known = fits(asked, text) and may_be_chosen(asked, text) and learnt
        return answer if known else replace(answer, known_words=False)

    def _untaught(self, item: Prepared) -> str | None:
        """Why a question is not put to the model, where its training asked none of that kind."""
        kind = taught_kind(item.request.question)
        return f"untaught_{kind}" if kind in self.profile.untaught else None

    def _assess(self, item: Prepared, generation: Generation) -> Assessment | None:
        """What is known about an answer, where there is a confidence model to say it."""
        if self._confidence_model is None:
            return None
        found = [self._familiar.get(picture.key, picture.familiarity) for picture in item.pictures]
        pictures = [one for one in found if one is not None]
        if len(pictures) < len(found):  # let go of, by then
            return None
        return self._confidence_model.assess(item.request.question, generation, pictures)
