"""Prepared pictures: each written once at the model's size, named by what it shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot.texts.failures import sentence
from model.atomic import replacing
from model.errors import PictureError
from model.images import open_picture
from model.processor import Resize
from training.data.files import PictureFile
from training.data.vqa import SPLITS

FOLDER = "images"
_NAME = re.compile(r"[0-9a-f]{40}\.png(\.\d+\.partial)?")
_EARLIER = re.compile(r"\d{12}\.(png|partial)")
"""What earlier versions wrote, named by the picture's number."""


@dataclass(frozen=True, slots=True)
class PictureJob:
    """A picture to prepare."""

    picture: PictureFile
    out: Path
    resize: Resize | None
    """None to keep the picture's own size."""


def is_prepared(file: Path) -> bool:
    """Whether a file bears the name of a prepared picture, or of one that is being written."""
    return _NAME.fullmatch(file.name) is not None


def content_key(picture: PictureFile) -> str:
    """What names a picture by its bytes. A prepared one bears that of its source, and is not read for it.

    Raises:
        OSError: It cannot be read.
    """
    if isinstance(picture, Path) and is_prepared(picture):
        return picture.stem
    return _key(picture.read_bytes())


def _key(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class PictureResult:
    """What became of it."""

    name: str = ""
    """The prepared file, relative to the folder of the data; the same for pictures of the same bytes."""
    problem: str = ""
    """Why the picture cannot be used."""


def prepare_picture(job: PictureJob) -> PictureResult:
    """Write one picture, unless one of the same bytes is there at this size.

    The pixels are those that the model sees when the picture is asked about in the chat: decoded, laid on white and
    turned upright by `model.images`, resized by the model's own `Resize`.

    Raises:
        OSError: The prepared picture cannot be written.
    """
    try:
        data = job.picture.read_bytes()
    except OSError as error:
        return PictureResult(problem=f"It cannot be read: {error.strerror or error}.")
    name = f"{folder_of(job.resize)}/{_key(data)}.png"
    target = job.out / name
    if target.is_file() and target.stat().st_size:
        return PictureResult(name)
    try:
        picture = open_picture(data)
    except PictureError as error:
        return PictureResult(problem=sentence(error))
    if job.resize is not None:
        picture = job.resize.apply(picture)
    with replacing(target, unique=True) as partial:
        picture.save(partial, "PNG", compress_level=1)
    return PictureResult(name)


def folder_of(resize: Resize | None) -> str:
    """Where pictures of a size lie, inside the prepared data."""
    if resize is None:
        return f"{FOLDER}/original"
    whole = "-in-proportion" if resize.keep_proportions else ""
    return f"{FOLDER}/{resize}-{resize.resample.name.lower()}{whole}"


def sweep(data: Path, kept: Collection[str], *, earlier: bool) -> int:
    """Remove prepared pictures that no question is about any more; whatever else lies there stays.

    Args:
        data: The prepared folder.
        kept: The files that are needed, relative to it.
        earlier: Also remove what earlier versions wrote; where the folder is known to be a prepared one.

    Returns:
        How many were removed.
    """
    wanted = {data / name for name in kept}
    old = [path for path in (data / FOLDER).glob("*/*.*") if is_prepared(path)]
    if earlier:
        old += [p for p in (data / FOLDER).glob("*/*/*.*") if p.parent.name in SPLITS and _EARLIER.fullmatch(p.name)]
    removed = [path for path in old if path not in wanted]
    for path in removed:
        path.unlink(missing_ok=True)
    for folder in sorted({each for path in removed for each in (path.parent, path.parent.parent)}, reverse=True):
        if folder != data / FOLDER and not any(folder.iterdir()):
            folder.rmdir()
    return sum(path.suffix == ".png" for path in removed)
