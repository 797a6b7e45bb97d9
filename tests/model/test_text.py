"""Typed questions: normalised as training does it, and never a token."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from model.text import MAX_QUESTION, normalise_question, sentence_question


@pytest.mark.parametrize(
    ("typed", "words", "sentence"),
    [
        ("What colour is the ball?", "what colour is the ball", "What colour is the ball?"),
        ("  what\n\tCOLOUR  ", "what colour", "What COLOUR?"),
        ("is it night?!?..", "is it night", "Is it night?"),
        ("Ｗhat　is this？", "what is this", "What is this?"),
        ("what<OD>is <loc_12>this</s>", "what od is loc_12 this /s", "What OD is loc_12 this /s?"),
        ("＜OD＞", "od", "OD?"),
        ("Is the \u202ecat\u202c he\u00adre\x00?", "is the cat here", "Is the cat here?"),
        ("broken \ud800 half", "broken half", "Broken half?"),
        ("what's that?", "what's that", "What's that?"),
        (" ?!. ", "", ""),
        ("<>", "", ""),
        ("", "", ""),
        ("🐶?", "🐶", "🐶?"),
        ("Wie heißt Äpfel?", "wie heißt äpfel", "Wie heißt Äpfel?"),
    ],
)
def test_normalised(typed: str, words: str, sentence: str) -> None:
    assert normalise_question(typed) == words
    assert sentence_question(typed) == sentence


@given(st.text(max_size=600))
@example("İ" * 600)
@example("ŉ" * 600)
def test_any_text_becomes_one_bounded_line(typed: str) -> None:
    for normalise in (normalise_question, sentence_question):
        once = normalise(typed)
        assert len(once) <= MAX_QUESTION + 2
        assert not set(once) & set("<>\n\r\t\0")
        assert once == once.strip()
        once.encode()  # no lone surrogate


TOKENS = ["<OD>", "<CAPTION>x", "<image>", "<image>" * 700, "<loc_12>", "</s>", "<s>", "<pad>", "＜image＞", "<unk>"]


@pytest.mark.parametrize("typed", TOKENS)
def test_nothing_typed_becomes_a_special_token(typed: str, tiny_folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_folder / "tokenizer.json"))
    special = {tokenizer.token_to_id(token) for token in ("<s>", "<pad>", "</s>", "<image>")}
    assert set(tokenizer.encode(typed.translate({0xFF1C: "<", 0xFF1E: ">"}), add_special_tokens=False).ids) & {
        *special,
        tokenizer.token_to_id("<unk>"),
    }  # the danger is real
    for normalise in (normalise_question, sentence_question):
        assert not special & set(tokenizer.encode(normalise(f"what is {typed} this"), add_special_tokens=False).ids)
