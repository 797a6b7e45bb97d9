"""Marked text becomes plain text with entities, counted in UTF-16."""

import html
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.helpers import escape_markdown

from bot.sandbox import entities, utf16
from bot.sandbox.errors import ApiError

ADA = {"id": 1002, "is_bot": False, "first_name": "Ada"}


def parse(text: str, mode: str = "", explicit: list[dict[str, Any]] | None = None) -> tuple[str, list[Any]]:
    plain, found = entities.parse(text, mode, explicit, lambda user: ADA if user == 1002 else None)
    short = []
    for entity in found:
        part = utf16.cut(plain, entity["offset"], entity["offset"] + entity["length"])
        extra = entity.get("url") or entity.get("language") or entity.get("user", {}).get("first_name")
        short.append((entity["type"], part, extra) if extra else (entity["type"], part))
    return plain, short


@pytest.mark.parametrize(
    ("source", "plain", "found"),
    [
        ("<b>bold</b> and <i>italic</i>", "bold and italic", [("bold", "bold"), ("italic", "italic")]),
        ("<b>a <i>b</i></b>", "a b", [("bold", "a b"), ("italic", "b")]),
        ("😀<b>x</b>", "😀x", [("bold", "x")]),
        ("a &lt; b &amp;&amp; c &gt; &quot;d&quot;", 'a < b && c > "d"', []),
        ("&#65;&#x42; &nbsp;", "AB &nbsp;", []),
        (
            '<a href="https://example.com/?a=1&amp;b=2">go</a>',
            "go",
            [("text_link", "go", "https://example.com/?a=1&b=2")],
        ),
        ("<a href='example.com'>go</a>", "go", [("text_link", "go", "http://example.com/")]),
        ('<a href="tg://user?id=1002">Ada</a>', "Ada", [("text_mention", "Ada", "Ada")]),
        ('<a href="tg://user?id=7">Nobody</a>', "Nobody", []),
        ("<code>x = 1</code>", "x = 1", [("code", "x = 1")]),
        ('<pre><code class="language-python">x = 1</code></pre>', "x = 1", [("pre", "x = 1", "python")]),
        ("<tg-spoiler>s</tg-spoiler><span class='tg-spoiler'>t</span>", "st", [("spoiler", "s"), ("spoiler", "t")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ("<u>a</u><s>b</s><del>c</del>", "abc", [("underline", "a"), ("strikethrough", "b"), ("strikethrough", "c")]),
        ("<b></b>x", "x", []),
        ("<B>x</B >", "x", [("bold", "x")]),
        ("  \n <b> x </b>  \n", " x", [("bold", " x")]),
        ("<b>x</>", "x", [("bold", "x")]),
    ],
)
def test_html(source: str, plain: str, found: list[Any]) -> None:
    assert parse(source, "HTML") == (plain, found)


@pytest.mark.parametrize(
    ("source", "plain", "found"),
    [
        ("*bold* _italic_", "bold italic", [("bold", "bold"), ("italic", "italic")]),
        ("__under__ ~strike~", "under strike", [("underline", "under"), ("strikethrough", "strike")]),
        ("||spoiler||", "spoiler", [("spoiler", "spoiler")]),
        ("*a _b_*", "a b", [("bold", "a b"), ("italic", "b")]),
        ("`x*y`", "x*y", [("code", "x*y")]),
        ("```python\nx = 1\n```", "x = 1", [("pre", "x = 1", "python")]),
        ("[go](https://example.com/a)", "go", [("text_link", "go", "https://example.com/a")]),
        ("[Ada](tg://user?id=1002)", "Ada", [("text_mention", "Ada", "Ada")]),
        ("a\\.b\\!", "a.b!", []),
        (">quoted\n>more\nafter", "quoted\nmore\nafter", [("blockquote", "quoted\nmore")]),
    ],
)
def test_markdown_2(source: str, plain: str, found: list[Any]) -> None:
    assert parse(source, "MarkdownV2") == (plain, found)


@pytest.mark.parametrize(
    ("source", "plain", "found"),
    [
        ("*bold* _italic_ `code`", "bold italic code", [("bold", "bold"), ("italic", "italic"), ("code", "code")]),
        ("[go](https://example.com/a)", "go", [("text_link", "go", "https://example.com/a")]),
        ("a.b-c! \\_", "a.b-c! _", []),
    ],
)
def test_old_markdown(source: str, plain: str, found: list[Any]) -> None:
    assert parse(source, "Markdown") == (plain, found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start now", [("bot_command", "/start")]),
        ("/start@some_bot now", [("bot_command", "/start@some_bot")]),
        ("see a/b or http://x.org/start", [("url", "http://x.org/start")]),
        ("😀 @ada_l hello", [("mention", "@ada_l")]),
        ("mail a@b.com", [("email", "a@b.com")]),
        ("go to https://example.com/a, please", [("url", "https://example.com/a")]),
        ("example.com is nice", [("url", "example.com")]),
        ("#tag and $USD", [("hashtag", "#tag"), ("cashtag", "$USD")]),
        ("1/2 and #1", []),
    ],
)
def test_what_stands_in_plain_text_is_found(text: str, found: list[Any]) -> None:
    assert parse(text) == (text, found)


def test_nothing_is_found_inside_of_code() -> None:
    assert parse("<code>/start</code> /stop", "HTML") == (
        "/start /stop",
        [("code", "/start"), ("bot_command", "/stop")],
    )


def test_a_bots_own_entities_move_with_the_trimmed_text() -> None:
    mark = {"type": "bold", "offset": 4, "length": 7}
    assert parse("  😀bold   ", "", [mark]) == ("😀bold", [("bold", "bold")])


PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)


@given(PLAIN)
@settings(max_examples=300)
def test_escaped_text_arrives_as_it_was(text: str) -> None:
    """What a bot escapes with the usual helpers is what people read, with no formatting of its own."""
    expected = entities.parse(text, "", None, _nobody)
    assert entities.parse(html.escape(text, quote=False), "HTML", None, _nobody) == expected
    assert entities.parse(escape_markdown(text, version=2), "MarkdownV2", None, _nobody) == expected


@given(
    st.text(st.sampled_from("<>/abi=\"' *_~|`[]()\\>\n😀&;x"), max_size=40),
    st.sampled_from(["HTML", "MarkdownV2", "Markdown"]),
)
@settings(max_examples=500)
def test_any_text_is_parsed_or_refused(source: str, mode: str) -> None:
    try:
        plain, found = entities.parse(source, mode, None, _nobody)
    except ApiError as error:
        assert error.code == 400
        return
    size = utf16.length(plain)
    for entity in found:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= size


def _nobody(user: int) -> None:
    return None
