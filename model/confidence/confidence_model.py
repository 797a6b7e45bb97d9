"""The confidence in an answer: from its probability and from how familiar the picture and the words are.

`vqabot calibrate` learns from a model's own pictures and questions what they look like, and from these and others how
often the model is right; all of it stands in one file beside the weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.atomic import write_text
from model.confidence.calibration import log_odds_parts, sequence_probability
from model.confidence.pixel_statistics import pixel_statistics
from model.confidence.spaces import Measure, Space, Vector
from model.errors import ModelError
from model.text import typed_words
from model.types import Generation
from model.word_forms import other_forms

FILE_NAME = "evidence.json"
VERSION = 1
ALONG = 16
"""Coordinates of each space that the confidence looks at."""
PLAIN = 16
"""Features beside them."""
FEWEST_SHOWN = 0.05
"""An answer less likely than this is no alternative, whatever the coverage."""
EXTRAPOLATED_FROM = 1.25
"""Distance from which nothing was learnt, as a multiple of the limit: drawings by other code end at 1.2, photos begin
at 1.3. There log-odds above zero shrink with its square, so that no answer about noise is sure; an unlikely answer
does not become likelier."""
MOST_ALTERNATIVES = 3
_PIXELS = "looks"
"""What the file calls the space of the pixels' statistics."""
_FAR = 5.0  # natural logarithm of the largest distance that counts


def root_mean_square(parts: Sequence[float]) -> float:
    """Several distances as one: their root mean square, which told photos from scenes better than the largest did."""
    return math.sqrt(math.fsum(part * part for part in parts) / len(parts))


def words_of(question: str) -> tuple[str, ...]:
    """The words of a question, each once, lower case, without marks."""
    return tuple(typed_words(question))


@dataclass(frozen=True, slots=True)
class DistanceLimits:
    """What 99 % of the model's own held-out pictures and questions keep within; pictures may lie as far as most others'
    that are answered rightly."""

    pixels: tuple[float, float]
    """By Mahalanobis and by the nearest, of the pixels' statistics."""
    tokens: tuple[float, float]
    """The same of the mean picture token."""
    picture: float
    """Of these four together, each over its limit."""
    question: tuple[float, float]
    """The same of the question's state."""
    asked: float
    """Of the larger of the two, each over its limit."""


