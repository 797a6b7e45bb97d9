"""A question about several pictures on its way to the model: packed, decoded, encoded once each, joined, or refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from click.testing import CliRunner
from test_images import READABLE
from tiny import Picture

from bot.cli import main
from bot.texts.failures import sentence
from model.answerer import Answerer
from model.errors import ModelError
from model.families.base import Prompt
from model.families.florence2.backends import CpuBackend, EagerBackend, GraphBackend
from model.families.florence2.files import read_weights
from model.families.florence2.model import Florence2
from model.profile import BUILTIN_PROFILE, Profile
from model.serving import framing
from model.serving.broker.embedded import EmbeddedBroker
from model.types import Answer, Request, SentPicture
from training.scenes.official import Plan, write_scenes

PAIRS = replace(BUILTIN_PROFILE, pictures=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.build(tmp_path_factory.mktemp("pairs"), PAIRS)


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Answerer:
    return Answerer.load(str(folder))


def about(picture: Picture, *numbers: int, question: str = "what is this", name: str = "x", beams: int = 1) -> Request:
    first, *others = (picture(number) for number in numbers)
    return Request(name, first, question, beams, others=tuple(map(SentPicture, others)))


def test_a_request_travels_with_each_picture_once(picture: Picture) -> None:
    request = about(picture, 1, 2, 1)
    packed = framing.pack_request(request)
    message = framing.read(io.BytesIO(packed))
    assert message is not None
    assert framing.unpack_request(*message) == request
    assert len(message[1]) == len(picture(1)) + len(picture(2))


def test_it_is_shown_where_in_both_pictures_an_answer_came_from(loaded: Answerer, picture: Picture) -> None:
    asked = replace(about(picture, 1, 2), explains="red ball")
    assert framing.unpack_request(*(framing.read(io.BytesIO(framing.pack_request(asked))) or ({}, b""))) == asked
    (told,) = loaded.answer([asked])
    assert told.error is None and [(len(grid), len(grid[0])) for grid in told.where] == [(2, 3)] * 2
    values = [value for grid in told.where for row in grid for value in row]
    assert max(values) == 1.0 and min(values) >= 0.0, "one scale for both"
    packed = framing.answer_header(told)
    assert framing.unpack_answer(json.loads(json.dumps(packed))) == told
    (alone,) = loaded.answer([replace(about(picture, 1), explains="red ball")])
    assert alone.where[0] != told.where[0]


def test_both_pictures_count_in_their_order(loaded: Answerer, picture: Picture) -> None:
    family, answerer = loaded.family, Answerer(loaded.family, loaded.profile)  # nothing is kept yet
    prepared = [answerer.prepare(about(picture, *numbers)) for numbers in ((1, 2), (2, 1), (1,), (1, 1))]
    one, two = family.encode_images([p.pixels for p in prepared[0].pictures if p.pixels is not None])
    joined = [family.join(one, two), family.join(two, one), one, family.join(one, one)]
    texts = [["red ball", "no", "yes"]] * 4
    scored = family.score([Prompt(tokens, "what is this", 1, 20) for tokens in joined], texts)
    assert answerer.score(prepared, texts) == [pytest.approx(own, abs=1e-4) for own in scored]
    assert len({tuple(np.round(own, 3)) for own in scored}) == 4


def test_each_picture_is_encoded_once_and_kept_for_later(
    loaded: Answerer, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer = Answerer(loaded.family, loaded.profile)
    encoded: list[int] = []
    encode = loaded.family.encode_images
    monkeypatch.setattr(loaded.family, "encode_images", lambda batch: (encoded.append(len(batch)), encode(batch))[1])
    batch = [about(picture, 1, 2), about(picture, 2, 3), about(picture, 1), about(picture, 3, 3)]
    first = answerer.answer(batch)
    assert encoded == [3] and {answer.error for answer in first} == {None}
    assert not any(answer.picture_kept for answer in first)
    again = answerer.answer(batch)
    assert encoded == [3] and all(answer.picture_kept for answer in again)
    assert [answer.text for answer in again] == [answer.text for answer in first]
    assert [answerer.answer([request])[0].text for request in batch] == [answer.text for answer in first]


def test_a_picture_that_cannot_be_read_is_named(loaded: Answerer, picture: Picture) -> None:
    request = replace(about(picture, 1), others=(SentPicture(b"no picture"),))
    (answer,) = loaded.answer([request])
    assert answer.refused_picture == request.others[0].key and answer.error == "picture_text"


def test_more_than_the_model_learnt_is_refused_before_a_picture_is_read(
    loaded: Answerer, answerer: Answerer, picture: Picture
) -> None:
    three, two = about(picture, 1, 2, 3), about(picture, 1, 2)
    assert loaded.wanted_pictures(three) == [] and answerer.wanted_pictures(two) == []
    assert sentence(loaded.answer([three])[0].error).startswith("I can look at 2 pictures at a time.")
    assert sentence(answerer.answer([two])[0].error).startswith("I can look at one picture at a time only: this model")
    untaught = Answerer(answerer.family, PAIRS)
    assert sentence(untaught.answer([two])[0].error).endswith("no room for several. Please ask about each of them.")
    assert answerer.answer([about(picture, 1)])[0].error is None


def test_a_model_with_too_few_positions_has_no_room(folder: Path, picture: Picture) -> None:
    family = Answerer.load(str(folder)).family
    assert isinstance(family, Florence2) and family.joins and family.most_pictures == 2
    family.positions = 2 * tiny.IMAGE_TOKENS + 8
    assert family.most_pictures == 1
    assert Answerer(family, PAIRS).answer([about(picture, 1, 2)])[0].error == "pictures_do_not_fit"


@pytest.mark.parametrize("pictures", [0, -1, 1.5, "2", None])
def test_a_profile_with_another_number_of_pictures_is_refused(tmp_path: Path, pictures: object) -> None:
    replace(BUILTIN_PROFILE, pictures=pictures).write(tmp_path)  # type: ignore[arg-type]
    with pytest.raises(ModelError):
        Profile.read(tmp_path)


@torch.inference_mode()
def test_prompts_with_one_and_two_pictures_share_a_batch_on_every_backend(folder: Path) -> None:
    pixels = torch.randn(2, 3, tiny.HEIGHT, tiny.WIDTH, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    prompts = [[0, 5, 6, 7, 2], [0, 5, 2], [0, *range(5, 15), 2], [0, 9, 9, 2]]
    said = []
    for kind in (EagerBackend, CpuBackend, GraphBackend):
        model = read_weights(folder, torch.float64).eval()
        backend = kind(model) if kind is EagerBackend else kind(model, tiny.FLOAT32)
        one, two = backend.encode_images(pixels)
        both = torch.cat([one, two])
        said.append(backend.encode_prompts([one, both, both, two], prompts))
        alone = backend.encode_prompts([both], prompts[1:2])[0][0]
        assert torch.allclose(said[-1][0][1][: len(alone)], alone, atol=1e-10)
    for states, mask in said[1:]:
        assert torch.equal(mask, said[0][1])
        assert torch.allclose(states * mask[..., None], said[0][0] * mask[..., None], atol=1e-10)


async def test_a_real_worker_decodes_all_of_them_and_answers(folder: Path, loaded: Answerer, picture: Picture) -> None:
    broker = EmbeddedBroker(str(folder), batch_size=3)
    requests = [about(picture, 1, 2, name="both"), about(picture, 3, name="one"), about(picture, 1, 2, 3, name="three")]
    requests.append(replace(about(picture, 1, name="damaged"), others=(SentPicture(READABLE["png"]()[:60]),)))
    await broker.start()
    try:
        for request in requests:
            await broker.submit(request)
        answers: dict[str, Answer] = {}
        async for answer in broker.results():
            answers[answer.id] = answer
            if len(answers) == len(requests):
                break
    finally:
        await broker.stop(5)
    wanted = loaded.answer(requests)
    assert [answers[one.id].error for one in wanted] == [one.error for one in wanted]
    assert [answers[one.id].text for one in wanted] == [one.text for one in wanted]
    assert answers["damaged"].refused_picture == requests[-1].others[0].key
    assert sentence(answers["three"].error).startswith("I can look at 2 pictures")


def test_it_is_judged_on_pairs_and_the_page_shows_it(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_scenes(data, Plan("judged", {"val": 3}, 2, pairs=True), lambda _: None, workers=1)
    command = ["evaluate", str(data), "--model", str(folder), "--beams", "1", "--max-new-tokens", "4"]
    result = CliRunner().invoke(main, [*command, "--json", "--report", str(tmp_path / "report")])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["refused"] == {}, "with the last picture only it is asked about one"
    assert figures["pairs"]["questions"] == 6
    assert set(figures["pairs"]["exact"]) == {"percent", "interval"}
    assert "with the pictures exchanged" in (tmp_path / "report" / "report.html").read_text()
    shown = CliRunner().invoke(main, command)
    assert "with the last picture only" in shown.output and "the same, exchanged" in shown.output
