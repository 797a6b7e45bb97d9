"""Files of the data folder come whole or not at all, and for their owner alone."""

import stat
from pathlib import Path

import pytest

from storage.atomic import write_whole


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_whole_and_ours_alone(tmp_path: Path, durable: bool) -> None:
    file = tmp_path / "file"
    write_whole(file, b"old", durable=durable)
    write_whole(file, b"new", durable=durable)
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(OSError):  # a file cannot take a folder's place
        write_whole(folder, b"new")
    assert list(tmp_path.iterdir()) == [folder]
