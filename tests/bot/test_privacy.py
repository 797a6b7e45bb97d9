"""One chat never sees another's: which queries there are, who may ask them, and what lies on the disk."""

from __future__ import annotations

import ast
import asyncio
import csv
import inspect
import io
import json
import os
import re
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

import bot.handlers
from bot.exporting.archive import Contents, ExportedPicture, write_archives
from bot.exporting.rows import Exported, picture_name, row_of
from storage.backup import backup
from storage.chats import Chats
from storage.photos import Photos
from storage.questions import Questions
from storage.records import Load, NewQuestion, Question, State
from storage.sent_messages import SentMessages
from storage.store import Store

BOT = Path(bot.handlers.__file__).parents[1]
WITH_PEOPLE = [
    *sorted((BOT / "handlers").glob("*.py")),
    *(BOT / name for name in ("asking/asking.py", "asking/limits.py", "asking/pictures.py")),
]
"""The files that act on what a person sent."""
# For the machinery, which works for all chats and tells each question's own; and what gives no chat's content.
MACHINERY = {
    "Questions": {"get", "mark_running", "requeue_running", "next_queued", "answer_many", "fail", "undelivered"}
    | {"requeue", "mark_delivered", "position", "counts", "asked_at", "backlog"},
    "Photos": {"path", "remove_unowned", "sweep"},
    "Chats": {"migrate"},
    "SentMessages": {"prune"},
}
HARMLESS = {"counts", "migrate", "asked_at"}
"""What handlers may call of it: numbers, a time, and Telegram's own word that a chat has moved."""


def methods(cls: type) -> dict[str, inspect.Signature]:
    found = inspect.getmembers(cls, inspect.isfunction)
    signatures = {name: inspect.signature(function) for name, function in found if not name.startswith("_")}
    if cls is Questions:
        signatures["ask"] = inspect.signature(NewQuestion)  # all that it takes
    return signatures


@pytest.mark.parametrize("cls", [Questions, Photos, Chats, SentMessages])
def test_what_is_a_chats_is_reached_by_its_number_only(cls: type) -> None:
    for name, signature in methods(cls).items():
        assert ("chat_id" in signature.parameters) != (name in MACHINERY[cls.__name__]), f"{cls.__name__}.{name}"
        if "chat_id" in signature.parameters:
            assert signature.parameters["chat_id"].default is inspect.Parameter.empty, "a chat is never left out"


@pytest.mark.parametrize("path", WITH_PEOPLE, ids=lambda path: path.name)
def test_what_acts_for_people_asks_for_a_chats_own_only(path: Path) -> None:
    """No handler calls the machinery, and none speaks SQL."""
    forbidden = set().union(*MACHINERY.values()) - HARMLESS
    rooms = {"questions", "photos", "chats", "sent"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute | ast.Name):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id
            assert not (owner in rooms and node.attr in forbidden), f"{path.name} line {node.lineno}: {node.attr}"
            assert node.attr not in {"db", "execute", "fetch_all", "fetch_one"}, f"{path.name} line {node.lineno}"


def test_sql_stays_in_its_room() -> None:
    speaks = re.compile(r"sqlite3?\.connect|\b(SELECT|INSERT|UPDATE|DELETE) [\w*]+ ?(FROM|INTO|SET|,)")
    outside = [path for path in BOT.rglob("*.py") if speaks.search(path.read_text()) and "benchmarks" not in path.parts]
    assert outside == []


async def ask(store: Store, chat_id: int, photo: str, text: str, message_id: int = 1) -> Question:
    question, new = await store.questions.ask(
        NewQuestion(chat_id=chat_id, message_id=message_id, photo_sha256=photo, text=text, beams=1, max_new_tokens=5)
    )
    assert new
    return question


async def test_no_method_gives_another_chats_rows(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "data") as store:
        photo = await store.photos.save(1, 1, b"mine", media_type="image/png", media_group_id="album")
        mine = await ask(store, 1, photo.sha256, "secret?")
        await store.questions.set_placeholder(1, mine.id, 5)
        await store.questions.answer_many([(mine.id, "secret", 0.9, 0.1)])
        other = 2
        questions, photos = store.questions, store.photos
        assert await questions.in_chat(other, mine.id) is None and await questions.in_chat(1, mine.id) is not None
        assert await questions.of_message(other, 1) == [] and await questions.by_reply(other, 5) is None
        assert await store.history.page(other, limit=5) == [] and await store.history.count(other) == 0
        assert [q async for q in questions.export(other)] == []
        assert (await questions.load(other, other, 0)) == Load(0, 0, 0, 1)
        assert not await questions.cancel(other, mine.id) and await questions.cancel_all(other) == []
        await questions.set_placeholder(other, mine.id, 99)
        assert await photos.of_message(other, 1) is None and await photos.current(other, None, None) == []
        assert await photos.in_group(other, "album") == []
        for call in (photos.read, photos.find):
            with pytest.raises(FileNotFoundError):
                await call(other, photo.sha256)
        await store.chats.delete_everything(other)
        kept = await questions.in_chat(1, mine.id)
        assert kept is not None and kept.placeholder_id == 5 and kept.answer == "secret"
        assert await photos.read(1, photo.sha256) == b"mine"


