"""The page that judges a model, in Chromium: no table hides a column, at any width."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from model.confidence.calibration import Calibration
from training.data.splits import load_split
from training.evaluation.evaluate import evaluate
from training.evaluation.report import ReportContext, write_report
from training.scenes.official import Plan, write_scenes

pytestmark = pytest.mark.asyncio(loop_scope="session")


class SaysYes:
    """Answers that need no model."""

    def answer(self, requests):
        from model.types import Answer

        return [Answer(each.id, "yes", 0.9, 0.01) for each in requests]


@pytest.fixture(scope="module")
def report_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("report")
    write_scenes(tmp_path / "scenes", Plan("page", {"train": 0, "val": 12, "test": 0}), lambda _: None, workers=1)
    asked = load_split(tmp_path / "scenes", "val")
    report = evaluate(SaysYes(), asked.pictures, asked.questions)
    assert report is not None
    return write_report(
        tmp_path / "report", report, asked.questions, asked.pictures, ReportContext("builtin", "val", Calibration())
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_table_hides_a_column(browser: Browser, report_page: Path, scheme: str) -> None:
    for width in (390, 560, 768, 900, 1000, 1200):
        page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        await page.goto(report_page.resolve().as_uri())
        hidden = "cards => cards.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 60))"
        assert await page.eval_on_selector_all(".card", hidden) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.close()
