from __future__ import annotations

import time
from pathlib import Path

from storage_helpers import Ask

from storage import picture_checks
from storage.picture_checks import PictureCheck
from storage.store import Store
from storage.thumbnails import Thumbnails

GOOD = PictureCheck(None, "image/png")
BAD = PictureCheck("This picture takes too long to read.")


async def test_what_was_found_is_remembered_over_a_restart(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        assert await store.picture_checks.get("aa") is None
        await store.picture_checks.put("aa", GOOD)
        await store.picture_checks.put("bb", BAD)
    async with await Store.open(tmp_path) as store:
        assert await store.picture_checks.get("aa") == GOOD
        assert await store.picture_checks.get("bb") == BAD


async def test_a_refusal_may_be_tried_again_after_a_day_and_never_outweighs_a_success(store: Store) -> None:
    await store.picture_checks.put("aa", BAD)
    later = time.time() + picture_checks.REFUSALS_KEPT + 1
    assert await store.picture_checks.get("aa", later) is None
    await store.picture_checks.put("aa", GOOD)
    await store.picture_checks.put("aa", BAD)
    assert await store.picture_checks.get("aa", later) == GOOD


async def test_refusals_are_bounded(store: Store, monkeypatch) -> None:
    monkeypatch.setattr(picture_checks, "MOST_REFUSALS", 3)
    await store.picture_checks.put("good", GOOD)
    for number in range(5):
        await store.picture_checks.put(str(number), BAD)
    await store.picture_checks.prune()
    assert [await store.picture_checks.get(name) for name in ("0", "1", "2", "3", "4", "good")] == [
        None,
        None,
        BAD,
        BAD,
        BAD,
        GOOD,
    ]
    await store.picture_checks.prune(time.time() + picture_checks.REFUSALS_KEPT + 1)
    assert [row[0] for row in await store.db.fetch_all("SELECT sha256 FROM picture_checks")] == ["good"]


async def test_what_is_kept_of_a_picture_goes_with_it(store: Store, ask: Ask) -> None:
    photo = await store.photos.save(1, 1, b"bytes", media_type="image/png")
    await store.photos.save(2, 1, b"bytes", media_type="image/png")
    await store.picture_checks.put(photo.sha256, GOOD)
    await store.thumbnails.write(photo.sha256, 320, b"small")
    await store.chats.delete_everything(1)
    assert await store.thumbnails.read(photo.sha256, 320) == b"small"  # another chat shows it
    await store.chats.delete_everything(2)
    assert await store.thumbnails.read(photo.sha256, 320) is None
    assert await store.picture_checks.get(photo.sha256) is None


async def test_small_copies_without_their_picture_are_swept(store: Store) -> None:
    photo = await store.photos.save(1, 1, b"bytes", media_type="image/png")
    await store.thumbnails.write(photo.sha256, 320, b"small")
    await store.thumbnails.write("ab" * 32, 320, b"left over")
    half = store.data_dir / "thumbnails" / "ab" / "xyz.partial"
    half.write_bytes(b"half")
    await store.photos.sweep()
    assert await store.thumbnails.read(photo.sha256, 320) == b"small"
    assert await store.thumbnails.read("ab" * 32, 320) is None and not half.exists()


async def test_small_copies_are_bounded_and_the_least_wanted_goes_first(tmp_path: Path) -> None:
    thumbnails = Thumbnails(tmp_path, most_bytes=1_000)
    for number in range(10):
        await thumbnails.write(f"{number:064}", 320, bytes(100))
    assert await thumbnails.read(f"{0:064}", 320) is not None  # wanted just now
    await thumbnails.write("a" * 64, 320, bytes(100))
    left = sorted(path.name for path in tmp_path.rglob("*.jpg"))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.jpg")) <= 800
    assert f"{0:064}-320.jpg" in left and f"{'a' * 64}-320.jpg" in left and f"{1:064}-320.jpg" not in left


async def test_a_full_disk_costs_only_the_copy(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    thumbnails = Thumbnails(tmp_path / "file")
    await thumbnails.write("a" * 64, 320, b"small")
    assert await thumbnails.read("a" * 64, 320) is None