@dataclass(frozen=True, slots=True)
class PictureFamiliarity:
    """How familiar a picture is."""

    distance: float
    """1 is the limit of what is known; above, it is unlike."""
    parts: tuple[float, ...]
    """The distances over their limits."""
    along: Vector
    """Coordinates among the known pictures."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known about an answer."""

    confidence: float
    """Calibrated probability (0 to 1) that it is right."""
    known_picture: bool
    known_words: bool
    unknown_words: tuple[str, ...]
    alternatives: tuple[tuple[str, float], ...]
    picture_distance: float
    question_distance: float | None
    """None where the family tells no question's state."""


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """All that `calibrate` learnt about a model."""

    pixels: Space
    """Of the statistics of pictures' pixels."""
    tokens: Space
    """Of pictures' mean tokens."""
    questions: Space | None
    """Of questions' states; None where the family tells none."""
    limits: DistanceLimits
    words: frozenset[str]
    """Of the questions that the model knows; empty where they are no closed list: any word may come."""
    answers: frozenset[str]
    """The closed list: answers that were seen in training or calibration."""
    centre: Vector
    """Of the features, [F]: what the weights were fitted to is (feature - centre) / spread."""
    spread: Vector
    weights: Vector
    offset: float
    least: float
    """An answer at least so probable belongs to the conformal set."""
    coverage: float
    """How often the set holds the right answer, 0 to 1, as it was asked for."""

    @staticmethod
    def statistics_of(pixels: NDArray[np.uint8]) -> Vector:
        """What `picture` takes of a picture at the model's input size, [H, W, 3]; safe in any thread."""
        return pixel_statistics(pixels)

    def picture(self, statistics: Vector, token: Vector) -> PictureFamiliarity:
        """Measure a picture by the statistics of its pixels [P] and its mean token [D]."""
        found = self.pixels.measure(statistics), self.tokens.measure(token)
        parts = (*found[0].over(self.limits.pixels), *found[1].over(self.limits.tokens))
        along = np.concatenate([_along(one) for one in found])
        return PictureFamiliarity(root_mean_square(parts) / self.limits.picture, parts, along)

    def assess(self, question: str, generation: Generation, pictures: Sequence[PictureFamiliarity]) -> Assessment:
        """What is known about an answer to a question about pictures, at least one: the strangest counts."""
        picture = max(pictures, key=lambda one: one.distance)
        features, asked, new = self.features(question, generation, picture, alone=len(pictures) == 1)
        odds = float((features - self.centre) / self.spread @ self.weights) + self.offset
        if odds > 0:
            odds /= max(1.0, picture.distance / EXTRAPOLATED_FROM) ** 2
        confidence = 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))
        known_picture = picture.distance <= 1
        unknown = self._unknown(question, new) if new else ()
        # A strange picture makes the state of every question strange: it says nothing about the words then.
        known_words = not unknown and (asked is None or asked <= 1 or not known_picture)
        others = self.alternatives(generation, confidence)
        return Assessment(confidence, known_picture, known_words, unknown, others, picture.distance, asked)

    def _unknown(self, question: str, new: Sequence[str]) -> tuple[str, ...]:
        """Of words that no question had those that can be named: no form of them was met, in answers neither.

        The confidence rests on all of them, as its weights were fitted.
        """
        known, as_typed = self.words.union(*map(str.split, self.answers)), typed_words(question)
        return tuple(as_typed[word] for word in new if known.isdisjoint(other_forms(word)))

    def features(
        self, question: str, generation: Generation, picture: PictureFamiliarity, *, alone: bool = True
    ) -> tuple[Vector, float | None, tuple[str, ...]]:
        """What the confidence rests on, [F], the question's distance, and its unknown words.

        All that was learnt of questions is about those about one picture. Where it is not `alone`, the question counts
        as the usual one, and neither its distance nor its words say anything.
        """
        probability = sequence_probability(generation.token_logprobs)
        right, wrong = log_odds_parts(probability)
        # Greedy search knows no second answer: then all that is not the first one stands for it.
        second = generation.others[0][1] if generation.others else -wrong
        margin = min(right - max(second, -14.0), 14.0)
        words = words_of(question)
        unknown = tuple(word for word in words if word not in self.words) if self.words and alone else ()
        of_picture = [_log(part) for part in picture.parts]
        asked, of_question, strangeness, along = None, [0.0, 0.0], 0.0, np.zeros(ALONG, np.float32)
        if self.questions is not None and alone:
            found = self.questions.measure(np.asarray(generation.prompt_state, np.float32))
            parts, along = found.over(self.limits.question), _along(found)
            asked = max(parts) / self.limits.asked
            of_question, strangeness = [_log(part) for part in parts], _log(asked)
        elif self.questions is not None:  # the middle of what the weights were fitted to
            first = 3 + len(of_picture)
            *of_question, _, strangeness = self.centre[first : first + 4].tolist()
            along = self.centre[-ALONG:]
        distances = [*of_picture, *of_question]
        strange = [_log(picture.distance), strangeness, float(bool(unknown))]
        crossed = [(right + wrong) * each for each in strange]
        lost = len(unknown) / max(1, len(words))
        plain = [right, wrong, margin, *distances, *strange, lost, *crossed]
        return np.concatenate([plain, picture.along, along]).astype(np.float32), asked, unknown

    def alternatives(self, generation: Generation, confidence: float) -> tuple[tuple[str, float], ...]:
        """The rest of the conformal set: what is left of the confidence, divided as the model divides it.

        None is likelier than the answer itself: little confidence because picture or words are strange says nothing
        for another answer.
        """
        shares = others_share(generation, confidence)
        enough = max(self.least, FEWEST_SHOWN)
        found = [(text, min(share, confidence)) for text, share in shares if share >= enough and text in self.answers]
        return tuple(found[:MOST_ALTERNATIVES])

    def write(self, folder: Path) -> None:
        """Write it into a model's folder, whole or not at all."""
        content = {
            "version": VERSION,
            "limits": {_PIXELS if name == "pixels" else name: limit for name, limit in asdict(self.limits).items()},
            "coverage": self.coverage,
            "least": self.least,
            "offset": self.offset,
            **{name: getattr(self, name).round(6).tolist() for name in ("centre", "spread", "weights")},
            "words": sorted(self.words),
            "answers": sorted(self.answers),
            _PIXELS: self.pixels.as_json(),
            "tokens": self.tokens.as_json(),
            "questions": None if self.questions is None else self.questions.as_json(),
        }
        write_text(folder / FILE_NAME, json.dumps(content, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, folder: Path) -> ConfidenceModel | None:
        """What stands in a model's folder; None where nothing does.

        Raises:
            ModelError: It is there but cannot be understood.
        """
        file = folder / FILE_NAME
        if not file.is_file():
            return None
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            if values["version"] != VERSION:
                raise ValueError("of another version")
            return _confidence_model(values)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError("evidence_unreadable", file=file) from error


def others_share(generation: Generation, confidence: float) -> list[tuple[str, float]]:
    """Probabilities of the other answers that the search came to, likeliest first.

    What the confidence leaves is divided among them as the model divides what it leaves.
    """
    left = max(1 - sequence_probability(generation.token_logprobs), 1e-6)
    return [(text, (1 - confidence) * min(1.0, math.exp(logprob) / left)) for text, logprob in generation.others]


def _confidence_model(values: Mapping[str, Any]) -> ConfidenceModel:
    limits: dict[str, Any] = {
        "pixels" if name == _PIXELS else name: tuple(one) if isinstance(one, list) else float(one)
        for name, one in values["limits"].items()
    }
    vectors = {name: np.array(values[name], np.float32) for name in ("centre", "spread", "weights")}
    shapes = {vector.shape for vector in vectors.values()}
    if shapes != {(PLAIN + 3 * ALONG,)} or not all(vectors["spread"] > 0):
        raise ValueError("the weights do not fit the features")
    return ConfidenceModel(
        pixels=Space.from_json(values[_PIXELS]),
        tokens=Space.from_json(values["tokens"]),
        questions=None if values["questions"] is None else Space.from_json(values["questions"]),
        limits=DistanceLimits(**limits),
        words=frozenset(values["words"]),
        answers=frozenset(values["answers"]),
        offset=float(values["offset"]),
        least=float(values["least"]),
        coverage=float(values["coverage"]),
        **vectors,
    )


def _along(found: Measure) -> Vector:
    """The first coordinates, as many for every space."""
    first = np.clip(found.coordinates[:ALONG], -4, 4)
    return np.pad(first, (0, ALONG - len(first)))


def _log(distance: float) -> float:
    return min(max(math.log(max(distance, 1e-3)), -_FAR), _FAR)
