"""A model knows which questions it met, so that figures on them are not taken for figures on new ones."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from finetune_helpers import Quiet, prepared, settings, tiny_model
from PIL import Image

from bot.cli import main
from training.data import provenance
from training.data.prepared import read_examples
from training.data.provenance import Sketch, digest, digests, met_before, prepared_digests, remarks
from training.data.splits import load_split
from training.data.vqa import DataError
from training.finetune.run import train


def asked(first: int, last: int) -> list[str]:
    return [digest(f"What is number {number}?", "picture") for number in range(first, last)]


@pytest.mark.parametrize("size", [300, 9000])
def test_the_share_of_questions_met_before(size: int) -> None:
    known = {"learnt": [Sketch.of("train", asked(0, size))], "chosen": (), "calibrated": ()}
    assert met_before(known, asked(0, size))["learnt"] == 1
    assert met_before(known, asked(size // 2, size + size // 2))["learnt"] == pytest.approx(0.5, abs=0.05)
    assert met_before(known, asked(size, 2 * size)) == {}
    few = met_before(known, asked(0, 200))
    assert few["learnt"] == 1, "also a few of them are known for what they are"


def test_questions_are_known_by_words_and_picture_whatever_their_numbers(tmp_path: Path) -> None:
    """One's own data has no numbers: those of val are then those of train, and the same words are asked everywhere."""
    data, out = tmp_path / "own", tmp_path / "prepared"
    data.mkdir()
    for shade, split in enumerate(("train", "val")):
        records = []
        for place in range(4):
            Image.new("RGB", (8, 8), (shade, place, 0)).save(data / f"{split}{place}.png")
            records.append({"image": f"{split}{place}.png", "question": "What color is it?", "answer": "red"})
        (data / f"{split}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records))
    done = CliRunner().invoke(main, ["data", "prepare", str(data), str(out), "--split-by", "picture"])
    assert done.exit_code == 0, done.output
    numbers = [[each.question_id for each in load_split(data, split).questions] for split in ("train", "val")]
    assert numbers[0] == numbers[1]
    raw = [load_split(data, split) for split in ("train", "val")]
    known = {"learnt": [Sketch.of("train", digests(raw[0].questions, raw[0].pictures))]}
    assert met_before(known, digests(raw[1].questions, raw[1].pictures)) == {}
    assert remarks(known, raw[1]) == []
    assert "learnt from all of these questions" in remarks(known, raw[0])[0]
    everything = [each for split in ("train", "val") for each in read_examples(out, split)]
    assert met_before(known, prepared_digests(out, everything)) == {"learnt": 0.5}, (
        "divided anew, but the same questions"
    )
    (data / "train0.png").unlink()
    assert len(digests(raw[0].questions, raw[0].pictures)) == 3


def test_a_sketch_is_small_and_survives(tmp_path: Path) -> None:
    sketch = Sketch.of("train", asked(0, 20_000))
    provenance.write(tmp_path, {"learnt": [sketch]})
    assert (tmp_path / provenance.FILE).stat().st_size < 50_000
    assert provenance.read(tmp_path)["learnt"] == [sketch]
    assert provenance.read(tmp_path / "none") == {}
    for wrong in ("[]", "{", '{"learnt": [1]}'):
        (tmp_path / provenance.FILE).write_text(wrong)
        with pytest.raises(DataError, match=provenance.FILE):
            provenance.read(tmp_path)


def test_a_training_tells_its_model_what_it_met(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), prepared(tmp_path / "data"), tmp_path / "out"
    train(settings(model), data, out, Quiet())
    known = provenance.read(out / "model")
    train_split, val = (prepared_digests(data, read_examples(data, split)) for split in ("train", "val"))
    assert met_before(known, train_split) == {"learnt": 1.0}
    assert met_before(known, val) == {"chosen": 1.0}
    again = tmp_path / "again"
    train(settings(out / "model"), prepared(tmp_path / "more", pictures=8), again, Quiet())
    assert len(provenance.read(again / "model")["learnt"]) == 2, "what it learnt from before counts as well"


def test_calibrating_on_what_was_learnt_warns_and_judging_what_was_calibrated_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.evaluation.trust.RESAMPLES", 3)
    model, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "pictures", pictures=70, val=70)
    there = load_split(data, "train")
    learnt = Sketch.of("the train split of pictures", digests(there.questions, there.pictures))
    provenance.write(model, {"learnt": [learnt]})
    for split, warned in (("train", True), ("val", False)):
        fast = ("--beams", "1", "--shifts", "1")
        done = CliRunner().invoke(main, ["calibrate", str(data), "--split", split, "--model", str(model), *fast])
        assert done.exit_code == 0, done.output
        assert ("The model learnt from all of these questions" in done.stderr) is warned
        told = json.loads((model / "calibration.json").read_text())
        assert bool(told["remarks"]) is warned
        assert "Calibration(" not in done.output
    report = tmp_path / "report"
    arguments = ["evaluate", str(data), "--model", str(model), "--beams", "1", "--limit", "9", "--report", str(report)]
    judged = CliRunner().invoke(main, arguments)
    assert judged.exit_code == 0, judged.output
    sentence = "The confidence was fitted on all of these questions"
    assert sentence in judged.stderr
    assert sentence in (report / "report.html").read_text()
    packed = CliRunner().invoke(main, ["package", str(model), str(tmp_path / "x.zip"), "--report", str(report)])
    assert packed.exit_code == 0, packed.output
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.zip") as package:
        assert sentence in package.read("README.md").decode()
