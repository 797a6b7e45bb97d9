"""Telegram's objects as JSON, drawn by hypothesis. The schema is read off python-telegram-bot's own classes."""

from __future__ import annotations

import copy
import inspect
import re
from enum import Enum
from functools import cache
from typing import Any

import telegram
from hypothesis import strategies as st
from telegram import constants

Json = Any
_DEEPEST = 4
_JSON_NAMES = {"from_user": "from"}
# Optional in the classes for the sake of older programs only.
_REQUIRED = {"allows_revoting", "persistent_id", "option_persistent_ids", "members_only", "can_react_to_messages"}
_WHICH = ("type", "status", "source")
"""Fields that say which of several classes an object is of."""
_KINDS = sorted(
    {
        value.value
        for enum in vars(constants).values()
        if isinstance(enum, type) and issubclass(enum, Enum) and issubclass(enum, str)
        for value in enum
        if re.fullmatch(r"[a-z_]+", value.value)
    }
)

texts = st.one_of(
    st.text(min_size=1, max_size=30),
    st.sampled_from(
        [
            "What is this?",
            "What colour is the ball? " * 30,
            "x" * 4096,
            "é" * 500,
            "a" * 501,
            "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
            "\u202eלשאלה\u202c\u2066?\u2069",
            "ما هذا؟",
            "\u200b\u200c\u200d\ufeff",
            "\u3000\u2003",
            "\u2800",
            "Z\u0351\u0352\u0353" * 200,
            "<b>bold</b> & <script>alert(1)</script>",
            "</b><a href='x'>",
            "*_[](`~>#+-=|{}.!",
            "<VQA><image><OD><loc_1></s>",
            "'; DROP TABLE questions; --",
            "%s %d {0} {user.__class__}",
            "../../etc/passwd",
            "a\x00b",
            "\x01\x02\x1b[31m",
            "line\r\nline\n\n\nline",
            "@vqa_sandbox_bot",
            "/help",
            "=cmd|' /C calc'!A0",
        ]
    ),
)
surrogates = st.sampled_from(["\ud800", "a\udfffb", "\ud83d", "\udc00\ud800"])
integers = st.one_of(
    st.integers(0, 1000), st.sampled_from([-1, 0, 2**31 - 1, 2**31, 2**53, 2**63 - 1]), st.integers(-(2**52), 2**52)
)
dates = st.integers(0, 4_000_000_000)
floats = st.floats(allow_nan=False, allow_infinity=False, width=32)


@cache
def fields_of(cls: type) -> dict[str, tuple[str, bool]]:
    """JSON name -> (annotation, whether it is required)."""
    found = {}
    for name, parameter in inspect.signature(cls.__init__).parameters.items():  # type: ignore[misc]
        if name in ("self", "api_kwargs") or parameter.kind is parameter.VAR_KEYWORD:
            continue
        required = parameter.default is parameter.empty or name in _REQUIRED
        found[_JSON_NAMES.get(name, name)] = (str(parameter.annotation), required)
    return found


@st.composite
def objects(draw: st.DrawFn, cls: type, depth: int = 0, only: tuple[str, ...] = ()) -> dict[str, Json]:
    """An object of a class: what is required, a few optional fields, and those named in `only`."""
    base = cls
    which = next((name for name in _WHICH if name in fields_of(base)), None)
    if base.__subclasses__() and which is not None:
        cls = draw(st.sampled_from(base.__subclasses__()))
    fields = fields_of(cls)
    optional = [name for name, (_, required) in fields.items() if not required and name not in only]
    most = 5 if depth == 0 else 1 if depth < _DEEPEST else 0
    chosen = draw(st.lists(st.sampled_from(optional), max_size=most, unique=True)) if optional and most else []
    found = {}
    for name, (annotation, required) in fields.items():
        if required or name in chosen or name in only:
            found[name] = draw(values(name, annotation, depth + 1))
    if cls is not base and which is not None:  # ChatMemberLeft is a ChatMember whose status is ChatMember.LEFT
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__.removeprefix(base.__name__)).upper()
        found[which] = getattr(base, name, name.lower())
    return found


def values(name: str, annotation: str, depth: int) -> st.SearchStrategy[Json]:
    """What a field of that annotation can hold."""
    if "Sequence" in annotation:
        inner = annotation.split("Sequence", 1)[1]
        size = 2 if depth < _DEEPEST else 0
        items = values(name, inner, depth)
        return st.lists(items, max_size=size) if inner.count("Sequence") == 0 else st.lists(st.just([]), max_size=1)
    for word in reversed(re.findall(r"[A-Za-z]+", annotation)):
        cls = getattr(telegram, word, None)
        if inspect.isclass(cls) and issubclass(cls, telegram.TelegramObject):
            return objects(cls, depth) if depth <= _DEEPEST + 2 else st.just({})
    if "datetime" in annotation or name.endswith("date"):
        return dates
    if "bool" in annotation:
        return st.booleans()
    if "int" in annotation:
        return integers
    if "float" in annotation:
        return floats
    if name in (*_WHICH, "currency"):
        return st.sampled_from(_KINDS)
    return texts


# Damage ---------------------------------------------------------------------------------------------------------------

odd: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    integers,
    st.just(2**70),
    st.just(-(2**64)),
    st.just(1e308),
    texts,
    surrogates,
    st.just("x" * 50_000),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([[[[[[[[[[1]]]]]]]]]]),
    st.just({"chat": {"id": "no number"}}),
    st.lists(integers, max_size=3),
)


def _places(value: Json, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything inside a JSON value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    found = []
    for key, item in inner:
        found += [(*at, key), *_places(item, (*at, key))]
    return found


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[dict[str, Json]]) -> dict[str, Json]:
    """A JSON object in which something is missing, null, of the wrong type, or out of all bounds."""
    update = copy.deepcopy(draw(whole))  # constants of the strategies are shared
    for _ in range(draw(st.integers(1, 3))):
        places = _places(update)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder = update
        for key in way:
            holder = holder[key]
        if draw(st.integers(0, 3)) == 0:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(draw(odd))
    return update
