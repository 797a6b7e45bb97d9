"""Telegram's HTML: text with tags in, plain text with entities out, and Telegram's complaints."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox import utf16
from bot.sandbox.errors import ApiError, bad_request

Entity = dict[str, Any]  # Telegram's MessageEntity; offset and length in UTF-16 units

TYPES = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
}
CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]+));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>"'/]*)\s*(=)?\s*("[^"]*"|'[^']*'|[a-zA-Z0-9.\-]*)""")
TAG_NAME = re.compile(r"[^\s>]*")


def unescape(text: str) -> str:
    """Replace character references; unknown names stay as they are."""

    def character(match: re.Match[str]) -> str:
        number, hexadecimal, name = match.groups()
        if name:
            return CHARACTERS.get(name, match.group())
        code = int(number) if number else int(hexadecimal, 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()

    return REFERENCE.sub(character, text)


def complaint(what: str) -> ApiError:
    """400, about marks that cannot be understood."""
    return bad_request(f"can't parse entities: {what}")


def byte_offset(source: str, index: int) -> str:
    """Where in a text something is, as such a complaint says it."""
    return f"at byte offset {len(source[:index].encode('utf-8', 'surrogatepass'))}"


class HtmlReader:
    """Reads one text."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text = ""
        self._open: list[tuple[str, dict[str, str], int]] = []  # tag, attributes, offset in UTF-16 units
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        """Return the plain text and its entities.

        Raises:
            ApiError: 400 "can't parse entities: ..." as Telegram words it.
        """
        while self._at < len(self._source):
            tag = self._source.find("<", self._at)
            stop = tag if tag >= 0 else len(self._source)
            self._text += unescape(self._source[self._at : stop])
            self._at = stop
            if tag >= 0:
                if self._source.startswith("</", tag):
                    self._end_tag()
                else:
                    self._start_tag()
        if self._open:
            raise complaint(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        return self._text, self._entities

    def _place(self, index: int) -> str:
        return byte_offset(self._source, index)

    def _start_tag(self) -> None:
        begin = self._at
        name_match = TAG_NAME.match(self._source, begin + 1)
        assert name_match is not None
        tag = name_match.group().lower()
        if name_match.end() >= len(self._source):
            raise complaint(f"Unclosed start tag {self._place(begin)}")
        if tag not in TYPES:
            raise complaint(f'Unsupported start tag "{tag}" {self._place(begin)}')
        self._at = name_match.end()
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise complaint(f'Tag "span" must have class "tg-spoiler" {self._place(begin)}')
        self._open.append((tag, attributes, utf16.length(self._text)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            while self._source[self._at : self._at + 1].isspace():
                self._at += 1
            if self._at >= len(self._source):
                raise complaint(f"Unclosed start tag {self._place(begin)}")
            if self._source[self._at] == ">":
                self._at += 1
                return attributes
            match = ATTRIBUTE.match(self._source, self._at)
            name = match.group(1).lower() if match else ""
            if match is None or not name:
                raise complaint(f'Empty attribute name in the tag "{tag}" {self._place(begin)}')
            quoted = match.group(3)
            if match.group(2) and not quoted and self._source[match.end() : match.end() + 1] in ('"', "'"):
                raise complaint(f"Unclosed start tag {self._place(begin)}")
            attributes[name] = unescape(quoted[1:-1] if quoted[:1] in ('"', "'") else quoted)
            self._at = match.end()

    def _end_tag(self) -> None:
        begin = self._at
        close = self._source.find(">", begin)
        if close < 0:
            raise complaint(f"Unclosed end tag {self._place(begin)}")
        name = self._source[begin + 2 : close].strip().lower()
        if not self._open:
            raise complaint(f"Unexpected end tag {self._place(begin)}")
        tag, attributes, offset = self._open.pop()
        if name and name != tag:
            raise complaint(
                f'Unmatched end tag {self._place(begin)}, expected "</{tag}>", found "</{name}>"',
            )
        self._at = close + 1
        entity_length = utf16.length(self._text) - offset
        if entity_length > 0:
            self._note(tag, attributes, offset, entity_length)

    def _note(self, tag: str, attributes: dict[str, str], offset: int, entity_length: int) -> None:
        entity: Entity = {"type": TYPES[tag], "offset": offset, "length": entity_length}
        if tag == "a":
            address = attributes.get("href") or utf16.cut(self._text, offset, offset + entity_length)
            link = link_entity(entity, address)
            if link is None:
                return
            entity = link
        elif tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif tag == "tg-emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        elif tag == "pre":
            inner = self._entities[-1] if self._entities else None
            if inner and inner["type"] == "code" and (inner["offset"], inner["length"]) == (offset, entity_length):
                self._entities.pop()
                if inner.get("language"):
                    entity["language"] = inner["language"]
        elif tag == "code" and self._open and self._open[-1][0] == "pre":
            entity |= {"language": attributes.get("class", "").removeprefix("language-")}
        self._entities.append(entity)


def link_entity(entity: Entity, address: str) -> Entity | None:
    """Complete a link's entity: a mention of a user, a link, or None when the address is none."""
    user = re.fullmatch(r"tg://user\?id=(\d+)/?", address.strip())
    if user:
        return {**entity, "type": "text_mention", "user_id": int(user.group(1))}
    address = address.strip()
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", address):
        address = f"http://{address}"
    scheme, _, rest = address.partition(":")
    host = re.match(r"//(?:[^/?#@]*@)?([^/?#:]+)", rest)
    if scheme.lower() not in {"http", "https", "tg", "ton", "tonsite", "mailto", "tel", "ftp"}:
        return None
    if scheme.lower() in {"http", "https"}:
        if host is None or ("." not in host.group(1) and host.group(1) != "localhost"):
            return None
        if re.fullmatch(r"//[^/?#]+", rest):
            address += "/"
    return {**entity, "url": address}
