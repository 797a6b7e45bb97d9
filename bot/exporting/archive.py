"""Writes the ZIP files, on disk, each below a size and each complete in itself."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from importlib.resources import files
from pathlib import Path

from bot.exporting.rows import COLUMNS, Exported, cells_of
from bot.texts import export_page
from bot.texts.catalog import direction, moment, number
from bot.texts.language import language

SCHEMA_VERSION = 2
"""Of history.json, as `history.schema.json` says it. A release that renames or removes anything counts it up."""
SCHEMA = "history.schema.json"
TEXT_RESERVE = 4 * 2**20
"""Bytes kept free in each ZIP for the texts; they are checked again at the end."""


@dataclass(frozen=True, slots=True)
class ExportedPicture:
    """A picture of the chat with all that is about it."""

    name: str | None
    """Path inside the ZIP; None when the picture is gone."""
    file: Path | None = None
    preview: bytes | None = None
    """A small JPEG for the page where browsers cannot show the picture itself."""
    rows: Sequence[Exported] = ()
    """What was asked about it, oldest first."""
    shown: Sequence[Exported] = ()
    """The messages that showed it."""
    heat_maps: Mapping[str, Path] = field(default_factory=dict)
    """Pictures that show where answers came from, by their paths inside the ZIP."""

    @property
    def preview_name(self) -> str | None:
        """Path of the preview inside the ZIP."""
        return None if self.name is None or self.preview is None else self.name.rsplit(".", 1)[0] + "-preview.jpg"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that is kept of a chat."""

    title: str
    exported_at: datetime
    """With its zone."""
    pictures: Sequence[ExportedPicture]
    """Oldest first."""
    facts: dict[str, object] = field(default_factory=dict)
    """What history.json says of the chat itself: its number, settings and people, for each file of the export."""
    remainder: dict[str, object] = field(default_factory=dict)
    """What is kept beside, for the first file of the export."""
    zone: tzinfo = UTC
    """In which the page shows times."""


def write_archives(contents: Contents, folder: Path, limit: int) -> list[Path]:
    """Write the export.

    Args:
        contents: What is exported.
        folder: An empty folder for the files.
        limit: The most bytes that one ZIP may have.

    Returns:
        The ZIP files in order: one where everything fits, else several that each open alone. A picture that is larger
        than the limit by itself is left out of the files, not of the questions.
    """
    portions = _portions(contents.pictures, limit)
    paths = []
    for part, portion in enumerate(portions, 1):
        name = "history.zip" if len(portions) == 1 else f"history-{part}-of-{len(portions)}.zip"
        path = folder / name
        _write(path, contents, portion, part, len(portions))
        paths.append(path)
    return paths


def _portions(pictures: Sequence[ExportedPicture], limit: int) -> list[list[ExportedPicture]]:
    """Cut into runs whose pictures and texts fit."""
    portions: list[list[ExportedPicture]] = [[]]
    size = TEXT_RESERVE
    for picture in pictures:
        weight = picture.file.stat().st_size if picture.file else 0
        if TEXT_RESERVE + weight > limit:
            picture, weight = replace(picture, file=None), 0
        weight += len(picture.preview or b"") + 1000 * len(picture.shown)
        weight += sum(path.stat().st_size for path in picture.heat_maps.values())
        weight += sum(2000 + 8 * (len(row["question"]) + len(row["answer"] or "")) for row in picture.rows)
        if portions[-1] and size + weight > limit:
            portions.append([])
            size = TEXT_RESERVE
        portions[-1].append(picture)
        size += weight
    return portions


def _write(path: Path, contents: Contents, pictures: Sequence[ExportedPicture], part: int, parts: int) -> None:
    rows = sorted((row for picture in pictures for row in picture.rows), key=lambda row: row["id"])
    history: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "chat": contents.title,
        "exported_at": contents.exported_at.isoformat(timespec="seconds"),
        "part": part,
        "parts": parts,
        **contents.facts,
        "questions": rows,
        "pictures": [shown for picture in pictures for shown in picture.shown],
        **(contents.remainder if part == 1 else {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", render_page(contents, pictures, part, parts))
        archive.writestr("history.json", json.dumps(history, ensure_ascii=False, indent=2))
        archive.writestr(SCHEMA, (files("bot.exporting") / SCHEMA).read_bytes())
        archive.writestr("history.csv", _csv(rows))
        for name, drawn in (item for picture in pictures for item in picture.heat_maps.items()):
            archive.write(drawn, name, zipfile.ZIP_STORED)
        for picture in pictures:
            if picture.name is None or picture.file is None:
                continue
            archive.write(picture.file, picture.name, zipfile.ZIP_STORED)  # pictures are compressed already
            if picture.preview is not None and picture.preview_name is not None:
                archive.writestr(picture.preview_name, picture.preview, zipfile.ZIP_STORED)


def render_page(contents: Contents, pictures: Sequence[ExportedPicture], part: int = 1, parts: int = 1) -> str:
    """The page, in the language that is spoken: one card a picture, newest picture first, its questions in order.

    A picture that was asked about together with others only stands with those. All that people wrote is escaped.
    """
    from jinja2 import Environment, PackageLoader, select_autoescape  # only when somebody exports

    environment = Environment(
        loader=PackageLoader("bot.exporting", "."), autoescape=select_autoescape(default=True, default_for_string=True)
    )
    return environment.get_template("page.html.jinja").render(
        texts=export_page,
        number=number,
        when=lambda time: moment(datetime.fromisoformat(time).timestamp(), contents.zone),
        language=language(),
        direction=direction(),
        title=contents.title,
        exported_at=contents.exported_at.isoformat(),
        questions=sum(len(picture.rows) for picture in pictures),
        pictures=list(reversed(pictures)),
        files={picture.name: picture.preview_name or picture.name for picture in pictures if picture.file is not None},
        together={one["picture"] for picture in pictures for row in picture.rows for one in row["pictures"]},
        part=part,
        parts=parts,
    )


def _csv(rows: Sequence[Exported]) -> bytes:
    """UTF-8 with the mark that spreadsheets need to see that it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows(map(cells_of, rows))
    return text.getvalue().encode("utf-8-sig")