async def test_only_the_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    """Folders 0700, files 0600, also where the umask would let everybody read, also in a backup."""
    before = os.umask(0)
    try:
        async with await Store.open(tmp_path / "data") as store:
            photo = await store.photos.save(1, 1, b"picture", media_type="image/png")
            await ask(store, 1, photo.sha256, "?")
            await asyncio.sleep(0)
            await backup(tmp_path / "data", tmp_path / "copy")
            seen = [path for root in ("data", "copy") for path in (tmp_path / root, *(tmp_path / root).rglob("*"))]
            modes = {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in seen}
            assert any(name.endswith("-wal") for name in modes) and len(modes) > 8
            assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    finally:
        os.umask(before)


# Exports --------------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 3, 10, 12, tzinfo=UTC)
NASTY = (
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    "a\x00b",
    "CON",
    "..",
    "<img src=x onerror=alert(1)>",
    "‮gpj.exe",
    "",
)


def row(text: str, picture: str | None) -> Exported:
    question = Question(
        id=1, chat_id=1, message_id=1, revision=0, thread_id=None, user_id=1, user_name=text, photo_sha256="ab" * 32,
        photo_message_id=1, text=text, beams=1, max_new_tokens=5, state=State.DELIVERED, placeholder_id=1, answer=text,
        confidence=0.5, seconds=0.1, error=None, attempts=1, delivered=True, created_at=0.0, updated_at=0.0,
    )  # fmt: skip
    return row_of(question, picture)


def test_names_in_the_zip_come_from_hashes_only(tmp_path: Path) -> None:
    """Whatever people called themselves, their chat, or their file: unpacking stays inside the folder."""
    file = tmp_path / "picture"
    Image.new("RGB", (4, 4)).save(file, "PNG")
    types = ("image/png", "../../x", "image/../../x", "", "text/html", "image/svg+xml")
    names = [picture_name(f"{number:064x}"[::-1], types[number % len(types)]) for number in range(len(NASTY))]
    pictures = [
        ExportedPicture(name, file, b"jpeg", [row(text, name) | {"id": number}])
        for number, (name, text) in enumerate(zip(names, NASTY, strict=True))
    ]
    folder = tmp_path / "out"
    folder.mkdir()
    for title in NASTY:
        paths = write_archives(Contents(title, NOW, pictures), folder, 50_000_000)
        assert [path.name for path in paths] == ["history.zip"]
        with zipfile.ZipFile(paths[0]) as archive:
            names = archive.namelist()
            assert len(names) == len(set(names))
            for name in names:
                fixed = name in ("index.html", "history.json", "history.schema.json", "history.csv")
                assert fixed or (name.startswith("pictures/") and name.count("/") == 1 and ".." not in name), name
                assert name.isascii() and name.isprintable() and "\\" not in name
            archive.extractall(tmp_path / "unpacked")
            history = json.loads(archive.read("history.json"))
            assert [q["question"] for q in history["questions"]] == list(NASTY)
    assert {path.name for path in tmp_path.iterdir()} == {"picture", "out", "unpacked"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_spreadsheet_runs_nothing(tmp_path: Path, separator: str) -> None:
    """Whatever separates cells where it is opened: no cell begins like a formula."""
    starts = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1", " =1", '"=1"')
    texts = [*starts, *(f"x{mark}{text}{mark}y" for mark in ",;\t|\n" for text in starts), "a - b", "1-2"]
    rows = [row(text, None) | {"id": number} for number, text in enumerate(texts)]
    paths = write_archives(Contents("t", NOW, [ExportedPicture(None, rows=rows)]), tmp_path, 10**8)
    with zipfile.ZipFile(paths[0]) as archive:
        table = archive.read("history.csv").decode("utf-8-sig")
    for line in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
        for cell in line:
            assert not cell.strip().strip('"').strip().startswith(("=", "+", "-", "@", "＝")), cell
    first = [line["question"] for line in csv.DictReader(io.StringIO(table, newline=""))]
    assert [text.replace("'", "") for text in first] == texts and first[-2:] == texts[-2:]
