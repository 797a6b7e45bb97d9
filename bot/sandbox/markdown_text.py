"""Telegram's MarkdownV2 and its older Markdown: marked text in, plain text with entities out."""

from __future__ import annotations

import re

from bot.sandbox import utf16
from bot.sandbox.html_text import Entity, byte_offset, complaint, link_entity

RESERVED = "_*[]()~`>#+-=|{}.!"
MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
LEGACY_MARKS = {"*": "bold", "_": "italic", "`": "code", "```": "pre"}
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
}


class MarkdownReader:
    """Reads one text."""

    def __init__(self, source: str, *, legacy: bool) -> None:
        """Take the marked text; `legacy` chooses the older Markdown: no nesting, no reserved characters."""
        self._source = source
        self._legacy = legacy
        self._at = 0
        self._text = ""
        self._open: list[tuple[str, int, int]] = []  # type, offset in UTF-16 units, index of the mark
        self._entities: list[Entity] = []
        self._quote: int | None = None

    def read(self) -> tuple[str, list[Entity]]:
        """Return the plain text and its entities.

        Raises:
            ApiError: 400 "can't parse entities: ..." as Telegram words it.
        """
        while self._at < len(self._source):
            self._step()
        if self._open:
            kind, _, begin = self._open[-1]
            if self._legacy:
                raise complaint(f"Can't find end of the entity starting {byte_offset(self._source, begin)}")
            raise complaint(f"Can't find end of {NAMES[kind]} entity {byte_offset(self._source, begin)}")
        self._end_quote()
        return self._text, self._entities

    def _step(self) -> None:
        char = self._source[self._at]
        following = self._source[self._at + 1 : self._at + 2]
        if char == "\\" and following and (following in "_*`[" if self._legacy else following < "\x7f"):
            self._text += following
            self._at += 2
            return
        inside = self._open[-1][0] if self._open else ""
        mark = self._mark(inside)
        if inside in {"code", "pre"} and not (mark and MARKS[mark] == inside):
            self._plain(char)
        elif mark:
            self._marked(mark, inside)
        elif char == "[" and not (self._legacy and inside):
            self._open.append(("text_link", utf16.length(self._text), self._at))
            self._at += 1
        elif char == "]" and inside == "text_link":
            self._link()
        elif not self._legacy and char == ">" and (not self._text or self._text.endswith("\n")):
            if self._quote is None:
                self._quote = utf16.length(self._text)
            self._at += 1
        elif not self._legacy and char in RESERVED:
            raise complaint(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        else:
            self._plain(char)

    def _mark(self, inside: str) -> str:
        marks = LEGACY_MARKS if self._legacy else MARKS
        for mark in sorted(marks, key=len, reverse=True):
            if self._source.startswith(mark, self._at):
                return mark if inside not in {"code", "pre"} or marks[mark] == inside else ""
        return ""

    def _plain(self, char: str) -> None:
        self._text += char
        self._at += 1
        if char == "\n" and not self._source.startswith(">", self._at):
            self._end_quote()

    def _end_quote(self) -> None:
        if self._quote is None:
            return
        span = utf16.length(self._text.rstrip("\n")) - self._quote
        if span > 0:
            self._entities.append({"type": "blockquote", "offset": self._quote, "length": span})
        self._quote = None

    def _marked(self, mark: str, inside: str) -> None:
        kind = MARKS[mark]
        begin = self._at
        self._at += len(mark)
        if kind != inside:
            if self._legacy and inside:
                self._text += mark
                return
            self._open.append((kind, utf16.length(self._text), begin))
            if kind == "pre":
                language = re.compile(r"([^\s`]*)\n").match(self._source, self._at)
                if language:
                    self._at = language.end()
                    self._open[-1] = (kind, utf16.length(self._text), begin)
                    self._language = language.group(1)
                else:
                    self._language = ""
            return
        _, offset, _ = self._open.pop()
        if kind == "pre" and self._text.endswith("\n"):
            self._text = self._text[:-1]
        span = utf16.length(self._text) - offset
        if span > 0:
            entity: Entity = {"type": kind, "offset": offset, "length": span}
            if kind == "pre" and self._language:
                entity["language"] = self._language
            self._entities.append(entity)

    _language = ""

    def _link(self) -> None:
        _, offset, _ = self._open.pop()
        self._at += 1
        span = utf16.length(self._text) - offset
        address = utf16.cut(self._text, offset, offset + span)
        if self._source.startswith("(", self._at):
            close = self._at + 1
            target = ""
            while close < len(self._source) and self._source[close] != ")":
                if self._source[close] == "\\" and not self._legacy:
                    close += 1
                target += self._source[close : close + 1]
                close += 1
            if close >= len(self._source):
                raise complaint(f"Can't find end of a URL {byte_offset(self._source, self._at)}")
            address = target
            self._at = close + 1
        entity = link_entity({"type": "text_link", "offset": offset, "length": span}, address)
        if entity is not None and span > 0:
            self._entities.append(entity)
