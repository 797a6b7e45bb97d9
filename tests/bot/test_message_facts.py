"""What a Telegram message says: which words, which picture, whom it is meant for."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Message

from bot.conversation.meaning import (
    Ask,
    Command,
    Facts,
    Nothing,
    Refuse,
    Source,
    meaning_of,
)
from bot.conversation.message_facts import facts_of
from bot.texts.lines import NO_BREAK

BOT, NAME = 77, "vqa_bot"
PHOTO = [
    {"file_id": "s", "file_unique_id": "s", "width": 90, "height": 50},
    {"file_id": "l", "file_unique_id": "l", "width": 900, "height": 500},
]


def message(private: bool = True, **fields: Any) -> Message:
    chat = (
        {"id": 1, "type": "private", "first_name": "A"} if private else {"id": -1, "type": "supergroup", "title": "G"}
    )
    raw = {
        "message_id": 9,
        "date": 1700000000,
        "chat": chat,
        "from": {"id": 1, "is_bot": False, "first_name": "A"},
        **fields,
    }
    found = Message.de_json(raw, None)
    assert found is not None
    return found


def test_the_largest_size_of_a_photo_is_taken() -> None:
    facts = facts_of(message(photo=PHOTO, caption="What?"), BOT, NAME)
    assert facts.picture is not None and facts.picture.file_id == "l"


@pytest.mark.parametrize(
    ("document", "certain", "kind"),
    [
        ({"mime_type": "image/heic", "file_name": "a.heic"}, True, None),
        ({"file_name": "A.PNG"}, True, None),
        ({"mime_type": "application/octet-stream", "file_name": "a.jfif"}, True, None),
        ({"mime_type": "application/octet-stream", "file_name": "holiday"}, False, None),
        ({"mime_type": "", "file_name": "a.picture"}, False, None),
        ({}, False, None),
        ({"mime_type": "application/pdf", "file_name": "a.pdf"}, None, "pdf"),
        ({"mime_type": "application/octet-stream", "file_name": "a.pdf"}, None, "pdf"),
        ({"mime_type": "application/zip"}, None, "archive"),
        ({"file_name": "a.tar.GZ"}, None, "archive"),
        ({"file_name": "letter.docx"}, None, "text file"),
        ({"mime_type": "application/x-msdownload", "file_name": "a.exe"}, None, "document"),
    ],
)
def test_image_files_are_pictures_and_the_bytes_tell_of_those_without_a_type(
    document: dict[str, str], certain: bool | None, kind: str | None
) -> None:
    facts = facts_of(message(document={"file_id": "d", "file_unique_id": "u", **document}), BOT, NAME)
    assert facts.unsupported == kind
    assert (facts.picture.certain if facts.picture else None) == certain


def test_a_mention_behind_emoji_is_cut_out_by_utf16_offsets() -> None:
    text = "🎈🎈 @vqa_bot what colour?"
    entities = [{"type": "mention", "offset": 5, "length": 8}]
    facts = facts_of(message(False, text=text, entities=entities), BOT, NAME)
    assert facts.addressed and facts.text.split() == ["🎈🎈", "what", "colour?"]
    other = [{"type": "mention", "offset": 0, "length": 6}]
    assert not facts_of(message(False, text="@other what?", entities=other), BOT, NAME).addressed


def test_mentions_in_captions_and_the_command_count() -> None:
    caption = facts_of(
        message(
            False,
            photo=PHOTO,
            caption="@VQA_bot: what?",
            caption_entities=[{"type": "mention", "offset": 0, "length": 8}],
        ),
        BOT,
        NAME,
    )
    assert caption.addressed and caption.text == "what?"
    command = facts_of(
        message(False, text="/ask@vqa_bot what?", entities=[{"type": "bot_command", "offset": 0, "length": 12}]),
        BOT,
        NAME,
    )
    assert command.addressed and command.asked_by_command and command.text == "what?"
    foreign = message(False, text="/ask@another what?", entities=[{"type": "bot_command", "offset": 0, "length": 12}])
    assert not facts_of(foreign, BOT, NAME).addressed


def test_a_topic_s_first_message_is_no_reply() -> None:
    opened = {
        "message_id": 2,
        "date": 1,
        "chat": {"id": -1, "type": "supergroup"},
        "from": {"id": BOT, "is_bot": True, "first_name": "B"},
        "forum_topic_created": {"name": "T", "icon_color": 1},
    }
    facts = facts_of(message(False, text="hello", reply_to_message=opened), BOT, NAME)
    assert facts.reply_to is None and not facts.addressed


def replying(to: dict[str, Any], **fields: Any) -> Facts:
    sender = {"id": 2, "is_bot": False, "first_name": "B"}
    replied = {"message_id": 4, "date": 1, "chat": {"id": 1, "type": "private"}, "from": sender, **to}
    return facts_of(message(**{"text": "What?", "reply_to_message": replied, **fields}), BOT, NAME)


FILE = {"file_id": "f", "file_unique_id": "u"}


POLL = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


@pytest.mark.parametrize(
    ("replied", "kind"),
    [
        ({"video": {**FILE, "width": 1, "height": 1, "duration": 1}}, "video"),
        ({"voice": {**FILE, "duration": 1}}, None),
        ({"poll": POLL}, "other"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "other"),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, "pdf"),
        ({"checklist": {"title": "t", "tasks": [{"id": 1, "text": "t"}]}}, "other"),
        ({"rich_message": {"blocks": [{"type": "divider"}]}}, "other"),
        ({"community_chat_added": {}}, None),
        ({"text": "hello"}, None),
        ({"photo": PHOTO}, None),
    ],
)
def test_what_is_replied_to_is_named_where_it_is_no_picture(replied: dict[str, Any], kind: str | None) -> None:
    assert replying(replied).reply_unsupported == kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"hologram": {"file_id": "h"}}, "other"),
        ({"mini_app": {"title": "t"}}, "other"),
        ({"community_chat_added": {"id": 1}}, None),
        ({"wall_shared": {"id": 1}}, None),
        ({"hologram": {"file_id": "h"}, "text": "What?"}, None),
        ({"sender_level": 3}, None),
    ],
)
def test_what_nobody_knows_is_attached_where_nothing_is_beside_it(content: dict[str, Any], kind: str | None) -> None:
    assert facts_of(message(**content), BOT, NAME).unsupported == kind


def test_a_picture_of_another_chat_is_the_messages_own() -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "C"}
    facts = facts_of(message(text="What?", external_reply={"origin": origin, "photo": PHOTO}), BOT, NAME)
    assert facts.picture is not None and (facts.picture.message_id, facts.picture.file_id) == (9, "l")
    assert meaning_of(facts) == Ask("What?", Source.OWN)
    video = {"origin": origin, "video": {**FILE, "width": 1, "height": 1, "duration": 1}}
    assert meaning_of(facts_of(message(text="What?", external_reply=video), BOT, NAME)) == Refuse("video")


STILL = {"file_id": "t", "file_unique_id": "t", "width": 320, "height": 180}


SIZED = {**FILE, "width": 512, "height": 512}


STICKER = {**SIZED, "type": "regular", "is_animated": False, "is_video": False, "emoji": "🐶"}


@pytest.mark.parametrize(
    ("content", "picture"),
    [
        ({"sticker": STICKER}, ("f", None)),
        ({"sticker": {**STICKER, "emoji": "👍🏽"}}, None),
        ({"sticker": {**STICKER, "is_video": True, "thumbnail": STILL}}, ("t", "sticker")),
        ({"sticker": {**STICKER, "is_animated": True}}, None),
        ({"video": {**SIZED, "duration": 1, "thumbnail": STILL}}, ("t", "video")),
        ({"animation": {**SIZED, "duration": 1, "thumbnail": STILL}, "document": FILE}, ("t", "animation")),
        ({"document": {**FILE, "mime_type": "video/webm", "thumbnail": STILL}}, ("t", "video")),
        ({"document": {**FILE, "mime_type": "application/pdf", "thumbnail": STILL}}, None),
        ({"live_photo": {**SIZED, "duration": 3}, "photo": PHOTO}, ("l", None)),
        ({"live_photo": {**SIZED, "duration": 3, "photo": PHOTO}}, ("l", None)),
        ({"live_photo": {**SIZED, "duration": 3}}, None),
    ],
)
def test_what_can_be_seen_of_what_is_no_photo(content: dict[str, Any], picture: tuple[str, str | None] | None) -> None:
    own = facts_of(message(**content), BOT, NAME)
    assert (own.picture and (own.picture.file_id, own.picture.still_of)) == picture
    assert (own.unsupported is None) == (picture is not None)
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "C"}
    elsewhere = facts_of(message(text="What?", external_reply={"origin": origin, **content}), BOT, NAME)
    for seen in (replying(content).reply_picture, elsewhere.picture):
        gesture = "👍" in str(content)  # asked about, it is a picture
        assert (seen and (seen.file_id, seen.still_of)) == (("f", None) if gesture else picture)


@pytest.mark.parametrize(
    ("fields", "text", "line"),
    [
        ({"text": "@vqa_bot", "who": 2}, "What is it?", None),
        ({"text": "@vqa_bot why?", "who": 2}, "why?", None),
        ({"text": "@vqa_bot", "who": 2, "is_manual": False}, "", None),
        ({"text": "Sure?", "who": BOT, "position": 9}, "Sure?", 2),
        ({"text": "Sure?", "who": BOT, "position": 0}, "Sure?", None),
        ({"text": "Sure?", "who": BOT, "position": 30}, "Sure?", 3),
        ({"text": "Sure?", "who": BOT, "position": 10**9, "step": "\u20684\u00a0→\u00a05\u2069"}, "Sure?", 4),
        ({"text": "Sure?", "who": BOT, "position": -(10**9)}, "Sure?", None),
        ({"text": "Sure?", "who": BOT, "position": 10**9}, "Sure?", 3),
    ],
)
def test_quotes(fields: dict[str, Any], text: str, line: int | None) -> None:
    sender = {"id": fields["who"], "is_bot": False, "first_name": "B"}
    chat = {"id": -1, "type": "supergroup", "title": "G"}
    replied = {"message_id": 4, "date": 1, "chat": chat, "from": sender, "text": "1 of 2:\n2. 🐶 red\n"}
    replied["text"] += f"{fields.get('step', f'3{NO_BREAK}→{NO_BREAK}4')}: nothing"
    quote = {"text": "What is it?", "position": fields.get("position", 0), "is_manual": fields.get("is_manual", True)}
    entities = [{"type": "mention", "offset": 0, "length": 8}] if "@" in fields["text"] else []
    asking = message(False, text=fields["text"], entities=entities, reply_to_message=replied, quote=quote)
    facts = facts_of(asking, BOT, NAME)
    assert (facts.text, facts.quoted_line) == (text, line)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("@vqa_bot -5 degrees?", "-5 degrees?"),
        ("@vqa_bot – what?", "what?"),
        ("@vqa_bot, what?", "what?"),
        ("@vqa_bot: what?", "what?"),
        ("What is it, @vqa_bot?", "What is it?"),
        ("Is @vqa_bot right, or am I?", "Is  right, or am I?"),
    ],
)
def test_what_sets_a_mention_apart_goes_with_it_and_a_minus_stays(text: str, question: str) -> None:
    entities = [{"type": "mention", "offset": text.index("@"), "length": 8}]
    assert facts_of(message(False, text=text, entities=entities), BOT, NAME).text == question


def test_a_plain_minus_stays() -> None:
    assert facts_of(message(text="-5 degrees?"), BOT, NAME).text == "-5 degrees?"


def test_a_mention_of_a_bot_by_its_number_counts() -> None:
    def named(number: int) -> Facts:
        user = {"id": number, "is_bot": True, "first_name": "VQA"}
        entities = [{"type": "text_mention", "offset": 0, "length": 3, "user": user}]
        return facts_of(message(False, text="VQA what?", entities=entities), BOT, NAME)

    assert named(BOT).addressed and named(BOT).text == "what?"
    assert not named(BOT + 1).addressed


def test_a_command_in_a_caption_is_a_command() -> None:
    def caption(text: str, length: int) -> Facts:
        entities = [{"type": "bot_command", "offset": 0, "length": length}]
        return facts_of(message(False, photo=PHOTO, caption=text, caption_entities=entities), BOT, NAME)

    assert meaning_of(caption("/settings", 9)) == Command("settings")
    assert meaning_of(caption("/delete@vqa_bot now", 15)) == Command("delete")
    assert meaning_of(caption("/ask what?", 4)) == Ask("what?", Source.OWN)
    assert meaning_of(caption("/delete@another", 15)) == Nothing()


def test_another_bots_command_in_a_private_chat_is_no_question() -> None:
    entities = [{"type": "bot_command", "offset": 0, "length": 13}]
    facts = facts_of(message(photo=PHOTO, caption="/help@another", caption_entities=entities), BOT, NAME)
    assert meaning_of(facts) == Command("help@another")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("@vqa_bot /history 2026-11", Command("history")),
        ("@vqa_bot, /ask what?", Ask("what?", Source.NEWEST)),
        ("@vqa_bot what does /history do?", Ask("what does /history do?", Source.NEWEST)),
    ],
)
def test_a_command_after_the_mention_is_a_command(text: str, meaning: object) -> None:
    slash = text.index("/")
    command = {"type": "bot_command", "offset": slash, "length": len(text[slash:].split()[0])}
    entities = [{"type": "mention", "offset": 0, "length": 8}, command]
    assert meaning_of(facts_of(message(False, text=text, entities=entities), BOT, NAME)) == meaning


def test_what_a_channel_posts_into_its_group_is_not_for_the_bot() -> None:
    entities = [{"type": "mention", "offset": 0, "length": 8}]
    post = message(False, text="@vqa_bot what?", entities=entities, is_automatic_forward=True)
    assert meaning_of(facts_of(post, BOT, NAME)) == Nothing()
