"""Results files, complete and in order also after an interruption; multiple choice by the choices' probabilities."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from vqa_helpers import find_picture, read_questions

from bot.cli import main
from bot.commands.evaluate import evaluate as evaluate_command
from bot.commands.predict import predict as command
from model.answerer import Answerer
from model.loading import locate
from model.types import Answer, Request
from training.data.splits import load_split
from training.data.vqa import DataError, read_results
from training.evaluation.choices import Chooser
from training.evaluation.predict import PredictConfig, model_name, predict
from training.scenes.official import Plan, write_scenes


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("predict") / "scenes"
    write_scenes(folder, Plan("predict", {"train": 0, "val": 12, "test": 16}), lambda _: None, workers=1)
    return folder


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return Answerer.load("builtin")


class Interrupted:
    """Answers a few batches and is then interrupted."""

    def __init__(self, answers: Answerer, batches: int) -> None:
        self.answers, self.left = answers, batches

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return self.answers.answer(requests)


def test_a_split_without_annotations_becomes_a_results_file(scenes: Path, tmp_path: Path, answerer: Answerer) -> None:
    out = tmp_path / "results.json"
    done = CliRunner().invoke(command, [str(scenes), str(out), "--beams", "1"])
    assert done.exit_code == 0, done.output
    questions = read_questions(scenes, "test")
    results = read_results(out)
    assert list(results) == [q.question_id for q in questions]
    assert [set(record) for record in json.loads(out.read_text())] == [{"question_id", "answer"}] * len(questions)
    question = questions[7]
    picture = find_picture(scenes, "test", question.image_id).read_bytes()
    assert results[question.question_id] == answerer.answer([Request("x", picture, question.question)])[0].text
    assert not out.with_name("results.json.progress").exists()


@pytest.mark.parametrize("split", ["judging", "val"])
def test_the_parts_of_a_divided_val_can_be_predicted(scenes: Path, tmp_path: Path, split: str) -> None:
    """Answers are not needed: who predicts may have none."""
    prepared = tmp_path / "prepared"
    done = CliRunner().invoke(main, ["data", "prepare", str(scenes), str(prepared), "--divide-val", "--limit", "9"])
    assert done.exit_code == 0, done.output
    file = prepared / f"{split}.jsonl"
    rows = [json.loads(line) | {"answer": None, "answers": []} for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = CliRunner().invoke(main, ["predict", str(prepared), str(tmp_path / "out.json"), "--split", split])
    assert done.exit_code == 0, done.output
    assert list(read_results(tmp_path / "out.json")) == [row["question_id"] for row in rows]


def test_it_goes_on_where_it_was_interrupted(scenes: Path, tmp_path: Path, answerer: Answerer) -> None:
    out, whole = tmp_path / "results.json", tmp_path / "whole.json"
    questions, pictures = read_questions(scenes, "test"), load_split(scenes, "test").pictures
    predict(answerer, "m", pictures, questions, PredictConfig(beams=1), whole)
    with pytest.raises(KeyboardInterrupt):
        predict(Interrupted(answerer, 1), "m", pictures, questions, PredictConfig(beams=1), out)
    partial = out.with_name("results.json.progress")
    with partial.open("a") as file:
        file.write('[999, "cut')  # what a kill in the middle of a line leaves
    assert not out.exists()
    with pytest.raises(DataError, match="another model"):
        predict(answerer, "n", pictures, questions, PredictConfig(beams=1), out)
    steps: list[int] = []
    counted = Interrupted(answerer, 1)
    predict(counted, "m", pictures, questions, PredictConfig(beams=1), out, steps.append)
    assert counted.left == 0
    assert (steps[0], sum(steps)) == (32, len(questions))
    assert out.read_text() == whole.read_text()


def test_a_model_that_was_trained_again_is_another_one(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((locate("builtin") / name).read_bytes())
    before = model_name(str(tmp_path))
    assert model_name(str(tmp_path)) == before
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    assert model_name(str(tmp_path)) != before


def test_a_choice_is_the_likeliest_of_the_eighteen(scenes: Path, answerer: Answerer) -> None:
    questions = read_questions(scenes, "val", task="MultipleChoice")
    requests = [
        Request(str(q.question_id), find_picture(scenes, "val", q.image_id).read_bytes(), q.question) for q in questions
    ]
    chosen = Chooser(answerer, questions).answer(requests)
    spoken = answerer.generate([answerer.prepare(request) for request in requests])
    agreed = 0
    for question, choice, said in zip(questions, chosen, spoken, strict=True):
        assert choice.text in question.choices
        assert 1 / 18 <= choice.confidence <= 1
        assert said is not None
        if said.text in question.choices:  # what is said freely is then the likeliest choice, too
            agreed += choice.text == said.text
            (scores,) = answerer.score([answerer.prepare(requests[questions.index(question)])], [[said.text]])
            assert scores is not None
            assert scores[0] == pytest.approx(math.fsum(said.token_logprobs), abs=1e-3)
    assert agreed >= 0.9 * sum(
        said is not None and said.text in q.choices for q, said in zip(questions, spoken, strict=True)
    )


def test_what_cannot_be_seen_is_not_chosen(scenes: Path, answerer: Answerer) -> None:
    question = read_questions(scenes, "val", task="MultipleChoice")[0]
    (answer,) = Chooser(answerer, [question]).answer([Request(str(question.question_id), b"no picture", "what is it")])
    assert answer.text == ""
    assert answer.error


def test_multiple_choice_is_judged_and_predicted_by_the_commands(scenes: Path, tmp_path: Path) -> None:
    arguments = [str(scenes), "--task", "multiple-choice", "--json", "--limit", "12"]
    done = CliRunner().invoke(evaluate_command, arguments)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["exact"] > figures["shuffled"]
    out = tmp_path / "mc.json"
    done = CliRunner().invoke(command, [str(scenes), str(out), "--split", "val", "--task", "multiple-choice"])
    assert done.exit_code == 0, done.output
    choices = {q.question_id: q.choices for q in read_questions(scenes, "val", task="MultipleChoice")}
    assert all(answer in choices[number] for number, answer in read_results(out).items())


def test_what_cannot_be_predicted_gets_a_sentence(scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "damaged.json.progress").write_text("{}\n")
    for arguments, sentence in (
        ([str(tmp_path), "out.json"], "There are no questions in"),
        ([str(scenes), str(tmp_path / "none" / "out.json")], "there is no folder"),
        ([str(scenes), str(tmp_path / "damaged.json")], "is damaged: delete it to begin anew"),
        ([str(scenes), "out.json", "--model", "microsoft/Florence-2-base"], "florence-community"),
    ):
        done = CliRunner().invoke(command, arguments)
        assert done.exit_code == 1, done.output
        assert sentence in done.output
