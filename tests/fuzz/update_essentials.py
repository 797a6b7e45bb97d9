"""What people send every day, and what they get back: among all that is drawn, each of these is sent for certain."""

from __future__ import annotations

from typing import Any

from update_strategies import BOT, USER, Drawn

SENDER = {"id": USER, "is_bot": False, "first_name": "Somebody"}
PRIVATE = {"id": USER, "type": "private", "first_name": "Somebody"}
_FILE = {"file_id": "{text}", "file_unique_id": "u", "file_size": 11}
_SIZE = {"width": 48, "height": 32}
_LASTING = {**_FILE, "duration": 1}


def essentials() -> list[Drawn]:
    """Each is owed a word: plain attachments, pictures that are whole, broken or gone, commands, and buttons."""
    contents: list[dict[str, Any]] = [
        {"text": "What colour is the ball?"},
        {"text": "x" * 1000},
        {"sticker": {**_FILE, **_SIZE, "type": "regular", "is_animated": False, "is_video": False}},
        {"animation": {**_LASTING, **_SIZE}, "document": _FILE},
        {"video": {**_LASTING, **_SIZE}},
        {"video": {**_LASTING, **_SIZE}, "caption": "What is this?"},
        {"video_note": {**_LASTING, "length": 48}},
        {"voice": _LASTING},
        {"audio": _LASTING},
        {"document": {**_FILE, "file_name": "notes.txt", "mime_type": "text/plain"}},
        {"document": {**_FILE, "file_name": "no-picture.png", "mime_type": "image/png"}},
        {"contact": {"phone_number": "1", "first_name": "Ada"}},
        {"location": {"latitude": 1.0, "longitude": 1.0}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ]
    for file in ("{picture}", "{damaged}", "{text}", "no such file"):
        contents += [{"photo": [{**_FILE, **_SIZE, "file_id": file}], **said} for said in ({}, {"caption": "What?"})]
    for name in ("start", "help", "privacy", "settings", "history", "export", "ask", "admin", "nosuch", "delete"):
        command = f"/{name}"
        entity = {"type": "bot_command", "offset": 0, "length": len(command)}
        contents.append({"text": command, "entities": [entity]})
    common = {"message_id": "{update}", "date": 1_700_000_000, "chat": PRIVATE, "from": SENDER}
    return [({"message": {**common, **content}}, True) for content in contents] + [_press("cancel:1"), _press("nosuch")]


def _press(data: str) -> Drawn:
    bot = {"id": BOT, "is_bot": True, "first_name": "B"}
    message = {"message_id": 7, "date": 1_700_000_000, "chat": PRIVATE, "from": bot, "text": "A menu"}
    return {
        "callback_query": {"id": "{query}", "from": SENDER, "chat_instance": "1", "data": data, "message": message}
    }, True
