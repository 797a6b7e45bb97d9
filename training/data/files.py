"""The files of a data set, wherever they lie: in folders, in ZIPs, packed by gzip, or in a record as base64."""

from __future__ import annotations

import codecs
import errno
import functools
import gzip
import json
import posixpath
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from training.errors import DataError

_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError)
"""What `zipfile` raises for what is damaged, encrypted or packed in a way that it does not know."""


class PictureFile(Protocol):
    """Where a picture's bytes are; a `Path` is one too."""

    def read_bytes(self) -> bytes:
        """The picture's file.

        Raises:
            OSError: It cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A file on the disk, or a member of a ZIP."""

    path: Path
    member: str = ""
    """Its name inside the ZIP at `path`."""

    def __str__(self) -> str:
        return f"{self.path}: {self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        """The last part of its name."""
        return posixpath.basename(self.member) if self.member else self.path.name

    def read_bytes(self) -> bytes:
        """All of it.

        Raises:
            OSError: It is not there, or damaged.
        """
        if not self.member:
            return self.path.read_bytes()
        try:
            return _archive(self.path).read(self.member)
        except _BAD_ZIP as error:
            raise OSError(errno.EIO, "it is damaged or encrypted inside its ZIP") from error

    def beside(self, name: str) -> File | None:
        """The file of this name, seen from the folder that this one lies in; None when there is none."""
        if not self.member:
            found = self.path.parent / name
            return File(found) if is_file(found) else None
        member = posixpath.normpath(posixpath.join(posixpath.dirname(self.member), name))
        return File(self.path, member) if member in _archive(self.path).NameToInfo else None


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture that stood in its record."""

    data: bytes

    def read_bytes(self) -> bytes:
        """The picture's file."""
        return self.data


class Tree:
    """A folder or a ZIP. ZIPs that lie in a folder are looked into as if they were unpacked there."""

    def __init__(self, root: Path) -> None:
        """Look at a folder or a ZIP.

        Raises:
            DataError: There is neither, or a ZIP cannot be read.
        """
        self.root = root
        if root.is_dir():
            archives = sorted(each for each in root.iterdir() if each.suffix.lower() == ".zip" and each.is_file())
        elif is_zip(root):
            archives = [root]
        else:
            raise DataError(f"There is no folder {root}.")
        self._members: dict[str, list[File]] = defaultdict(list)
        for archive in archives:
            for member in _names(archive):
                self._members[posixpath.basename(member)].append(File(archive, member))

    def find(self, *names: str, packed: bool = False) -> File | None:
        """The first of these files (`folder/name`) that is there; with `packed` also as name.gz."""
        wanted = [each for name in names for each in (name, f"{name}.gz")] if packed else names
        if self.root.is_dir():
            for name in wanted:
                if is_file(self.root / name):
                    return File(self.root / name)
        for name in wanted if self._members else ():
            for file in self._members.get(posixpath.basename(name), ()):
                if file.member == name or file.member.endswith(f"/{name}"):
                    return file
        return None


def is_file(path: Path) -> bool:
    """Whether a file is there; names that no file can have are none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_zip(path: Path) -> bool:
    """Whether this is a ZIP file by its name."""
    return path.suffix.lower() == ".zip" and is_file(path)


def read_text(file: File | Path) -> str:
    """The text of a file, unpacked where it is packed by gzip.

    Raises:
        DataError: It is missing, damaged, or no text in UTF-8.
    """
    try:
        data = file.read_bytes()
        if file.name.endswith(".gz"):
            data = gzip.decompress(data)
    except FileNotFoundError:
        raise DataError(f"The file {file} is missing.") from None
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise DataError(f"The file {file} is damaged: gzip cannot unpack it.") from error
    except OSError as error:
        raise DataError(f"The file {file} cannot be read: {error.strerror or error}.") from error
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # as Windows' shell writes it
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"The file {file} is no text in UTF-8: byte {error.start} does not fit.") from error


def read_json(file: File | Path) -> Any:  # noqa: ANN401 - JSON
    """What a JSON file holds.

    Raises:
        DataError: It is missing, damaged, or no JSON.
    """
    return parse_json(read_text(file), f"The file {file}")


def parse_json(text: str, where: str) -> Any:  # noqa: ANN401 - JSON
    """What a JSON text holds.

    Raises:
        DataError: It is no JSON; the text begins with `where`.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"character {error.pos + 1}"
        raise DataError(f"{where} is no JSON: it cannot be read from {place} on.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or lists without end
        raise DataError(f"{where} is no JSON that can be read.") from error


def _names(archive: Path) -> list[str]:
    try:
        names = _archive(archive).namelist()
    except (*_BAD_ZIP, OSError) as error:
        raise DataError(f"{archive} is no ZIP file that can be read.") from error
    return [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]


def _archive(path: Path) -> zipfile.ZipFile:
    found = path.stat()
    return _opened(path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(8)
def _opened(path: Path, _time: int, _size: int) -> zipfile.ZipFile:
    """The ZIP with its list of members read, once in each process; it is another one when the file has changed."""
    return zipfile.ZipFile(path)
