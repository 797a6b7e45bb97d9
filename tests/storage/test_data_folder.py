"""Nothing is deleted, changed or written in a folder that is not this ledger's own."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from refusals import refuses

from bot.texts.failures import sentence
from storage.backup import backup
from storage.data_folder import DATABASE, MARK, OWNER, PHOTOS
from storage.errors import StorageError
from storage.photos import SWEEP_AGE
from storage.store import Store


async def filled(folder: Path, pictures: int = 3) -> None:
    async with await Store.open(folder) as store:
        for number in range(pictures):
            await store.photos.save(1, number, f"picture {number}".encode(), media_type="image/png")
        await store.photos.sweep(time.time() + SWEEP_AGE + 60)


def pictures_in(folder: Path) -> int:
    return len([path for path in (folder / PHOTOS).glob("??/*") if path.is_file()])


def forget_database(folder: Path) -> None:
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()


async def test_a_missing_database_beside_pictures_is_no_new_beginning(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    await filled(folder)
    database = (folder / DATABASE).read_bytes()
    forget_database(folder)
    for _ in range(2):  # the first refusal leaves nothing behind that the second would take for a beginning
        with refuses(StorageError, match=r"is missing, but pictures of an earlier one \(3\) .* Put the database back"):
            await Store.open(folder)
        assert not (folder / DATABASE).exists()
    (folder / DATABASE).touch()
    with refuses(StorageError, match="is empty, but pictures of an earlier one"):
        await Store.open(folder)
    assert pictures_in(folder) == 3
    (folder / DATABASE).write_bytes(database)
    async with await Store.open(folder) as store:
        assert await store.photos.sweep(time.time() + SWEEP_AGE + 60) == 0
        (photo,) = await store.photos.current(1, None, None)
        assert await store.photos.read(1, photo.sha256) == b"picture 2"
    assert pictures_in(folder) == 3


async def test_a_missing_database_with_a_log_is_refused_too(tmp_path: Path) -> None:
    """SQLite would throw the log away: it holds what was written last."""
    folder = tmp_path / "data"
    await filled(folder, pictures=0)
    (folder / DATABASE).unlink()
    (folder / f"{DATABASE}-wal").write_bytes(b"what was written last")
    with refuses(StorageError, match="-wal is there"):
        await Store.open(folder)
    assert (folder / f"{DATABASE}-wal").read_bytes() == b"what was written last"


async def test_another_databases_pictures_are_not_swept(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    await filled(one)
    await filled(two, pictures=1)
    forget_database(one)
    shutil.copy(two / DATABASE, one / DATABASE)
    with refuses(StorageError, match=r"pictures in .* \(3\) belong to another database"):
        await Store.open(one)
    assert pictures_in(one) == 3


async def test_an_earlier_releases_folder_is_taken_over(tmp_path: Path) -> None:
    """Without a mark and without a name in the folder of pictures, but with a database that knows them."""
    folder = tmp_path / "data"
    await filled(folder)
    (folder / MARK).unlink()
    (folder / PHOTOS / OWNER).unlink()
    folder.chmod(0o755)
    await filled(folder, pictures=4)
    assert pictures_in(folder) == 4 and (folder / MARK).exists() and (folder / PHOTOS / OWNER).exists()
    assert folder.stat().st_mode & 0o777 == 0o755, "the folder is the operator's"


async def test_a_backup_is_lived_in_also_when_its_folder_was_emptied_before(tmp_path: Path) -> None:
    await filled(tmp_path / "data")
    await backup(tmp_path / "data", tmp_path / "copy")
    async with await Store.open(tmp_path / "copy") as store:
        assert await store.photos.current(1, None, None)
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "copy").rename(tmp_path / "data")
    await filled(tmp_path / "data")
    assert pictures_in(tmp_path / "data") == 3


async def test_a_folder_of_other_things_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    (folder / "letters").mkdir(parents=True)
    (folder / "a.txt").write_text("mine")
    folder.chmod(0o777)
    with refuses(StorageError, match=r"holds other things \(a.txt, letters\).*VQABOT_DATA_DIR"):
        await Store.open(folder)
    assert folder.stat().st_mode & 0o777 == 0o777
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "letters"]


@pytest.mark.parametrize("inside", [[], ["lost+found"]])
async def test_an_empty_folder_is_taken_and_its_mode_kept(tmp_path: Path, inside: list[str]) -> None:
    folder = tmp_path / "volume"
    folder.mkdir(mode=0o755)
    for name in inside:
        (folder / name).mkdir()
    await filled(folder, pictures=1)
    assert folder.stat().st_mode & 0o777 == 0o755
    readable = [path for path in folder.iterdir() if path.name not in inside and path.stat().st_mode & 0o077]
    assert readable == [], "what lies in it is private by itself"


async def test_a_folder_or_database_that_is_not_in_its_place_is_noticed(tmp_path: Path) -> None:
    folder, away = tmp_path / "data", tmp_path / "away"
    async with await Store.open(folder) as store:
        assert store.lost() is None
        folder.rename(away)
        assert "was unmounted, moved or replaced" in sentence(store.lost())
        folder.mkdir()
        with pytest.raises(FileNotFoundError):  # nothing is written where the folder was
            await store.photos.save(1, 1, b"picture", media_type="image/png")
        assert store.lost() is not None and list(folder.iterdir()) == []
        folder.rmdir()
        away.rename(folder)
        assert store.lost() is None
        (folder / DATABASE).rename(folder / "x")
        sqlite3.connect(folder / DATABASE).close()
        assert str(folder / DATABASE) in sentence(store.lost())
        (folder / "x").rename(folder / DATABASE)
        assert store.lost() is None
