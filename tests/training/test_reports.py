"""The pages: everything in them, nothing fetched, what is missing named, what was said wrongly shown."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bot.cli import main
from model.types import Answer, Request
from training.eda.facts import gather, look
from training.evaluate import EvaluateConfig, evaluate
from training.report.evaluation import surest_mistakes
from training.scenes.official import Plan, write_scenes
from training.sources import read_split
from training.splits import load_split
from training.vqa import find_picture


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
    asked = read_split(scenes, "train")
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
    solid, thin = look(tmp_path / "solid.png"), look(tmp_path / "thin.png")
    assert (solid.size, solid.mode, solid.translucent) == ((5, 4), "RGBA", False)
    assert thin.translucent
    assert look(tmp_path / "none.png").problem


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
    page = self_contained(tmp_path / "page" / "report.html")
    assert "Does it look at the picture?" in page
    assert json.loads((tmp_path / "page" / "figures.json").read_text())["official"] == figures["official"]
    assert EvaluateConfig.resolve(tmp_path / "page" / "config.yaml", {}).beams == 1
    choosing = json.loads(run(*arguments[:-2], "--task", "multiple-choice", "--config", tmp_path / "page/config.yaml"))
    assert choosing["questions"] == 9
