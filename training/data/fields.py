"""The fields of records as people write them: numbers where texts belong, ids as texts, tokens of other trainers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_TOKENS = re.compile(
    r"""
    <\|[A-Za-z_]+\|>                                       # chat templates: <|im_end|>
    | </?(?:s|image|img|video|pad|unk|mask|bos|eos|sep|cls|box|ref|od|ocr|grounding)>
    | <image_?\d+> | <loc_\d+>
    | </?[A-Z][A-Z_]*>                                     # task tokens: <VQA>, <MORE_DETAILED_CAPTION>
    | \[/?INST\] | \[(?:CLS|SEP|PAD|UNK|MASK)\]
    """,
    re.VERBOSE,
)


def clean(text: str) -> str:
    """A question or an answer without the tokens that trainers put around it, and without lone surrogates."""
    return " ".join(_TOKENS.sub(" ", writable(text)).split())


def writable(text: str) -> str:
    """A text that can be written in UTF-8: JSON can name halves of characters, which no file can hold."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def said(value: object) -> str | None:
    """An answer as text: numbers and truth values count as what people would say. None where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not math.isfinite(value):  # what pandas writes where nothing is
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int | float) else None


def is_number(text: str) -> bool:
    """Whether a text is a whole number of plain digits, as ids are where they were written as text."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def commonest(answers: Sequence[str]) -> str:
    """The answer that most people gave, the first of these on a tie."""
    return Counter(answers).most_common(1)[0][0]
