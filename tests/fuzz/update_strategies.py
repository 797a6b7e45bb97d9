"""Updates as Telegram sends them, as it might, and as it never would; for each, whether the person is owed a word.

Chats are named by the words USER, GROUP and BOT, and files by FILES: the driver puts real numbers in their places.
"""

from __future__ import annotations

import itertools
from typing import Any

import telegram
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from telegram_schema import Json, damaged, dates, objects, surrogates, texts

from bot.callback_data import (
    CancelQuestion,
    ChangeAdminSetting,
    ChangeSetting,
    ConfirmDelete,
    HistoryPage,
    ShowPicture,
)
from bot.conversation.small_talk import is_gesture, small_talk
from bot.texts.small_talk import IN_GROUPS

USER, GROUP, BOT, BOT_NAME = "{user}", "{group}", "{bot}", "vqa_sandbox_bot"
FILES = ("{picture}", "{damaged}", "{text}", "no such file")
ATTACHMENTS = (
    "animation",
    "audio",
    "contact",
    "dice",
    "game",
    "invoice",
    "location",
    "paid_media",
    "poll",
    "sticker",
    "story",
    "venue",
    "video",
    "video_note",
    "voice",
    "document",
)
COMMANDS = ("start", "help", "privacy", "settings", "history", "export", "delete", "admin", "ask", "nosuch", "")
KINDS = tuple(name for name in telegram.Update.ALL_TYPES if name not in ("message", "callback_query"))
Drawn = tuple[dict[str, Json], bool]
"""An update without its number, and whether a word is owed."""

people = st.fixed_dictionaries(
    {"id": st.just(USER), "is_bot": st.just(False), "first_name": texts},
    optional={"last_name": texts, "username": st.just("someone"), "language_code": st.sampled_from(["en", "ar", ""])},
)
private = st.just({"id": USER, "type": "private", "first_name": "Fuzz"})
group = st.fixed_dictionaries({"id": st.just(GROUP), "type": st.just("supergroup"), "title": texts})
file_ids = st.sampled_from(FILES)
sizes = st.fixed_dictionaries(
    {
        "file_id": file_ids,
        "file_unique_id": st.just("u"),
        "width": st.integers(1, 5000),
        "height": st.integers(1, 5000),
    },
    optional={"file_size": st.integers(0, 30 * 2**20)},
)
documents = st.fixed_dictionaries(
    {"file_id": file_ids, "file_unique_id": st.just("u")},
    optional={
        "file_name": st.one_of(texts, st.sampled_from(["a.png", "../../x.jpg", "CON.heic", ".webp"])),
        "mime_type": st.sampled_from(["image/png", "image/../../x", "text/html", "", "IMAGE/JPEG"]),
        "file_size": st.integers(0, 30 * 2**20),
    },
)
entities = st.lists(objects(telegram.MessageEntity, 3), max_size=2)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Json]:
    """What somebody can put into a message: text, command, pictures, any attachment."""
    kind = draw(st.sampled_from(["text", "text", "command", "photo", "photo", "photo", "document", "attachment"]))
    if kind == "text":
        found = {"text": draw(texts)}
        return {**found, "entities": draw(entities)} if draw(st.booleans()) else found
    if kind == "command":
        name = "/" + draw(st.sampled_from(COMMANDS)) + draw(st.sampled_from(["", f"@{BOT_NAME}", "@another_bot"]))
        text = f"{name} {draw(texts)}" if draw(st.booleans()) else name
        return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": _length(name)}]}
    if kind == "attachment":
        name = draw(st.sampled_from(ATTACHMENTS))
        found = {name: draw(objects(telegram.Message, 0, only=(name,)))[name]}
    elif kind == "photo":
        found = {"photo": draw(st.lists(sizes, min_size=1, max_size=4))}
    else:
        found = {"document": draw(documents)}
    if draw(st.integers(0, 3)):
        found |= {"caption": draw(texts)}
        if draw(st.booleans()):
            found["caption_entities"] = draw(entities)
    if "photo" in found and draw(st.integers(0, 4)) == 0:
        found["media_group_id"] = draw(st.sampled_from(["1", "2"]))
    return found


@st.composite
def messages(draw: st.DrawFn, chat: st.SearchStrategy[Json]) -> dict[str, Json]:
    """A message of a person, perhaps a reply."""
    message = {
        "message_id": "{update}",  # numbers of messages are never used twice in a chat either
        "date": draw(dates),
        "chat": draw(chat),
        "from": draw(people),
        **draw(contents()),
    }
    if draw(st.integers(0, 3)) == 0:
        replied = {"message_id": draw(st.integers(1, 2**31 - 1)), "date": 1, "chat": message["chat"]}
        whose = draw(st.sampled_from([{"id": BOT, "is_bot": True, "first_name": "B", "username": BOT_NAME}, None]))
        message["reply_to_message"] = {**replied, **({"from": whose} if whose else {}), **draw(contents())}
    if draw(st.integers(0, 5)) == 0:
        message |= {"message_thread_id": draw(st.integers(1, 1000)), "is_topic_message": draw(st.booleans())}
    return message


def _owed(message: dict[str, Json]) -> bool:
    """A topic that does not exist takes no reply."""
    return not message.get("is_topic_message")


