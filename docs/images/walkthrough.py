"""Takes the pictures of docs/training.md from the page of a walk-through, in Chromium.

python docs/images/walkthrough.py runs/walkthrough/walkthrough.html
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
PARTS = ("data", "curves", "answers")
"""Ids of what is shown, and the ends of the pictures' names."""


def take(page_file: Path) -> None:
    """Write `walkthrough-PART.webp` for each part."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 800}, device_scale_factor=1.25, color_scheme="light")
        page.goto(page_file.resolve().as_uri())
        for part in PARTS:
            shot = Image.open(io.BytesIO(page.locator(f"#{part}").screenshot()))
            shot.save(FOLDER / f"walkthrough-{part}.webp", quality=72, method=6)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
