"""Files and folders come whole or not at all."""

from pathlib import Path

import pytest

from model.atomic import replacing, write_text


def test_a_file_is_replaced_when_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    write_text(file, "old")
    with replacing(file) as partial:
        partial.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_after_an_error_what_was_there_stays_and_nothing_else(tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("old")
    folder.mkdir()
    (folder / "weights").write_text("old")
    for target in (file, folder):
        with pytest.raises(ZeroDivisionError), replacing(target) as partial:
            if target is folder:
                partial.mkdir()
                partial = partial / "weights"
            partial.write_text(str(1 / 0))
    assert file.read_text() == (folder / "weights").read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [file, folder]


def test_a_folder_takes_the_place_of_another_and_of_a_killed_process_s_half(tmp_path: Path) -> None:
    folder, half = tmp_path / "model", tmp_path / "model.partial"
    for place in (folder, half):
        place.mkdir()
        (place / "stale").touch()
    with replacing(folder) as partial:
        partial.mkdir()
        (partial / "weights").touch()
    assert [file.name for file in folder.iterdir()] == ["weights"]
    assert not half.exists()


def test_two_that_write_the_same_file_do_not_meet(tmp_path: Path) -> None:
    with replacing(tmp_path / "key") as shared, replacing(tmp_path / "key", unique=True) as own:
        assert shared != own
        shared.write_text("one")
        own.write_text("two")
    assert (tmp_path / "key").read_text() == "one", "whichever ends last"