@st.composite
def _private_message(draw: st.DrawFn) -> Drawn:
    message = draw(messages(private))
    return {"message": message}, _owed(message)


@st.composite
def _message_to_the_bot_in_a_group(draw: st.DrawFn) -> Drawn:
    message = draw(messages(group))
    message.pop("media_group_id", None)
    mention = f"@{BOT_NAME} "
    field = "text" if "text" in message else "caption"
    said = small_talk(message.get(field, ""))
    passing = (said is not None and said not in IN_GROUPS) or is_gesture(message.get("sticker", {}).get("emoji", ""))
    message[field] = mention + message.get(field, "")
    entity = {"type": "mention", "offset": 0, "length": len(mention) - 1}
    message["entities" if field == "text" else "caption_entities"] = [entity]
    return {"message": message}, _owed(message) and not passing


@st.composite
def _message_in_a_group(draw: st.DrawFn) -> Drawn:
    return {"message": draw(messages(group))}, False


@st.composite
def _edit(draw: st.DrawFn) -> Drawn:
    edited = {**draw(messages(st.one_of(private, group))), "edit_date": draw(dates)}
    return {"edited_message": edited}, False


_numbers = st.one_of(st.integers(0, 300), st.sampled_from([-1, 2**53, 10**30]))
_presses = st.one_of(
    _numbers.map(lambda number: f"{CancelQuestion.prefix}:{number}"),
    _numbers.map(lambda number: f"{ShowPicture.prefix}:{number}"),
    _numbers.map(lambda number: f"{HistoryPage.prefix}:{number}"),
    st.tuples(st.sampled_from(["beams", "tokens", "reset", "x"]), _numbers).map(
        lambda found: f"{ChangeSetting.prefix}:{found[0]}:{found[1]}"
    ),
    st.tuples(st.sampled_from(["0", "1", "maybe"]), _numbers).map(
        lambda found: f"{ConfirmDelete.prefix}:{found[0]}:{found[1]}"
    ),
    st.tuples(st.sampled_from(["beams", "rate", "show", "x"]), _numbers).map(
        lambda found: f"{ChangeAdminSetting.prefix}:{found[0]}:{found[1]}"
    ),
    st.text(max_size=64),
)


@st.composite
def _press(draw: st.DrawFn) -> Drawn:
    """A button, also ones that the bot never made; the message may be too old to be told."""
    chat = draw(st.one_of(private, group))
    date = draw(st.sampled_from([0, 1_700_000_000]))
    message = {"message_id": draw(st.integers(1, 2**31 - 1)), "date": date, "chat": chat}
    whole = {"id": "{query}", "from": draw(people), "chat_instance": "1", "data": draw(_presses)}
    return {"callback_query": {**whole, "message": message} if draw(st.integers(0, 9)) else whole}, True


@st.composite
def _any_message(draw: st.DrawFn) -> Drawn:
    """A message with whatever fields Telegram's schema knows, service messages among them."""
    message = draw(objects(telegram.Message))
    message |= {"chat": draw(st.one_of(private, group)), "from": draw(people)}
    return {"message": message}, False


@st.composite
def _any_kind(draw: st.DrawFn) -> Drawn:
    """Every kind of update, and kinds that do not exist yet."""
    kind = draw(st.sampled_from((*KINDS, "my_chat_member", "brand_new_kind")))
    if kind == "brand_new_kind":
        return {kind: {"chat": {"id": GROUP}, "text": draw(texts)}}, False
    whole = draw(objects(telegram.Update, 0, only=(kind,)))
    whole.pop("update_id")
    return whole, False


_sound: st.SearchStrategy[Drawn] = st.one_of(
    _private_message(),
    _private_message(),
    _private_message(),
    _message_to_the_bot_in_a_group(),
    _message_in_a_group(),
    _edit(),
    _press(),
    _any_message(),
    _any_kind(),
    _any_kind(),
)


@st.composite
def _broken(draw: st.DrawFn) -> Drawn:
    whole = _sound.map(lambda drawn: {**drawn[0], "update_id": "{update}"})
    update: dict[str, Any] = draw(damaged(whole))
    return update, False


@st.composite
def _surrogate(draw: st.DrawFn) -> Drawn:
    """Half of a pair of UTF-16, which no text can hold: the rest of it is still a question."""
    message = draw(messages(private))
    field = "text" if "text" in message else "caption"
    message[field] = message.get(field, "") + draw(surrogates)
    return {"message": message}, _owed(message)


updates: st.SearchStrategy[Drawn] = st.one_of(_sound, _sound, _sound, _broken(), _broken(), _surrogate())


def draw(number: int, seed: int) -> list[Drawn]:
    """`number` updates from the strategies; the same for the same seed."""
    drawn: list[Drawn] = []
    for part in itertools.count():
        # Hypothesis likes to vary what it drew before; starting anew again and again gives more kinds.
        drawn += _draw(25, seed * 1_000_003 + part)
        if len(drawn) >= number:
            return drawn[:number]
    raise AssertionError("counting does not end")


def _draw(most: int, seed: int) -> list[Drawn]:
    drawn: list[Drawn] = []

    @seeded(seed)
    @settings(
        max_examples=most,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(updates)
    def collect(update: Drawn) -> None:
        drawn.append(update)

    collect()
    return drawn
