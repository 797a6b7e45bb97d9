"""The pages: everything in them, nothing fetched, what is missing named, what was said wrongly shown."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from vqa_helpers import find_picture

from bot.cli import main
from model.types import Answer, Request
from training.data.sources import DataSource
from training.data.splits import load_split
from training.data.vqa import DataError
from training.eda.facts import gather, picture_facts
from training.evaluation.asking import EvaluateConfig
from training.evaluation.comparison import compare, read_answers, write_answers
from training.evaluation.evaluate import evaluate
from training.evaluation.examples import confusions, right_ones, surest_mistakes
from training.evaluation.report import ReportContext, groups, write_report
from training.scenes.official import Plan, write_scenes


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "scenes"
    write_scenes(folder, Plan("reports", {"train": 8, "val": 12, "test": 2}), lambda _: None, workers=1)
    return folder


def run(*arguments: object) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def self_contained(page: Path) -> str:
    text = page.read_text()
    assert set(re.findall(r'(?:src|srcset|href)="(\w+:?)', text)) == {"data:"}
    assert "undefined" not in text.lower()
    return text


def test_the_data_report_is_one_page_about_all_splits(scenes: Path, tmp_path: Path) -> None:
    broken = tmp_path / "scenes"
    for path in sorted(scenes.rglob("*")):
        target = broken / path.relative_to(scenes)
        if path.is_dir():
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    numbers = sorted({q.image_id for q in load_split(scenes, "val").questions})
    find_picture(broken, "val", numbers[0]).unlink()
    find_picture(broken, "val", numbers[1]).write_bytes(b"no picture")
    run("data", "report", broken, tmp_path / "out", "--samples", 2)
    page = self_contained(tmp_path / "out" / "report.html")
    for text in ("train", "700 × 400", "RGBA", "it is missing", "Agreement of ten people", "Question types"):
        assert text in page
    for name in ("questions-train", "answers-val", "commonest-answers", "question-lengths", "agreement"):
        with Image.open(tmp_path / "out" / f"{name}.png") as picture:
            assert picture.width >= 500
    assert (tmp_path / "out" / "config.yaml").exists()


def test_what_is_counted(scenes: Path) -> None:
    asked = DataSource(scenes).read("train")
    facts = gather("train", asked, 1, lambda _: None)
    assert (facts.questions, facts.pictures, facts.missing, facts.broken) == (24, 8, 0, 0)
    assert facts.sizes == {(700, 400): 8}
    assert facts.answers.total() == facts.agreement.total() == 24
    assert all(1 <= each <= 10 for each in facts.agreement)
    assert facts.questions_a_picture == {3: 8}
    assert facts.words.total() == sum(length * n for length, n in facts.question_lengths.items())
    assert facts.unseen_answers(facts) == 0


def test_a_picture_is_seen_through_when_a_pixel_is(tmp_path: Path) -> None:
    Image.new("RGBA", (5, 4), (1, 2, 3, 255)).save(tmp_path / "solid.png")
    Image.new("RGBA", (5, 4), (1, 2, 3, 200)).save(tmp_path / "thin.png")
    solid, thin = picture_facts(tmp_path / "solid.png"), picture_facts(tmp_path / "thin.png")
    assert (solid.size, solid.mode, solid.translucent) == ((5, 4), "RGBA", False)
    assert thin.translucent
    assert picture_facts(tmp_path / "none.png").problem


def test_own_data_without_ten_answers_or_types_is_reported_too(tmp_path: Path) -> None:
    Image.new("L", (40, 30)).save(tmp_path / "a.png")
    (tmp_path / "train.jsonl").write_text('{"image": "a.png", "question": "<script>?", "answer": "<b>yes</b>"}\n')
    run("data", "report", tmp_path, tmp_path / "out")
    page = self_contained(tmp_path / "out" / "report.html")
    assert "<script>" not in page
    assert "<b>yes" not in page


class Wrong:
    """Says nonsense, surest about the last questions."""

    def answer(self, requests: list[Request]) -> list[Answer]:
        return [Answer(request.id, "zzz", (int(request.id) % 97) / 97, 0.0) for request in requests]


def test_the_surest_mistakes_come_first_one_a_picture(scenes: Path) -> None:
    asked = load_split(scenes, "val")
    report = evaluate(Wrong(), asked.pictures, asked.questions, EvaluateConfig())  # type: ignore[arg-type]
    assert report is not None
    mistakes = surest_mistakes(report, asked.questions, asked.pictures, most=5)
    assert len(mistakes) == 5
    sure = [mistake.confidence for mistake in mistakes]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] == max(report.confidences.values())
    assert all(mistake.picture.startswith("data:image/jpeg") and mistake.said == "zzz" for mistake in mistakes)


def test_evaluate_writes_its_page_also_for_prepared_data(scenes: Path, tmp_path: Path) -> None:
    run("data", "prepare", scenes, tmp_path / "prepared", "--task", "multiple-choice", "--size", "320x192")
    arguments = ["evaluate", tmp_path / "prepared", "--limit", 9, "--beams", 1, "--json", "--report", tmp_path / "page"]
    figures = json.loads(run(*arguments))
    wanted = {"official", "normalised", "exact", "blind", "shuffled", "ece", "questions_per_second", "selective"}
    assert wanted <= set(figures)
    assert set(figures["selective"]["coverage_at_risk"]) == {"1%", "5%", "10%", "20%"}
    here = figures["trust"]["judged data"]
    for risk in ("1%", "5%", "10%"):  # all ten people of a scene say the same: both accuracies are one
        assert here[f"coverage at {risk} risk"][0] == figures["selective"]["coverage_at_risk"][risk]["coverage"]
    assert here["aurc"][0] == figures["selective"]["area"]
    assert here["right"][1:] == [None, None] and figures["words_alone_from"] == "train"
    page = self_contained(tmp_path / "page" / "report.html")
    assert "Does it look at the picture?" in page
    assert json.loads((tmp_path / "page" / "figures.json").read_text())["official"] == figures["official"]
    assert EvaluateConfig.resolve(tmp_path / "page" / "config.yaml", {}).beams == 1
    choosing = json.loads(run(*arguments[:-2], "--task", "multiple-choice", "--config", tmp_path / "page/config.yaml"))
    assert choosing["questions"] == 9
    assert "95 % interval" in page
    assert re.search(r"judged on \d{4}-\d\d-\d\d \d\d:\d\d UTC with vqabot \d", page)
    low, high = figures["intervals"]["official"]
    assert low <= figures["official"] <= high
    told = json.loads((tmp_path / "page" / "figures.json").read_text())
    assert {"date", "version", "calibration", "remarks"} <= set(told)
    against = [*arguments[:-2], "--compare", tmp_path / "page"]
    compared = json.loads(run(*against))["compared"]
    assert (compared["official_difference"], compared["better"], compared["worse"]) == (0.0, 0, 0)
    run(*against[:-2], "--compare", tmp_path / "page", "--report", tmp_path / "second")
    assert "Against builtin" in self_contained(tmp_path / "second" / "report.html")


def test_the_hardest_comes_first_with_its_interval(scenes: Path) -> None:
    asked = load_split(scenes, "val").questions
    scores = {q.question_id: float(q.answer_type == "number") for q in asked}
    found = groups(asked, scores, {q.question_id: q.answer_type for q in asked})
    assert [group.score.value for group in found] == sorted(group.score.value for group in found)
    assert found[-1].name == "number"
    assert sum(group.score.count for group in found) == len(asked)
    assert all(group.score.low <= group.score.value <= group.score.high for group in found)
    assert found[0].score.high > 0, "none right of a few may be chance"


class Half:
    """Right about every second question, and says "blue" to the others."""

    def __init__(self, right: dict[str, str]) -> None:
        self.right = right

    def answer(self, requests: list[Request]) -> list[Answer]:
        return [Answer(each.id, self.right[each.id] if int(each.id) % 2 else "blue", 0.999, 0.0) for each in requests]


def test_right_answers_and_confusions_are_shown(scenes: Path, tmp_path: Path) -> None:
    asked = load_split(scenes, "val")
    right = {str(q.question_id): q.answer or "" for q in asked.questions}
    report = evaluate(Half(right), asked.pictures, asked.questions, EvaluateConfig())  # type: ignore[arg-type]
    assert report is not None
    shown = right_ones(report, asked.questions, asked.pictures, most=4)
    assert len(shown) == 4
    assert all(each.said == each.right for each in shown)
    assert shown == right_ones(report, asked.questions, asked.pictures, most=4), "the same each time"
    found = confusions(report, asked.questions)
    assert all(each.said == "blue" != each.right and 1 <= each.times <= each.of for each in found)
    assert [each.times for each in found] == sorted((each.times for each in found), reverse=True)
    page = write_report(
        tmp_path, report, asked.questions, asked.pictures, ReportContext("half", "val", remarks=("Mind!",))
    )
    text = self_contained(page)
    assert "99 % sure" in text
    assert "100 % sure" not in text
    assert "Mind!" in text
    assert "Some right answers" in text
    assert text.index("What is hard") < text.index("Some right answers")


def test_two_models_are_held_against_each_other(scenes: Path, tmp_path: Path) -> None:
    asked = load_split(scenes, "val")
    right = {str(q.question_id): q.answer or "" for q in asked.questions}
    half = evaluate(Half(right), asked.pictures, asked.questions, EvaluateConfig())  # type: ignore[arg-type]
    wrong = evaluate(Wrong(), asked.pictures, asked.questions, EvaluateConfig())  # type: ignore[arg-type]
    assert half is not None
    assert wrong is not None
    write_answers(tmp_path, "wrong", wrong)
    found = compare(half, asked.questions, read_answers(tmp_path))
    assert found.model == "wrong"
    assert found.overall.value == pytest.approx((half.official.overall - wrong.official.overall) / 100, abs=1e-3)
    assert found.overall.low > 0
    assert "It is better, which is not chance." in found.sentence
    assert sum(each.better for each in found.by_type.values()) == found.overall.better
    write_answers(tmp_path, "half", half)
    assert "may be chance" in compare(half, asked.questions, read_answers(tmp_path)).sentence
    (tmp_path / "answers.json").write_text("{}")
    with pytest.raises(DataError, match=r"answers\.json cannot be read"):
        read_answers(tmp_path)


def test_nothing_of_the_charts_is_cut_off_and_no_axis_goes_beyond_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The surest answers are the largest dot, in the corner; an axis of percent ends at 100."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

    from training.evaluation import report
    from training.evaluation.reliability import reliability
    from training.evaluation.risk import selective
    from training.finetune import plots
    from training.report.figures import LIGHT

    figure = Figure(figsize=(5.2, 3.9), dpi=160)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    report._reliability(reliability([1.0] * 99 + [0.5], [True] * 100), 100)(axes, LIGHT)
    figure.canvas.draw()
    [dots] = [each for each in axes.collections if isinstance(each, PathCollection)]
    (x, y), radius = axes.transData.transform((100, 100)), (max(dots.get_sizes()) / 3.1416) ** 0.5 * 160 / 72
    box = figure.bbox
    assert box.x0 <= x - radius
    assert x + radius <= box.x1
    assert y + radius <= box.y1
    assert not dots.get_clip_on()
    assert max(axes.get_xticks()) == max(axes.get_yticks()) == 100

    perfect = Figure()
    FigureCanvasAgg(perfect)
    axes = perfect.subplots()
    report._risk(selective([1.0] * 10, [1.0] * 10, list(range(10))))(axes, LIGHT)
    [curve] = [line for line in axes.lines if len(line.get_xdata()) and line.get_linewidth() == 2.5]
    assert curve.get_marker() == "o", "one point is no line"
    assert axes.get_ylim()[0] < 0, "without a mistake the curve is on the ground, and must not be hidden by the axis"

    drawn: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda self, *_, **__: drawn.append(self))
    plots.draw(
        [{"step": 0, "eval_official": 97.0, "eval_loss": 0.1}, {"step": 9, "eval_official": 99.0, "eval_loss": 0.1}],
        Path("unused.png"),
    )
    right = drawn[0].axes[1]
    assert max(right.get_yticks()) <= 100
    assert right.get_ylim()[1] <= 102
