"""Writes the ZIP files, on disk, each below a size and each complete in itself."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from bot.exporting.rows import COLUMNS, Row
from bot.texts import counted

TEXT_RESERVE = 4 * 2**20
"""Bytes kept free in each ZIP for the texts; they are checked again at the end."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question with the file of its picture."""

    row: Row
    file: Path | None
    preview: bytes | None = None
    """A small JPEG for the page where browsers cannot show the picture itself."""


def write_archives(items: Sequence[Item], folder: Path, title: str, exported_at: str, limit: int) -> list[Path]:
    """Write the export.

    Args:
        items: The questions, oldest first.
        folder: An empty folder for the files.
        title: The chat's name, as the page shows it.
        exported_at: The time, as the page shows it.
        limit: The most bytes that one ZIP may have.

    Returns:
        The ZIP files in order: one where everything fits, else several that each open alone. A picture that is larger
        than the limit by itself is left out of the files, not of the questions.
    """
    portions = _portions(items, limit)
    paths = []
    for number, portion in enumerate(portions, 1):
        name = "history.zip" if len(portions) == 1 else f"history-{number}-of-{len(portions)}.zip"
        path = folder / name
        _write(path, portion, title, exported_at, number, len(portions))
        paths.append(path)
    return paths


def _portions(items: Sequence[Item], limit: int) -> list[list[Item]]:
    """Cut into runs whose pictures (each counted once a run) and texts fit."""
    portions: list[list[Item]] = [[]]
    size, seen = TEXT_RESERVE, set[str]()
    for item in items:
        cost = 2000 + len(item.row.question) * 8
        picture = item.row.picture
        if picture and item.file is not None and picture not in seen:
            cost += item.file.stat().st_size + len(item.preview or b"") + 500
        if portions[-1] and size + cost > limit:
            portions.append([])
            size, seen = TEXT_RESERVE, set()
            cost = 2000 + (item.file.stat().st_size if item.file else 0)
        portions[-1].append(item)
        size += cost
        if picture:
            seen.add(picture)
    return portions


def _write(path: Path, items: Sequence[Item], title: str, exported_at: str, part: int, parts: int) -> None:
    rows = [item.row for item in items]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", render_page(items, title, exported_at, part, parts))
        history = {"chat": title, "exported_at": exported_at, "part": part, "parts": parts}
        listed = [row.as_dict() for row in rows]
        archive.writestr("history.json", json.dumps({**history, "questions": listed}, ensure_ascii=False, indent=2))
        archive.writestr("history.csv", _csv(rows))
        written: set[str] = set()
        for item in items:
            name = item.row.picture
            if name is None or item.file is None or name in written:
                continue
            written.add(name)
            archive.write(item.file, name, zipfile.ZIP_STORED)  # pictures are compressed already
            if item.preview is not None:
                archive.writestr(_preview_name(name), item.preview, zipfile.ZIP_STORED)


def render_page(items: Sequence[Item], title: str, exported_at: str, part: int = 1, parts: int = 1) -> str:
    """The page: one card a picture, newest picture first, its questions in order. All that people wrote is escaped."""
    groups: dict[str, dict[str, object]] = {}
    for item in items:
        key = item.row.picture or f"gone-{item.row.id}"
        shown = _preview_name(item.row.picture) if item.row.picture and item.preview else item.row.picture
        group = groups.setdefault(key, {"picture": item.row.picture, "shown": shown, "rows": []})
        rows = group["rows"]
        assert isinstance(rows, list)
        rows.append(item.row)
    environment = Environment(
        loader=PackageLoader("bot.exporting", "."), autoescape=select_autoescape(default=True, default_for_string=True)
    )
    return environment.get_template("page.html.jinja").render(
        counted=counted,
        title=title,
        exported_at=exported_at,
        rows=[item.row for item in items],
        groups=list(reversed(groups.values())),
        part=part,
        parts=parts,
    )


def _preview_name(picture: str) -> str:
    return picture.rsplit(".", 1)[0] + "-preview.jpg"


def _csv(rows: Sequence[Row]) -> bytes:
    """UTF-8 with the mark that spreadsheets need to see that it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows(row.as_cells() for row in rows)
    return text.getvalue().encode("utf-8-sig")
