"""Evaluation tells a model that looks from one that does not, and a confidence that is true from one that is not."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from vqa_helpers import find_picture, read_questions

from bot.cli import main
from model.profile import BUILTIN_PROFILE
from model.types import Answer, Request
from training.builtin import architecture
from training.data.splits import load_split
from training.data.vqa import VqaQuestion, annotation_file, picture_folder
from training.evaluation.asking import PICTURES_AT_ONCE, EvaluateConfig
from training.evaluation.blind import BY_TYPE, BY_WORDS_OR_KIND, BY_WORDS_OR_TYPE, prior_answers
from training.evaluation.evaluate import Report, evaluate
from training.evaluation.reliability import calibration_error, reliability
from training.scenes.official import Plan, write_scenes

PICTURES = 30


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged") / "scenes"
    write_scenes(folder, Plan("evaluate", {"train": PICTURES, "val": PICTURES}), lambda _: None, workers=1)
    return folder


@pytest.fixture(scope="module")
def questions(data: Path) -> list[VqaQuestion]:
    return read_questions(data, "val")


Speak = Callable[[Request, str | None], Answer]


class SimulatedModel:
    """Knows the right answers to each picture, by its bytes; `speak` says what it makes of them."""

    def __init__(self, data: Path, questions: Sequence[VqaQuestion], speak: Speak) -> None:
        self.right = {
            (hashlib.sha256(find_picture(data, "val", q.image_id).read_bytes()).hexdigest(), q.question): q.answer
            for q in questions
        }
        self.speak = speak
        self.batches: list[list[Request]] = []

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        self.batches.append(list(requests))
        return [self.speak(request, self.right.get((request.picture_key, request.question))) for request in requests]


def sees(request: Request, right: str | None) -> Answer:
    return Answer(request.id, right or "nonsense", 1.0 if right else 0.0, 0.0)


def judged(model: SimulatedModel, data: Path, questions: list[VqaQuestion], **more: object) -> Report:
    report = evaluate(model, load_split(data, "val").pictures, questions, **more)  # type: ignore[arg-type]
    assert report is not None
    return report


def test_a_model_that_sees_everything(data: Path, questions: list[VqaQuestion]) -> None:
    done: list[int] = []
    report = judged(SimulatedModel(data, questions, sees), data, questions, kinds=True, progress=done.append)
    assert report.exact.overall == report.normalised.overall == report.official.overall == 100
    assert report.blind.overall == 0, "a grey picture is none of the scenes"
    assert report.shuffled.overall < 20, "only chance makes another scene's answer to the same words the right one"
    assert report.ece == 0
    assert set(report.by_kind.values()) == {100.0}
    assert sum(report.by_kind_count.values()) == report.questions == sum(done) == len(questions)
    assert report.questions_per_second > 0


def test_a_model_that_never_looks_gains_nothing_from_pictures(data: Path, questions: list[VqaQuestion]) -> None:
    model = SimulatedModel(data, questions, lambda request, _: Answer(request.id, "yes", 0.5, 0.0))
    report = judged(model, data, questions)
    assert report.exact.overall == report.blind.overall == report.shuffled.overall > 0
    assert report.official.overall == report.blind_official == report.shuffled_official >= report.exact.overall
    assert report.by_kind == {}, "other data have no kinds"


def test_confidence_is_held_against_exact_answers(data: Path, questions: list[VqaQuestion]) -> None:
    sure = judged(SimulatedModel(data, questions, lambda r, _: Answer(r.id, "nonsense", 0.9, 0.0)), data, questions)
    assert sure.ece == pytest.approx(0.9)
    [only] = sure.bins
    assert (only.confidence, only.accuracy, only.share) == (pytest.approx(0.9), 0, 1)


def test_pictures_are_asked_once_a_batch_with_all_their_questions(data: Path, questions: list[VqaQuestion]) -> None:
    model = SimulatedModel(data, questions, sees)
    judged(model, data, questions, settings=EvaluateConfig(beams=3, max_new_tokens=7))
    own = {str(q.question_id): q for q in questions}
    with_own_pictures = model.batches[::3]
    assert sum(map(len, with_own_pictures)) == len(questions)
    asked: set[int] = set()
    for batch in with_own_pictures:
        assert len({request.picture_key for request in batch}) <= PICTURES_AT_ONCE
        assert all((request.beams, request.max_new_tokens) == (3, 7) for request in batch)
        assert all((request.picture_key, request.question) in model.right for request in batch)
        pictures = {own[request.id].image_id for request in batch}
        assert not pictures & asked, "no picture comes in two batches"
        asked |= pictures
        wanted = sorted(q.question_id for q in questions if q.image_id in pictures)
        assert sorted(int(request.id) for request in batch) == wanted, "all questions of its pictures are in it"
    assert asked == {q.image_id for q in questions}
    for batch in model.batches[1::3]:
        for request in batch:
            path = find_picture(data, "val", own[request.id].image_id)
            assert request.picture != path.read_bytes(), "a shuffled picture is never the question's own"


def test_an_interrupt_reports_on_what_was_answered(data: Path, questions: list[VqaQuestion]) -> None:
    class Stopped(SimulatedModel):
        def answer(self, requests: Sequence[Request]) -> list[Answer]:
            if len(self.batches) == 7:
                raise KeyboardInterrupt
            return super().answer(requests)

    report = judged(Stopped(data, questions, sees), data, questions)
    assert report.questions == 2 * PICTURES_AT_ONCE * 3, "two rounds were complete, the third lacked its other passes"
    assert report.asked == len(questions)
    assert report.exact.overall == 100


def test_an_interrupt_before_the_first_answers_has_nothing_to_report(data: Path, questions: list[VqaQuestion]) -> None:
    def interrupt(request: Request, right: str | None) -> Answer:
        raise KeyboardInterrupt

    assert evaluate(SimulatedModel(data, questions, interrupt), load_split(data, "val").pictures, questions) is None


def test_refusals_are_wrong_and_reported(data: Path, questions: list[VqaQuestion]) -> None:
    first = questions[0]

    def speak(request: Request, right: str | None) -> Answer:
        if request.id == str(first.question_id):
            return Answer(request.id, "", 0.0, 0.0, error="The picture is empty.")
        return sees(request, right)

    report = judged(SimulatedModel(data, questions, speak), data, questions)
    assert report.refused == {first.question_id: "The picture is empty."}
    assert report.exact.per_question[first.question_id] == 0


def asked(number: int, text: str, answer: str, picture: int | None = None, question_type: str = "") -> VqaQuestion:
    return VqaQuestion(number, number if picture is None else picture, text, answer=answer, question_type=question_type)


def test_words_alone_answer_by_words_then_by_kind_then_by_anything() -> None:
    learnt = [
        asked(1, "What color is the dog?", "brown"),
        asked(2, "What color is the dog?", "brown"),
        asked(3, "What color is the dog?", "white"),
        *(asked(10 + i, f"What color is the ball {i}?", "red") for i in range(3)),
        *(asked(20 + i, f"Is there a cat {i}?", "yes") for i in range(5)),
    ]
    new = [asked(90, "what color is the DOG", ""), asked(91, "What color is the car?", ""), asked(92, "Who waves?", "")]
    assert prior_answers(new, BY_WORDS_OR_KIND, learnt) == {90: "brown", 91: "red", 92: "yes"}


def test_the_prior_by_type_is_one_answer_a_type() -> None:
    learnt = [asked(i, f"How many {i}?", str(i // 2), question_type="how many") for i in range(1, 4)]
    new = [asked(9, "How many?", "", question_type="how many"), asked(10, "Who?", "", question_type="who")]
    assert prior_answers(new, BY_TYPE, learnt) == {9: "1", 10: "1"}


def test_without_a_train_split_no_question_is_answered_from_its_own_picture() -> None:
    same_words = [asked(i, "What is it?", "only here" if i == 4 else "dog", picture=i // 2) for i in range(12)]
    answers = prior_answers(same_words, BY_WORDS_OR_TYPE)
    assert set(answers) == set(range(12))
    assert set(answers.values()) == {"dog"}
    assert prior_answers([asked(1, "What is it?", "cat")], BY_WORDS_OR_TYPE) == {1: ""}


def test_calibration_error_of_a_worked_example() -> None:
    confidences = [0.95, 0.95, 0.95, 0.95, 0.5, 0.5, 0.05, 1.0]
    correct = [True, True, True, False, True, False, False, True]
    # bins of 1/15: [0.05] wrong; [0.5, 0.5] half right; [0.95 x4, 1.0] 4 of 5 right at a mean of 0.96
    assert calibration_error(reliability(confidences, correct)) == pytest.approx((0.05 + 0 + 5 * 0.16) / 8)


def test_a_true_confidence_has_hardly_any_error_and_the_edges_have_bins() -> None:
    rng = random.Random(0)
    confidences = [rng.random() for _ in range(20_000)]
    assert calibration_error(reliability(confidences, [rng.random() < c for c in confidences])) < 0.02
    assert [bin_.share for bin_ in reliability([0.0, 1.0], [False, True])] == [0.5, 0.5]
    assert reliability([], []) == []


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real Florence-2 of the built-in model's shape that has learnt nothing."""
    folder = tmp_path_factory.mktemp("untrained")
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tokenizer = architecture.build_tokenizer(["what color is the dog"] * 3, 200)
        model = architecture.build_model(len(tokenizer)).eval()
    architecture.save(str(folder), model, architecture.build_processor(tokenizer))
    BUILTIN_PROFILE.write(folder)
    return folder


