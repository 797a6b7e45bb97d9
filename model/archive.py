"""A model in a ZIP file: unpacked once, by content, and only what a model consists of."""

from __future__ import annotations

import hashlib
import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from model.errors import ModelError

MAX_UNPACKED = 16 * 2**30
"""Most bytes that a ZIP may unpack to."""
MAX_RATIO = 50
"""Most times its own size that a ZIP above `SMALL` bytes may unpack to: weights hardly shrink, bombs do."""
SMALL = 100 * 2**20
_KEPT = {".json", ".safetensors", ".txt", ".model", ".bin"}


def unpack(archive: Path, cache: Path) -> Path:
    """Unpack a model's ZIP into `cache`/<hash> and return the folder that holds its `config.json`.

    Args:
        archive: The ZIP file; the model may lie in a folder inside.
        cache: Where unpacked models are kept; created when missing.

    Raises:
        ModelError: Not a ZIP, unsafe, damaged, too big, or without a model.
    """
    try:
        with archive.open("rb") as file:
            target = cache / hashlib.file_digest(file, "sha256").hexdigest()[:32]
        with zipfile.ZipFile(archive) as source:
            root, members = _members(archive, source)
            if not target.is_dir():
                _extract(archive, source, members, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError("zip_unreadable", archive=archive) from error
    except OSError as error:
        raise ModelError("zip_not_unpacked", archive=archive, reason=error.strerror or error) from error
    return target / root


def _members(archive: Path, source: zipfile.ZipFile) -> tuple[PurePosixPath, list[zipfile.ZipInfo]]:
    """The folder of the outermost `config.json`, and the files to unpack, all checked."""
    infos = [info for info in source.infolist() if not info.is_dir()]
    for info in infos:
        path = PurePosixPath(info.filename)
        unsafe = path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename
        if unsafe or stat.S_ISLNK(info.external_attr >> 16):
            raise ModelError("zip_unsafe", archive=archive, member=info.filename)
    total = sum(info.file_size for info in infos)
    packed = max(1, archive.stat().st_size)
    if total > MAX_UNPACKED or (total > SMALL and total > MAX_RATIO * packed):
        raise ModelError("zip_bomb", archive=archive, gigabytes=total / 2**30)
    configs = [PurePosixPath(i.filename) for i in infos if PurePosixPath(i.filename).name == "config.json"]
    if not configs:
        raise ModelError("model_without_config", what=archive, hint="")
    root = min(configs, key=lambda path: len(path.parts)).parent
    kept = [i for i in infos if PurePosixPath(i.filename).parent == root and Path(i.filename).suffix in _KEPT]
    if not any(Path(i.filename).suffix in {".safetensors", ".bin"} for i in kept):
        raise ModelError("model_without_weights", what=archive)
    return root, kept


def _extract(archive: Path, source: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path) -> None:
    """Write beside the target first: a half unpacked model is never found under its name.

    The first one's stays, which others may read by now; `model.atomic.replacing` would put the last one's in its place.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=target.parent, prefix="unpacking-"))
    try:
        for info in members:
            file = partial / info.filename
            file.parent.mkdir(parents=True, exist_ok=True)
            with source.open(info) as packed, file.open("wb") as plain:
                # zipfile stops at the declared size and checks the checksum, so nothing grows beyond what was checked.
                shutil.copyfileobj(packed, plain, 2**20)
        try:
            partial.rename(target)
        except OSError:
            if not target.is_dir():  # else somebody else was faster, with the same content
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
