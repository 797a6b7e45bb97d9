"""Questions about several pictures on the way of data: drawn, prepared, divided, trained on, answered, judged."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from finetune_helpers import tiny_model
from own_data_helpers import colour_of, picture, rows, run
from PIL import Image

from bot.cli import main
from training.data.partition import divide
from training.data.prepared import read_examples
from training.data.splits import load_split
from training.scenes.pairs import KINDS

COUNTS = ("--train", 6, "--val", 3, "--test", 2)


def command(*arguments: object) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs") / "drawn"
    assert "11 pairs" in command("scenes", folder, "--pairs", "--seed", "3", *COUNTS)
    return folder


def test_pairs_are_drawn_with_what_changed(pairs: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (pairs / "train.jsonl").read_text().splitlines()]
    assert len(lines) == len({line["question_id"] for line in lines}) >= 12
    first = [line for line in lines if line["question_id"] % 10 == 0]
    assert {line["question_type"] for line in first} <= {f"changed: {kind}" for kind in KINDS}
    for line in first:
        one, two = ((pairs / name).read_bytes() for name in line["images"])
        assert (line["answer"] == "nothing") == (line["question_type"] == "changed: same")
        assert line["answer"] == "nothing" or one != two
    assert not any("answer" in json.loads(line) for line in (pairs / "test.jsonl").read_text().splitlines())
    command("scenes", tmp_path / "again", "--pairs", "--seed", "3", "--workers", 1, *COUNTS)
    again = {path.relative_to(tmp_path / "again"): path.read_bytes() for path in (tmp_path / "again").rglob("*.*")}
    assert again == {path.relative_to(pairs): path.read_bytes() for path in pairs.rglob("*.*")}


def test_sets_by_other_hands_have_no_pairs(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["scenes", str(tmp_path / "out"), "--judging", "--pairs"])
    assert done.exit_code == 1 and "--judging goes with --val and --seed alone" in done.output
    assert not (tmp_path / "out").exists()


def test_all_pictures_of_a_question_are_prepared_in_their_order(tmp_path: Path) -> None:
    for colour in ("red", "blue"):
        picture(tmp_path / f"{colour}.png", colour)
    lines = [
        {"images": ["red.png", "blue.png"], "question": "What changed?", "answer": "colour"},
        {"images": ["blue.png", "red.png"], "question": "What changed?", "answer": "colour"},
        {"image": "blue.png", "question": "What?", "answer": "blue"},
        {"images": ["red.png", "gone.png"], "question": "What changed?", "answer": "it is lost"},
    ]
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, lines)))
    examples = rows(tmp_path, tmp_path / "out")
    assert [len(example.images) for example in examples] == [2, 2, 1]
    assert colour_of(tmp_path / "out", examples[0]) == (255, 0, 0)
    assert examples[0].images == examples[1].images[::-1]
    assert examples[2].images == examples[1].images[:1]
    split = load_split(tmp_path / "out", "train")
    for question, colour in zip(split.questions, ((255, 0, 0), (0, 0, 255)), strict=False):
        shown = [split.pictures[number] for number in question.image_ids]
        with Image.open(str(shown[0])) as one:
            assert len(shown) == 2 and one.getpixel((one.width // 2, one.height // 2)) == colour
    assert "1 missing picture" in run(tmp_path, tmp_path / "out")


def test_pictures_of_one_question_stay_together_when_data_are_divided(pairs: Path, tmp_path: Path) -> None:
    run(pairs, tmp_path, "--split-by", "picture", "--val-share", "0.3", "--model", "builtin")
    sides = [read_examples(tmp_path, split) for split in ("train", "val")]
    shown = [{image for example in side for image in example.images} for side in sides]
    assert all(sides) and shown[0].isdisjoint(shown[1])


def test_chains_of_questions_stay_together() -> None:
    from training.data.own_files import SourceQuestion
    from training.data.partition import PreparedQuestion

    chains = [("a", "b"), ("c", "d"), ("b", "e"), ("f",), ("d", "c"), ("e", "g"), ("h",)]
    asked = [PreparedQuestion(SourceQuestion((), "q", n, "a"), images) for n, images in enumerate(chains)]
    for seed in range(5):
        sides = divide(asked, (0.5, 0.5), seed)
        shown = [{image for each in side for image in each.images} for side in sides]
        assert shown[0].isdisjoint(shown[1])


def test_a_model_learns_and_answers_questions_about_two_pictures(pairs: Path, tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "tiny")
    run(pairs, tmp_path / "data", "--model", model)
    once = ("--max-steps", 1, "--eval-questions", 2, "--new-words", "auto")
    command("train", tmp_path / "data", tmp_path / "run", "--model", model, *once)
    trained = tmp_path / "run" / "model"
    assert json.loads((trained / "vqabot.json").read_text())["pictures"] == 2
    report = command("evaluate", tmp_path / "data", "--model", trained, "--split", "val")
    assert "changed: " in report and "pair: same" in report
    command("predict", tmp_path / "data", tmp_path / "answers.json", "--model", trained, "--split", "test")
    said = json.loads((tmp_path / "answers.json").read_text())
    assert len(said) == len(read_examples(tmp_path / "data", "test"))