def command(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["evaluate", *(str(argument) for argument in arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_judges_a_real_model(data: Path, untrained: Path) -> None:
    code, output, errors = command(data, "--model", untrained, "--limit", 12, "--max-new-tokens", 3, "--json")
    assert code == 0, errors
    figures = json.loads(output)
    wanted = {"official", "normalised", "exact", "blind", "shuffled", "ece", "questions_per_second", "by_kind"}
    assert wanted <= set(figures)
    assert figures["questions"] == 12
    assert sum(figures["questions_by_kind"].values()) == 12
    assert 0 <= figures["ece"] <= 1
    assert figures["exact"] < 60, "it has learnt nothing"


def test_the_command_prints_tables(data: Path, untrained: Path) -> None:
    code, output, errors = command(data, "--model", untrained, "--limit", 6, "--max-new-tokens", 2, "--no-by-kind")
    assert code == 0, errors
    for line in ("6 questions", "official VQA accuracy", "with grey pictures", "by the words alone", "answer type"):
        assert line in output
    assert "kind  " not in output


@pytest.mark.parametrize(
    ("what", "sentence"),
    [("folder", "There is no file or folder"), ("annotations", "is missing"), ("picture", "is missing")],
)
def test_missing_data_are_one_sentence(data: Path, untrained: Path, tmp_path: Path, what: str, sentence: str) -> None:
    given = tmp_path / "given"
    if what != "folder":
        given.mkdir()
        for path in data.iterdir():
            if not (what == "annotations" and path.name == annotation_file("val")) and path.name != picture_folder(
                "val"
            ):
                (given / path.name).symlink_to(path)
    code, _, errors = command(given, "--model", untrained)
    assert code == 1
    assert sentence in errors
    assert "Traceback" not in errors


def test_a_missing_model_is_one_sentence(data: Path, tmp_path: Path) -> None:
    code, _, errors = command(data, "--model", tmp_path / "none")
    assert code == 1
    assert "none" in errors.splitlines()[-1]
    assert "Traceback" not in errors


def own_test(folder: Path, answer: str) -> Path:
    """Prepared data with a test split whose answers are known."""
    from PIL import Image

    from training.data.prepared import Example, write_examples

    folder.mkdir()
    Image.new("RGB", (64, 48), "red").save(folder / "a.png")
    row = Example("a.png", "what color is the dog", 1, 1, answer, (answer,) * 10)
    for split in ("train", "test"):
        write_examples(folder, split, [row])
    return folder


def test_a_test_split_of_ones_own_is_judged_where_it_has_answers(data: Path, untrained: Path, tmp_path: Path) -> None:
    code, output, errors = command(
        own_test(tmp_path / "own", "red"), "--split", "test", "--model", untrained, "--max-new-tokens", 2, "--json"
    )
    assert code == 0, errors
    assert json.loads(output)["questions"] == 1


def test_long_answers_are_waited_for_or_named(untrained: Path, tmp_path: Path) -> None:
    said = " ".join(["dog"] * 40)
    arguments = (own_test(tmp_path / "own", said), "--split", "test", "--model", untrained, "--json")
    _, _, errors = command(*arguments)
    assert "The longest answers have 42 tokens, and so many are waited for." in errors
    assert "VQABOT_DEFAULT_MAX_NEW_TOKENS" in errors
    _, _, errors = command(*arguments, "--max-new-tokens", 20)
    assert "The longest answers have 42 tokens: with --max-new-tokens 20 they cannot be right." in errors
