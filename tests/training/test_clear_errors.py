"""Each wrong input of the training commands gives one clear sentence that names the file and the record."""

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from vqa_helpers import find_picture, read_questions

from bot.cli import main
from model.confidence.calibration import Calibration
from model.loading import builtin_path
from training.data.prepared import split_file
from training.data.vqa import annotation_file, question_file
from training.evaluation.calibrate import store
from training.scenes.official import Plan, write_scenes


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wrong") / "scenes"
    write_scenes(folder, Plan("wrong", {"train": 2, "val": 2}), lambda _: None, workers=1)
    return folder


@pytest.fixture
def scenes(source: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "scenes"
    shutil.copytree(source, folder)
    return folder


def refused(*arguments: object) -> str:
    """What is said to a command that cannot be carried out: one line that begins with Error."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output
    [sentence] = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert sentence.endswith((".", ")"))
    return sentence


def change(path: Path, edit: Callable[[Any], object]) -> None:
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def no_annotation(data: Path) -> None:
    change(data / annotation_file("val"), lambda content: content["annotations"].pop())


def no_annotation_file(data: Path) -> None:
    (data / annotation_file("val")).unlink()


def no_picture(data: Path) -> None:
    find_picture(data, "val", read_questions(data, "val")[0].image_id).unlink()


def twice(data: Path) -> None:
    change(data / question_file("val"), lambda content: content["questions"].append(content["questions"][0]))


def nine(data: Path) -> None:
    change(data / annotation_file("val"), lambda content: content["annotations"][0]["answers"].pop())


def no_json(data: Path) -> None:
    (data / question_file("val")).write_text('{"questions": [')


def empty(data: Path) -> None:
    change(data / question_file("val"), lambda content: content["questions"].clear())


WRONG = {
    "a missing annotation": (no_annotation, ("annotations.json: the annotation of question ", " is missing.")),
    "a missing file": (no_annotation_file, ("The file abstract_v002_val2015_annotations.json is missing in ",)),
    "a question without picture": (no_picture, ("The picture abstract_v002_val2015_", " is missing in ")),
    "duplicate ids": (twice, ("questions.json: question ", " is there twice.")),
    "nine answers": (nine, ("annotations.json: question ", " has 9 answers instead of 10.")),
    "wrong JSON": (no_json, ("questions.json is no JSON: ",)),
    "an empty split": (empty, ("questions.json: there is no question in it.",)),
}


CASES = [
    *(("evaluate", what) for what in WRONG),  # the others read by the same functions
    ("prepare", "a missing annotation"),
    ("prepare", "a question without picture"),
    ("report", "nine answers"),
    ("report", "a question without picture"),
    ("calibrate", "duplicate ids"),
    ("predict", "wrong JSON"),
    ("predict", "a question without picture"),
]


@pytest.mark.parametrize(("command", "what"), CASES)
def test_wrong_data_is_one_sentence(scenes: Path, tmp_path: Path, what: str, command: str) -> None:
    spoil, parts = WRONG[what]
    spoil(scenes)
    if what == "a question without picture" and command in ("prepare", "report"):
        done = CliRunner().invoke(main, ["data", command, str(scenes), str(tmp_path / "out")])
        assert done.exit_code == 0, "counted and reported, not refused"
        told = (tmp_path / "out" / ("problems.jsonl" if command == "prepare" else "report.html")).read_text()
        assert "is missing" in told
        return
    given: dict[str, list[object]] = {
        "evaluate": ["evaluate", scenes],
        "calibrate": ["calibrate", scenes],
        "prepare": ["data", "prepare", scenes, tmp_path / "out"],
        "report": ["data", "report", scenes, tmp_path / "out"],
        "predict": ["predict", scenes, tmp_path / "out.json", "--split", "val"],
    }
    sentence = refused(*given[command])
    for part in parts:
        assert part in sentence


def lines(data: Path, edit: Callable[[list[dict[str, Any]]], object]) -> None:
    path = split_file(data, "val")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    edit(records)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: lines(data, lambda found: found[0]["answers"].pop()), "has 9 answers instead of 10."),
        (lambda data: lines(data, lambda found: found.append(found[0])), "is there twice."),
        (lambda data: lines(data, lambda found: found[0].pop("image")), "line 1 is no prepared question: image"),
        (
            lambda data: [file.unlink() for file in (data / "images" / "320x224-bicubic-in-proportion").iterdir()],
            "val.jsonl: the picture images/320x224-bicubic-in-proportion/",
        ),
        (
            lambda data: lines(data, lambda found: found[1].update(image=found[3]["image"])),
            "has another file than others of picture",
        ),
        (lambda data: lines(data, lambda found: found[0].pop("answers")), "the answers of question"),
        (lambda data: split_file(data, "val").unlink(), "val.jsonl is missing"),
        (lambda data: split_file(data, "val").write_text(""), "val.jsonl holds no question."),
        (lambda data: split_file(data, "val").write_text("{"), "line 1 is no prepared question"),
    ],
)
def test_wrong_prepared_data_is_one_sentence(
    scenes: Path, tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    out = tmp_path / "prepared"
    done = CliRunner().invoke(main, ["data", "prepare", str(scenes), str(out)])
    assert done.exit_code == 0, done.output
    spoil(out)
    assert sentence in refused("evaluate", out)


def test_models_that_cannot_be_had(scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert "cannot be fetched from the hub" in refused("evaluate", scenes, "--model", "somebody/no-such-model")
    assert "Use florence-community/Florence-2-base" in refused(
        "predict", scenes, tmp_path / "out.json", "--split", "val", "--model", "microsoft/Florence-2-base"
    )
    weightless = tmp_path / "weightless.zip"
    with zipfile.ZipFile(weightless, "w") as package:
        package.write(builtin_path() / "config.json", "config.json")
    assert "holds no weights" in refused("evaluate", scenes, "--model", weightless)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_sentence(scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out.json.partial").symlink_to("/dev/full")
    told = refused("predict", scenes, tmp_path / "out.json", "--split", "val", "--beams", 1)
    assert os.strerror(errno.ENOSPC) in told
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    (prepared / "prepare.json").write_text("{}")  # it is of an earlier run
    (prepared / "train.jsonl.partial").symlink_to("/dev/full")
    assert os.strerror(errno.ENOSPC) in refused("data", "prepare", scenes, prepared)
    model = tmp_path / "model"
    shutil.copytree(builtin_path(), model)
    (model / "vqabot.json.partial").symlink_to("/dev/full")
    before = (model / "vqabot.json").read_bytes()
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        store(model, Calibration(0.5, 0.5))
    assert (model / "vqabot.json").read_bytes() == before
    (tmp_path / "model.zip.partial").symlink_to("/dev/full")
    assert os.strerror(errno.ENOSPC) in refused("package", "builtin", tmp_path / "model.zip")
    page = tmp_path / "page"
    page.mkdir()
    (page / "report.html.partial").symlink_to("/dev/full")
    assert os.strerror(errno.ENOSPC) in refused("evaluate", scenes, "--limit", 3, "--report", page)
    data_page = tmp_path / "data-page"
    data_page.mkdir()
    (data_page / "report.html.partial").symlink_to("/dev/full")
    assert os.strerror(errno.ENOSPC) in refused("data", "report", scenes, data_page)
