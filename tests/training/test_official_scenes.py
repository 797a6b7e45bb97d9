"""`vqabot scenes`: the official files, the same bytes from the same seed, and nothing lost by an interruption."""

from __future__ import annotations

import io
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import ImageChops
from scene_files import COUNTS, digests, load
from vqa_helpers import find_picture, read_questions

from bot.cli import main
from model.images import open_picture
from training.data.vqa import annotation_file, drawn_here, picture_file, picture_folder, question_file
from training.scenes import annotators, art, layout, questions
from training.scenes.official import Plan, translucent, write_scenes
from training.scenes.wording import QA


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes") / "made"
    write_scenes(folder, Plan("7", COUNTS), lambda _: None, workers=2)
    return folder


def test_exactly_the_official_files_are_there(out: Path) -> None:
    expected = {question_file(split, task) for split in COUNTS for task in ("OpenEnded", "MultipleChoice")}
    expected |= {annotation_file("train"), annotation_file("val")}
    first = 0
    for split, count in COUNTS.items():
        expected |= {f"{picture_folder(split)}/{picture_file(split, first + i)}" for i in range(count)}
        first += count
    assert set(digests(out)) == expected
    assert [path.name for path in out.parent.iterdir()] == [out.name], "nothing stays beside it"


@pytest.mark.parametrize("split", COUNTS)
def test_three_questions_a_picture_in_both_tasks(out: Path, split: str) -> None:
    open_ended = load(out / question_file(split))
    multiple = load(out / question_file(split, "MultipleChoice"))
    assert open_ended["task_type"] == "Open-Ended"
    assert multiple["task_type"] == "Multiple-Choice"
    assert open_ended["data_subtype"] == multiple["data_subtype"] == f"{split}2015"
    assert open_ended["data_type"] == "abstract_v002"
    keys = {"image_id", "question", "question_id"}
    assert all(set(record) == keys for record in open_ended["questions"])
    assert [{key: record[key] for key in keys} for record in multiple["questions"]] == open_ended["questions"]
    per_picture = Counter(record["image_id"] for record in open_ended["questions"])
    assert len(per_picture) == COUNTS[split]
    assert set(per_picture.values()) == {3}
    assert all(r["question"][0].isupper() and r["question"].endswith("?") for r in open_ended["questions"])
    assert all((out / picture_folder(split) / picture_file(split, number)).is_file() for number in per_picture)


def test_question_and_picture_numbers_are_unique_over_the_splits(out: Path) -> None:
    records = [record for split in COUNTS for record in load(out / question_file(split))["questions"]]
    assert len({record["question_id"] for record in records}) == len(records) == 3 * sum(COUNTS.values())
    assert len({record["image_id"] for record in records}) == sum(COUNTS.values())


def test_annotations_have_ten_answers_with_the_truth_in_the_majority(out: Path) -> None:
    notes = load(out / annotation_file("train"))["annotations"]
    for note in notes:
        assert [answer["answer_id"] for answer in note["answers"]] == list(range(1, 11))
        assert {answer["answer_confidence"] for answer in note["answers"]} <= {"yes", "maybe", "no"}
        votes = Counter(answer["answer"] for answer in note["answers"])
        assert votes[note["multiple_choice_answer"]] >= 6
        assert note["answer_type"] in ("yes/no", "number", "other")
        assert note["multiple_choice_answer"] == note["multiple_choice_answer"].lower()
    disputed = sum(len({answer["answer"] for answer in note["answers"]}) > 1 for note in notes)
    assert 0.15 < disputed / len(notes) < 0.6
    types = {note["answer_type"]: note["multiple_choice_answer"] for note in notes}
    assert types["yes/no"] in ("yes", "no")
    assert types["number"].isdecimal()


def test_choices_are_18_with_the_right_one_anywhere(out: Path) -> None:
    questions = read_questions(out, "train", task="MultipleChoice")
    assert all(len(set(q.choices)) == 18 and q.answer in q.choices for q in questions)
    assert {"yes", "no", "1", "2", "red", "white"} <= set.intersection(*(set(q.choices) for q in questions))
    assert len({q.choices.index(q.answer or "") for q in questions}) > 10


def test_our_reader_reads_them(out: Path) -> None:
    assert drawn_here(out, "val")
    for split, count in COUNTS.items():
        found = read_questions(out, split)
        assert len(found) == 3 * count
        assert all(find_picture(out, split, question.image_id) for question in found)
    assert all(question.answer is None and not question.answers for question in read_questions(out, "test"))


def test_the_answers_are_those_of_the_scene(out: Path) -> None:
    rng = random.Random("7/val/4")
    scene = layout.compose(rng)
    picture = art.render(scene, rng, 2.0)
    asked = questions.ask(scene, rng, 3)
    found = [q for q in read_questions(out, "val") if q.image_id == COUNTS["train"] + 4]
    assert [(q.question, q.answer) for q in found] == [(qa.question, qa.answer) for qa in asked]
    seen = open_picture(find_picture(out, "val", COUNTS["train"] + 4).read_bytes())
    assert max(high for _, high in ImageChops.difference(seen, picture).getextrema()) <= 1  # type: ignore[misc]


