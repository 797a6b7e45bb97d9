"""What speaks for an answer beside its probability: measured, kept in a file, and carried by every answer."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tiny import Picture

from model.answerer import Answerer
from model.confidence.confidence_model import ALONG, FILE_NAME, PLAIN, ConfidenceModel, DistanceLimits, words_of
from model.confidence.pixel_statistics import pixel_statistics
from model.confidence.spaces import Space
from model.errors import ModelError
from model.types import Generation, Request


def space(width: int, axes: int = 4, seed: int = 0) -> Space:
    """Known vectors around 1 with deviations of 2 along some axes, and of 0.5 elsewhere."""
    draw = np.random.default_rng(seed)
    examples = draw.normal(size=(200, axes)).astype(np.float32)
    return Space(
        np.ones(width, np.float32), np.eye(width, axes, dtype=np.float32), np.full(axes, 2, np.float32), 0.5, examples
    )


def confidence_model(answerer: Answerer, pixels_width: int, **changes: object) -> ConfidenceModel:
    """Evidence of the shape that a model needs; all weight is on the raw log odds."""
    pixels = answerer.family.prepare(Image.new("RGB", (64, 48), "white"))
    token = answerer.family.encode_images([pixels])[0].shape[1]
    count = PLAIN + 3 * ALONG
    weights = np.zeros(count, np.float32)
    weights[:2] = 1
    made = ConfidenceModel(
        pixels=space(pixels_width),
        tokens=space(token),
        questions=space(token),
        limits=DistanceLimits((1e6, 1e6), (1e6, 1e6), 1.0, (1e6, 1e6), 1.0),
        words=frozenset({"what", "is", "this"}),
        answers=frozenset({"red", "orange", "blue"}),
        centre=np.zeros(count, np.float32),
        spread=np.ones(count, np.float32),
        weights=weights,
        offset=0.0,
        least=0.1,
        coverage=0.9,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def answerer(tiny_folder: Path) -> Answerer:
    return Answerer.load(str(tiny_folder))


@pytest.fixture(scope="module")
def picture_width(answerer: Answerer) -> int:
    return len(pixel_statistics(answerer.family.prepare(Image.new("RGB", (64, 48)))))


def test_distances_are_in_standard_deviations() -> None:
    known = space(8)
    at = known.measure(np.ones(8, np.float32))
    assert at.mahalanobis == 0
    assert known.measure(np.ones(8, np.float32) + np.eye(8, dtype=np.float32)[0] * 4).mahalanobis == pytest.approx(2)
    away = known.measure(np.ones(8, np.float32) + np.eye(8, dtype=np.float32)[7] * 4)
    assert away.mahalanobis == pytest.approx(8), "what lies in no main axis counts by what is left there"
    assert away.nearest > 8 > at.nearest
    for odd in (np.full(8, np.nan, np.float32), np.ones(7, np.float32)):
        assert known.measure(odd).mahalanobis == math.inf


def test_a_drawing_and_a_photo_look_different_whatever_their_size() -> None:
    draw = np.random.default_rng(3)

    def drawing(width: int, height: int) -> np.ndarray:
        sheet = Image.new("RGB", (width, height), "skyblue")
        ImageDraw.Draw(sheet).ellipse((width * 0.2, height * 0.2, width * 0.6, height * 0.7), fill="red")
        return np.asarray(sheet)

    grain = draw.integers(0, 256, (200, 300, 3), np.uint8)
    small, large = pixel_statistics(drawing(300, 200)), pixel_statistics(drawing(1800, 1200))
    assert small.shape == large.shape == pixel_statistics(grain).shape
    assert np.linalg.norm(small - large) * 4 < np.linalg.norm(small - pixel_statistics(grain))
    assert np.isfinite(pixel_statistics(np.zeros((1, 1, 3), np.uint8))).all()


def test_an_answer_carries_what_was_measured(answerer: Answerer, picture_width: int, picture: Picture) -> None:
    request = Request("1", picture(1), "what is this PLINTH?", 3, 5)
    bare = answerer.answer([request])[0]
    assert (bare.known_picture, bare.picture_distance, bare.unknown_words) == (None, None, ())
    judging = Answerer(answerer.family, answerer.profile, confidence_model=confidence_model(answerer, picture_width))
    first, again = judging.answer([request])[0], judging.answer([request])[0]
    assert again.picture_kept and not first.picture_kept
    assert (first.known_picture, first.known_words, first.unknown_words) == (True, False, ("PLINTH",))
    assert first.confidence == pytest.approx(bare.confidence, abs=1e-3), "all weight is on the raw probability"
    for name in ("confidence", "picture_distance", "question_distance", "alternatives"):
        assert getattr(again, name) == getattr(first, name), "a kept picture is as familiar as it was"
    near = confidence_model(
        answerer, picture_width, limits=DistanceLimits((1e-6, 1e-6), (1e6, 1e6), 1.0, (1e6, 1e6), 1.0)
    )
    far = Answerer(answerer.family, answerer.profile, confidence_model=near).answer([request])[0]
    assert far.known_picture is False and far.picture_distance > 1


def test_the_alternatives_are_a_conformal_set_over_known_answers(answerer: Answerer, picture_width: int) -> None:
    known = confidence_model(answerer, picture_width)
    said = Generation("red", (math.log(0.6),), (), (("orange", math.log(0.3)), ("zzz", math.log(0.05))))
    assert known.alternatives(said, 0.6) == (("orange", pytest.approx(0.3)),), "zzz is no answer that it knows"
    assert known.alternatives(said, 0.2) == (("orange", pytest.approx(0.2)),), "never likelier than the answer"
    assert known.alternatives(said, 0.95) == (), "less than what belongs to the set"


def test_nothing_learnt_of_questions_speaks_about_one_on_two_pictures(answerer: Answerer, picture_width: int) -> None:
    rng, count = np.random.default_rng(1), PLAIN + 3 * ALONG
    known = confidence_model(
        answerer,
        picture_width,
        weights=rng.normal(size=count).astype(np.float32),
        centre=rng.normal(size=count).astype(np.float32),
    )
    width = known.tokens.mean.shape[0]
    picture = known.picture(np.ones(picture_width, np.float32), np.ones(width, np.float32))

    def judged(state: float, words: str, pictures: int) -> float:
        said = Generation("red", (-0.3,), (), (("blue", -1.5),), prompt_state=np.full(width, state, np.float32))
        return known.assess(words, said, [picture] * pictures).confidence

    assert judged(1, "what is this", 2) == judged(50, "zyzzyva", 2)
    assert judged(1, "what is this", 1) != judged(50, "zyzzyva", 1)


def test_no_answer_about_a_picture_far_from_all_that_was_learnt_is_sure(answerer: Answerer, picture_width: int) -> None:
    known = confidence_model(
        answerer, picture_width, limits=DistanceLimits((1.0, 1.0), (1.0, 1.0), 1.0, (1e6, 1e6), 1.0)
    )
    width = known.tokens.mean.shape[0]
    said = Generation("red", (-0.05,), prompt_state=np.ones(width, np.float32))
    away = [
        known.picture(np.full(picture_width, far, np.float32), np.ones(width, np.float32)) for far in (1.0, 4.0, 40.0)
    ]
    near, far, farther = (known.assess("what is this", said, [picture]).confidence for picture in away)
    assert near > 0.9 and near > far > farther > 0.5
    unlikely = dataclasses.replace(said, token_logprobs=(-3.0,))
    assert known.assess("what is this", unlikely, away[2:]).confidence < 0.1, "distance makes nothing likelier"


def test_a_word_that_is_known_in_another_form_is_not_named(answerer: Answerer, picture_width: int) -> None:
    words = frozenset({"what", "is", "the", "color", "hat", "kites", "carry", "berry", "box", "waving", "sit", "of"})
    known = confidence_model(answerer, picture_width, words=words, answers=frozenset({"on grass", "2"}))
    width = known.tokens.mean.shape[0]
    picture = known.picture(np.ones(picture_width, np.float32), np.ones(width, np.float32))
    said = Generation("red", (-0.3,), (), (), prompt_state=np.ones(width, np.float32))

    def unknown(question: str) -> tuple[str, ...]:
        found = known.assess(question, said, [picture])
        assert found.known_words is not bool(found.unknown_words)
        return found.unknown_words

    for form in ("Hats", "hat's", "kite", "carried", "carrying", "berries", "boxes", "wave", "waves", "sitting", "2"):
        assert unknown(f"What is the {form}?") == (), form
    assert unknown("the colours of the COLOUR, the grass’s color") == ()
    assert unknown("Who painted THE Zebra’s huts, zebra’s?") == ("Who", "painted", "Zebra’s", "huts")
    bare, strange = ("what is the hat", "what is the hats")
    lost = [known.features(one, said, picture)[0] for one in (bare, strange)]
    assert not np.array_equal(*lost), "the confidence rests on the words as they are"


def test_words_are_compared_without_case_and_marks() -> None:
    assert words_of("What's this, THIS “Ball”?") == ("what's", "this", "ball")


def test_it_comes_back_from_its_file(answerer: Answerer, picture_width: int, tmp_path: Path) -> None:
    made = confidence_model(answerer, picture_width)
    assert ConfidenceModel.read(tmp_path) is None
    made.write(tmp_path)
    read = ConfidenceModel.read(tmp_path)
    assert read is not None
    assert (read.limits, read.words, read.answers, read.least) == (made.limits, made.words, made.answers, made.least)
    vector = np.linspace(0, 3, picture_width).astype(np.float32)
    assert read.pixels.measure(vector).mahalanobis == pytest.approx(made.pixels.measure(vector).mahalanobis, rel=1e-2)


@pytest.mark.parametrize("change", [{"version": 9}, {"looks": {}}, {"weights": [1.0]}, {"limits": {}}, {"words": 3}])
def test_a_damaged_file_gets_a_sentence(
    answerer: Answerer, picture_width: int, tmp_path: Path, change: dict[str, object]
) -> None:
    confidence_model(answerer, picture_width).write(tmp_path)
    content = json.loads((tmp_path / FILE_NAME).read_text())
    (tmp_path / FILE_NAME).write_text(json.dumps(content | change))
    with pytest.raises(ModelError, match="evidence_unreadable"):
        ConfidenceModel.read(tmp_path)
    (tmp_path / FILE_NAME).write_text("[")
    with pytest.raises(ModelError):
        ConfidenceModel.read(tmp_path)
