"""What a message means, without Telegram: facts in, meaning out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message

from bot.conversation import Ask, Facts, Nothing, Picture, Refuse, Show, Source, facts_of, meaning_of
from bot.texts import MAX_QUESTION, REFUSALS, UNSUPPORTED

BOT, NAME = 77, "vqa_bot"
PICTURE = Picture(5, "file", 1000, "image/jpeg")
PHOTO = [
    {"file_id": "s", "file_unique_id": "s", "width": 90, "height": 50},
    {"file_id": "l", "file_unique_id": "l", "width": 900, "height": 500},
]


@pytest.mark.parametrize(
    ("facts", "meaning"),
    [
        (Facts(True, "What?", PICTURE), Ask("What?", Source.OWN)),
        (Facts(True, "", PICTURE), Show()),
        (Facts(True, "  What \n is  it? "), Ask("What is it?", Source.NEWEST)),
        (Facts(True, "What?", reply_picture=PICTURE, reply_to=5), Ask("What?", Source.REPLIED)),
        (Facts(True, "What?", reply_to=5), Ask("What?", Source.REPLIED_ANSWER)),
        (Facts(True, "What?", PICTURE, reply_picture=PICTURE), Ask("What?", Source.OWN)),
        (Facts(True, "", unsupported="sticker"), Refuse("sticker")),
        (Facts(True, "What?", unsupported="video"), Refuse("video")),
        (Facts(True, "", asked_by_command=True), Refuse("empty")),
        (Facts(True, "x" * (MAX_QUESTION + 1)), Refuse("too long")),
        (Facts(False, "What?", PICTURE, addressed=False), Nothing()),
        (Facts(True, ""), Refuse("no words")),
    ],
)
def test_meanings(facts: Facts, meaning: object) -> None:
    assert meaning_of(facts) == meaning


@given(
    st.builds(
        Facts,
        private=st.booleans(),
        text=st.text(max_size=700),
        picture=st.none() | st.just(PICTURE),
        unsupported=st.none() | st.sampled_from(sorted(UNSUPPORTED)),
        addressed=st.booleans(),
        asked_by_command=st.booleans(),
        reply_picture=st.none() | st.just(PICTURE),
        reply_to=st.none() | st.integers(1, 9),
    )
)
def test_every_message_means_something_sensible(facts: Facts) -> None:
    meaning = meaning_of(facts)
    if not facts.addressed:
        assert meaning == Nothing()
    if isinstance(meaning, Ask):
        assert 0 < len(meaning.question) <= MAX_QUESTION and meaning.question == " ".join(meaning.question.split())
        assert meaning.source is not Source.OWN or facts.picture is not None
        assert meaning.source is not Source.REPLIED or facts.reply_picture is not None
    if isinstance(meaning, Refuse):
        assert meaning.why in {*UNSUPPORTED, *REFUSALS}


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
    ("document", "is_picture"),
    [
        ({"mime_type": "image/heic", "file_name": "a.heic"}, True),
        ({"file_name": "A.PNG"}, True),
        ({"mime_type": "application/pdf", "file_name": "a.pdf"}, False),
        ({}, False),
    ],
)
def test_image_files_are_pictures_and_others_are_not(document: dict[str, str], is_picture: bool) -> None:
    facts = facts_of(message(document={"file_id": "d", "file_unique_id": "d", **document}), BOT, NAME)
    assert (facts.picture is not None) == is_picture
    assert (facts.unsupported == "document") != is_picture


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
