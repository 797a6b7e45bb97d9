"""Files on disk: kept once by content, handed out under Telegram's two kinds of ids."""

from __future__ import annotations

import base64
import hashlib
import secrets
import shutil
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes that getFile hands out
ROOM = 2 * 1024 * 1024 * 1024  # bytes on disk; beyond that the oldest files go
FOLDERS = {
    "photo": ("photos", "AgACAgIAAx", "AQAD"),
    "document": ("documents", "BQACAgIAAx", "AgAD"),
    "video": ("videos", "BAACAgIAAx", "AgAD"),
    "voice": ("voice", "AwACAgIAAx", "AgAD"),
    "audio": ("music", "CQACAgIAAx", "AgAD"),
    "animation": ("animations", "CgACAgIAAx", "AgAD"),
    "sticker": ("stickers", "CAACAgIAAx", "AgAD"),
    "video_note": ("video_notes", "DQACAgIAAx", "AgAD"),
    "live_photo": ("live_photos", "BAACAgIAAx", "AgAD"),
    "thumbnail": ("thumbnails", "AAMCAgADGQ", "AQAD"),
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file that was sent."""

    file_id: str
    file_unique_id: str
    kind: str  # a key of FOLDERS
    name: str
    media_type: str
    size: int  # bytes
    path: Path  # on disk
    public_path: str  # under /file/bot<token>/


class Files:
    """All files of a sandbox, in a temporary folder that goes with it."""

    def __init__(self, room: int = ROOM) -> None:
        """Keep at most `room` bytes."""
        self._folder = Path(tempfile.mkdtemp(prefix="vqabot-sandbox-"))
        self._room = room
        self._used = 0
        self._number = 0
        self.by_id: OrderedDict[str, StoredFile] = OrderedDict()
        self.by_path: dict[str, StoredFile] = {}  # under /file/bot<token>/
        self.chats: dict[str, int] = {}  # file id -> the chat that it was last sent to

    def close(self) -> None:
        """Delete everything."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, data: bytes, kind: str, name: str, media_type: str) -> StoredFile:
        """Keep a file and give it ids and a path."""
        folder, id_prefix, unique_prefix = FOLDERS[kind]
        self._number += 1
        digest = hashlib.sha256(kind.encode() + data).digest()
        suffix = PurePosixPath(name).suffix.lower()
        suffix = suffix if suffix[1:].isalnum() and len(suffix) <= 10 else ""
        path = self._folder / f"{self._number}{suffix}"
        path.write_bytes(data)
        stored = StoredFile(
            file_id=id_prefix + secrets.token_urlsafe(40),
            file_unique_id=unique_prefix + base64.urlsafe_b64encode(digest[:9]).decode().rstrip("="),
            kind=kind,
            name=name,
            media_type=media_type,
            size=len(data),
            path=path,
            public_path=f"{folder}/file_{self._number}{suffix}",
        )
        self.by_id[stored.file_id] = stored
        self.by_path[stored.public_path] = stored
        self._used += stored.size
        self._make_room()
        return stored

    def sent_to(self, chat_id: int, content: Any) -> None:  # noqa: ANN401 - any part of a message
        """Note the chat of every file in a message."""
        for part in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
            self.sent_to(chat_id, part)
        if isinstance(content, dict) and content.get("file_id") in self.by_id:
            self.chats[content["file_id"]] = chat_id

    def _make_room(self) -> None:
        while self._used > self._room and len(self.by_id) > 1:
            _, oldest = self.by_id.popitem(last=False)
            del self.by_path[oldest.public_path]
            self.chats.pop(oldest.file_id, None)
            self._used -= oldest.size
            oldest.path.unlink(missing_ok=True)