def test_pictures_are_not_opaque_and_look_right_on_white() -> None:
    shares = []
    for seed in range(12):
        rng = random.Random(seed)
        drawn = art.render(layout.compose(rng), rng)
        file = io.BytesIO()
        made = translucent(drawn, rng)
        made.save(file, "PNG")
        assert (made.mode, made.size) == ("RGBA", (700, 400))
        difference = ImageChops.difference(open_picture(file.getvalue()), drawn).getextrema()
        assert max(high for _, high in difference) <= 1  # type: ignore[misc]
        alpha = made.getchannel("A")
        assert alpha.getextrema()[0] >= 145
        shares.append(1 - alpha.histogram()[255] / (700 * 400))
        assert ImageChops.difference(made.convert("RGB"), drawn).getbbox(), "without alpha it looks otherwise"
    assert 0.01 < sum(shares) / len(shares) < 0.1


def test_the_same_seed_gives_the_same_bytes_in_any_process(out: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "scenes", str(tmp_path / "again"), "--seed", "7", "--workers", "1"]
    command += [part for split, count in COUNTS.items() for part in (f"--{split}", str(count))]
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": "12345"})
    assert digests(tmp_path / "again") == digests(out)


def test_another_seed_gives_other_scenes(out: Path, tmp_path: Path) -> None:
    write_scenes(tmp_path / "other", Plan("8", {"val": 20}), lambda _: None, workers=1)
    ours, others = ([q.question for q in read_questions(folder, "val")] for folder in (out, tmp_path / "other"))
    assert sum(a == b for a, b in zip(ours, others, strict=True)) < 10


def test_a_split_is_the_same_whatever_else_is_drawn(out: Path, tmp_path: Path) -> None:
    write_scenes(tmp_path / "alone", Plan("7", {"train": 0, "val": 20, "test": 0}), lambda _: None, workers=1)
    ours, alone = ([q.question for q in read_questions(folder, "val")] for folder in (out, tmp_path / "alone"))
    assert ours == alone
    assert {path.name for path in (tmp_path / "alone").iterdir()} == {
        picture_folder("val"),
        annotation_file("val"),
        question_file("val"),
        question_file("val", "MultipleChoice"),
    }


def test_a_killed_run_goes_on_where_it_stopped(out: Path, tmp_path: Path) -> None:
    folder, partial = tmp_path / "killed", tmp_path / "killed.partial"
    command = [sys.executable, "-m", "bot.cli", "scenes", str(folder), "--seed", "7", "--workers", "1"]
    command += [part for split, count in COUNTS.items() for part in (f"--{split}", str(count))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pieces = partial / ".progress"
    while not list(pieces.glob("train-*.json")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not folder.exists(), "what is not complete has no name yet"
    kept = {path: path.stat().st_mtime_ns for path in pieces.glob("*-*.json")}
    done: list[int] = []
    write_scenes(folder, Plan("7", COUNTS), done.append, workers=1)
    assert kept
    assert done[0] >= 16, "the finished pieces were not drawn again"
    assert sum(done) == sum(COUNTS.values())
    assert digests(folder) == digests(out)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What color is the ball?", "what color is the"),
        ("What is on the table?", "what is on the"),
        ("How many dogs are there?", "how many"),
        ("Is there a dog?", "is there a"),
        ("Isolde?", "none of the above"),
        ("Where is the dog?", "where is the"),
        ("Which is bigger, the dog or the cat?", "which is"),
    ],
)
def test_question_types_are_the_longest_known_beginnings(question: str, kind: str) -> None:
    assert annotators.question_type(question) == kind


def test_dissenters_say_what_is_close_or_would_fit() -> None:
    colour = QA("What color is the ball?", "red", "colour", ("blue", "green"))
    number = QA("How many dogs are there?", "0", "count", ())
    rng = random.Random(1)
    colours = {said.answer for _ in range(200) for said in annotators.human_answers(colour, rng)}
    numbers = {said.answer for _ in range(200) for said in annotators.human_answers(number, rng)}
    assert colours == {"red", "blue", "green"}
    assert numbers == {"0", "1", "unknown"}


def test_scenes_of_wide_variety_are_written_with_questions_as_they_are_typed(tmp_path: Path) -> None:
    plan = Plan("wide", {"val": 24}, wide=True, leave_out=("crayon",))
    write_scenes(tmp_path / "wide", plan, lambda _: None, workers=1)
    pictures = [open_picture(path.read_bytes()).size for path in sorted((tmp_path / "wide").rglob("*.png"))]
    assert len(pictures) == 24
    assert len(set(pictures)) > 2
    file = tmp_path / "wide" / "OpenEnded_abstract_v002_val2015_questions.json"
    asked = [entry["question"] for entry in json.loads(file.read_text())["questions"]]
    assert any(not text.endswith("?") or not text[0].isupper() for text in asked)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--leave-out", "crayon"], "--leave-out is for --wide and --wide-questions"),
        (["--wide", "--leave-out", "x"], "cannot be left out"),
    ],
)
def test_what_cannot_be_left_out_is_said(tmp_path: Path, options: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["scenes", str(tmp_path / "out"), *options])
    assert result.exit_code == 1
    assert said in result.output
    assert not (tmp_path / "out").exists()
