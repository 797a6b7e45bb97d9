"""The exported page in Chromium: what people wrote is shown, never run."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser

from bot.exporting.archive import Contents, ExportedPicture, render_page, write_archives
from bot.exporting.rows import COLUMNS, Exported
from bot.texts import export_page
from bot.texts.catalog import moment
from bot.texts.language import LANGUAGES, speaking

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2026, 11, 3, 10, 12, tzinfo=UTC)
MARK = "window.ran = (window.ran || 0) + 1"
ATTACKS = (
    f"<script>{MARK}</script>",
    f'<img src=x onerror="{MARK}">',
    f"'><svg onload='{MARK}'>",
    f'"><body onload="{MARK}">',
    f"</title><script>{MARK}</script>",
    f"</p></li></ol></article><iframe srcdoc='<script>parent.{MARK}</script>'>",
    f'<a href="javascript:{MARK}">click</a>',
    "{{ 7 * 7 }} {% for x in y %} <style>*{display:none}</style><meta http-equiv=refresh content='0;url=x'>",
    f"<!-- --><math><mtext><style><img src=x onerror={MARK.replace(' ', '')}>",
    "&lt;script&gt; &amp; \u2028\u2029 ]]>",
)


def rows(picture: str) -> list[Exported]:
    return [
        {
            **dict.fromkeys((*COLUMNS, "known_picture")),
            "id": number,
            "asked_at": "2026-01-01T00:00:00+00:00",
            "asked_by": attack,
            "question": attack,
            "answer": attack if number % 2 else None,
            "percent": 50,
            "state": attack if number % 3 else "delivered",
            "picture": picture if number % 2 else None,
            "pictures": [],
        }
        for number, attack in enumerate(ATTACKS)
    ]


@pytest.mark.parametrize("policy", [True, False], ids=["as it is", "without its content security policy"])
async def test_no_script_runs(browser: Browser, tmp_path: Path, policy: bool) -> None:
    """Also without the second fence, so that it is the escaping that is tested."""
    file = tmp_path / "p.png"
    file.write_bytes(Path(__file__).resolve().parents[2].joinpath("bot", "example.png").read_bytes())
    name = "pictures/0123456789abcdef.png"
    asked = rows(name)
    pictures = [
        ExportedPicture(name, file, None, [row for row in asked if row["picture"]]),
        *(ExportedPicture(None, rows=[row]) for row in asked if not row["picture"]),
        ExportedPicture(name.replace("0", "1"), file),
    ]
    contents = Contents(" ".join(ATTACKS), NOW, pictures)
    (archive,) = write_archives(contents, tmp_path, 10**8)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "out")
        history = json.loads(opened.read("history.json"))
    assert [question["question"] for question in history["questions"]] == list(ATTACKS)
    page_file = tmp_path / "out" / "index.html"
    if not policy:
        text = page_file.read_text()
        cut = text.index('<meta http-equiv="Content-Security-Policy"')
        page_file.write_text(text[:cut] + text[text.index(">", cut) + 1 :])
    page = await browser.new_page()
    try:
        dialogs: list[str] = []
        asked: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(page_file.as_uri())
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("window.ran") is None and dialogs == []
        assert await page.locator("script, iframe, svg, math, object, embed, body [onload], [onerror]").count() == 0
        assert await page.locator("a:not([href^='pictures/'])").count() == 0
        shown = await page.locator(".question").all_inner_texts()
        assert sorted(" ".join(text.split()) for text in shown) == sorted(" ".join(text.split()) for text in ATTACKS)
        assert await page.locator("img").evaluate_all("all => all.every(one => one.naturalWidth > 0)")
        assert {url.split(":")[0] for url in asked} == {"file"} and page.url == page_file.as_uri()
    finally:
        await page.close()


async def test_it_speaks_the_chats_language_in_its_direction_and_zone(browser: Browser, tmp_path: Path) -> None:
    said = {"question": "What colour is it?", "says": "Red", "sureness": "", "known_picture": True, "answer": "red"}
    asked = rows("")[1] | said | {"asked_by": "Kim"}
    failed = asked | {"answer": None, "state": "failed", "error": None}
    contents = Contents("Kim", NOW, [ExportedPicture(None, rows=[asked, failed])], zone=ZoneInfo("Asia/Tehran"))
    for language in LANGUAGES:
        with speaking(language):
            (tmp_path / f"{language}.html").write_text(render_page(contents, contents.pictures), encoding="utf-8")
    page = await browser.new_page(viewport={"width": 360, "height": 700})
    try:
        for language in LANGUAGES:
            await page.goto((tmp_path / f"{language}.html").as_uri())
            persian = language == "fa"
            root = page.locator("html")
            assert await root.get_attribute("lang") == language
            assert await root.evaluate("one => getComputedStyle(one).direction") == ("rtl" if persian else "ltr")
            assert await page.locator(".question").first.evaluate("one => getComputedStyle(one).direction") == "ltr"
            with speaking(language):
                assert await page.title() == export_page.title("Kim")
                assert await page.locator(".none").inner_text() == export_page.without_answer("failed", None)
                assert await page.locator(".gone").inner_text() == export_page.NOT_KEPT
                assert moment(NOW.timestamp(), contents.zone) in await page.locator(".facts").inner_text()
            shown = await page.locator(".meta").first.inner_text()
            assert ("۰۳:۳۰" if persian else "03:30") in shown or "3:30" in shown, "midnight in UTC"
            assert await root.evaluate("one => one.scrollWidth <= innerWidth"), "nothing is cut off on a phone"
    finally:
        await page.close()
