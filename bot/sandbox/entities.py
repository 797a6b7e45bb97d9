"""From the text that a bot or a person sends to the text and entities of a Message."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.sandbox import utf16
from bot.sandbox.errors import bad_request
from bot.sandbox.html_text import Entity, HtmlReader, link_entity
from bot.sandbox.markdown_text import MarkdownReader

MAX_TEXT = 4096  # UTF-16 units after parsing
MAX_CAPTION = 1024
MAX_ENTITIES = 100
FORMATS = {  # what a bot may mark, and the field that the mark needs
    "bold": "",
    "italic": "",
    "underline": "",
    "strikethrough": "",
    "spoiler": "",
    "blockquote": "",
    "expandable_blockquote": "",
    "code": "",
    "pre": "",
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
}
AUTOMATIC = {"url", "email", "bot_command", "mention", "hashtag", "cashtag", "phone_number"}
OPAQUE = {"code", "pre", "text_link", "text_mention"}  # nothing is found by itself inside of these
ORDER = [
    *("expandable_blockquote", "blockquote", "bold", "italic", "underline", "strikethrough", "spoiler", "code"),
    "pre",
]
FOUND = (
    ("url", re.compile(r"(?<![\w@])(?:https?|ftp)://[^\s<>\"]*[^\s<>\".,;:!?)\]'}]", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?!\w)")),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|dev|info|eu|de|uk|ru)(?:/[^\s<>\"]*)?\b", re.IGNORECASE
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/<>@.])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/.])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?!\d+\b)\w{1,256}")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])")),
)
FindUser = Callable[[int], "dict[str, Any] | None"]


def parse(text: str, parse_mode: str, explicit: list[Entity] | None, find_user: FindUser) -> tuple[str, list[Entity]]:
    """Parse and tidy a text as Telegram does.

    Args:
        text: As it was sent.
        parse_mode: "", "HTML", "Markdown" or "MarkdownV2".
        explicit: MessageEntity objects that came beside the text; used when no parse mode is given.
        find_user: Gives Telegram's `User` for an id, for text mentions; a mention of a stranger is plain text.

    Returns:
        The trimmed text and its entities in order. Both may be empty.

    Raises:
        ApiError: 400 with Telegram's complaint.
    """
    text = "".join(char for char in text.replace("\r", "") if char in "\n\t" or char >= " ")
    mode = parse_mode.lower()
    if mode == "html":
        text, entities = HtmlReader(text).read()
    elif mode in {"markdown", "markdownv2"}:
        text, entities = MarkdownReader(text, legacy=mode == "markdown").read()
    elif mode in {"", "none"}:
        entities = check_explicit(text, explicit or [])
        if any("user_id" in entity and find_user(entity["user_id"]) is None for entity in entities):
            raise bad_request("user not found")
    else:
        raise bad_request("unsupported parse_mode")
    entities = [known for entity in entities if (known := _with_user(entity, find_user))]
    text, entities = trim(text, entities)
    entities += find(text, entities)
    entities.sort(key=_order)
    return text, entities[:MAX_ENTITIES]


def check_explicit(text: str, entities: list[Entity]) -> list[Entity]:
    """Check entities that a bot computed itself; those that are found anyway are dropped and found again.

    Raises:
        ApiError: 400 for an entity that is outside of the text or incomplete.
    """
    size = utf16.length(text)
    kept: list[Entity] = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        kind, offset, span = entity.get("type"), entity.get("offset"), entity.get("length")
        for name in ("type", "offset", "length"):
            if entity.get(name) is None:
                raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
        if not isinstance(offset, int) or not isinstance(span, int):
            raise bad_request('can\'t parse MessageEntity: Field "offset" must be a valid Number')
        if kind not in FORMATS and kind not in AUTOMATIC:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        needed = FORMATS.get(kind, "")
        if needed and entity.get(needed) is None:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{needed}\"")
        if offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset}")
        if span < 0:
            raise bad_request(f"receive an entity with incorrect length {span}")
        if offset > size:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + span > size:
            end = offset + span
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
            )
        if span and kind in FORMATS:
            kept.append(_checked(entity))
    return kept


def _checked(entity: Entity) -> Entity:
    if entity["type"] == "text_link":
        link = link_entity({**entity, "url": ""}, str(entity["url"]))
        if link is None or "user_id" in link:
            why = "Wrong HTTP URL" if entity["url"] else "URL host is empty"
            raise bad_request(f"entity URL '{entity['url']}' is invalid: {why}")
        return link
    if entity["type"] == "text_mention":
        user = entity["user"] if isinstance(entity["user"], dict) else {}
        return {**{key: value for key, value in entity.items() if key != "user"}, "user_id": user.get("id", 0)}
    return dict(entity)


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends (at the start only before the first entity) and move the entities along."""
    text = text.rstrip()
    first = min((entity["offset"] for entity in entities), default=utf16.length(text))
    lead = 0
    while lead < min(first, len(text)) and text[lead] in " \n\t":
        lead += 1
    text = text[lead:]
    size = utf16.length(text)
    moved: list[Entity] = []
    for entity in entities:
        offset = entity["offset"] - lead
        span = min(offset + entity["length"], size) - offset
        if span > 0:
            moved.append({**entity, "offset": offset, "length": span})
    return text, moved


def find(text: str, known: list[Entity]) -> list[Entity]:
    """Commands, mentions, addresses and tags that stand in the text by themselves."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] in OPAQUE]
    found: list[Entity] = []
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            start = utf16.length(text[: match.start()])
            stop = start + utf16.length(match.group())
            if all(stop <= begin or start >= end for begin, end in taken):
                taken.append((start, stop))
                found.append({"type": kind, "offset": start, "length": stop - start})
    return found


def _with_user(entity: Entity, find_user: FindUser) -> Entity | None:
    if "user_id" not in entity:
        return entity
    user = find_user(entity["user_id"])
    if user is None:
        return None
    return {**{key: value for key, value in entity.items() if key != "user_id"}, "user": user}


def _order(entity: Entity) -> tuple[int, int, int]:
    kind = entity["type"]
    return entity["offset"], -entity["length"], ORDER.index(kind) if kind in ORDER else len(ORDER)
