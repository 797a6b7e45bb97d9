"""What a message means, without Telegram: facts in, meaning out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.meaning import (
    Ask,
    Command,
    Facts,
    Nothing,
    Refuse,
    Show,
    Source,
    Talk,
    TelegramPicture,
    meaning_of,
)
from bot.conversation.small_talk import SmallTalk
from bot.texts.questions import REFUSALS, UNSUPPORTED
from model.text import MAX_QUESTION

PICTURE = TelegramPicture(5, "file", 1000, "image/jpeg")


@pytest.mark.parametrize(
    ("facts", "meaning"),
    [
        (Facts(True, "What?", PICTURE), Ask("What?", Source.OWN)),
        (Facts(True, "", PICTURE), Show()),
        (Facts(True, "  What \n is  it? "), Ask("What is it?", Source.NEWEST)),
        (Facts(True, "please compare both"), Ask("please compare both", Source.NEWEST)),
        (Facts(True, "What?", reply_picture=PICTURE, reply_to=5), Ask("What?", Source.REPLIED)),
        (Facts(True, "What?", reply_to=5), Ask("What?", Source.REPLIED_ANSWER)),
        (Facts(True, "What?", PICTURE, reply_picture=PICTURE), Ask("What?", Source.OWN)),
        (Facts(True, "", unsupported="sticker"), Refuse("sticker")),
        (Facts(True, "What?", unsupported="video"), Refuse("video")),
        (Facts(True, "", asked_by_command=True), Refuse("empty")),
        (Facts(True, "x" * MAX_QUESTION, PICTURE), Ask("x" * MAX_QUESTION, Source.OWN)),
        (Facts(True, "x" * (MAX_QUESTION + 1)), Refuse("too long")),
        (Facts(True, "x" * (MAX_QUESTION + 1), PICTURE), Refuse("too long caption")),
        (Facts(True, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 30), Refuse("too long")),
        (Facts(True, "What?", reply_to=5, reply_unsupported="video"), Refuse("video")),
        (Facts(True, "What?", PICTURE, reply_to=5, reply_unsupported="video"), Ask("What?", Source.OWN)),
        (Facts(False, "", reply_picture=PICTURE, reply_to=5), Show(Source.REPLIED)),
        (Facts(False, "", reply_to=5), Show(Source.REPLIED_ANSWER)),
        (Facts(False, "/settings", PICTURE, command="settings"), Command("settings")),
        (Facts(False, "What?", PICTURE, addressed=False), Nothing()),
        (Facts(True, ""), Refuse("no words")),
        (Facts(True, "…"), Refuse("no words")),
        (Facts(True, "??"), Talk(SmallTalk.ASKING)),
        (Facts(True, "?", PICTURE), Show()),
        (Facts(True, "why?"), Refuse("why")),
        (Facts(True, "Describe this picture.", PICTURE), Ask("Describe this picture.", Source.OWN)),
        (Facts(True, "hi!", PICTURE), Show()),
        (Facts(True, "compare both pictures"), Ask("compare both pictures", Source.NEWEST)),
        (Facts(True, "nothing changed?", PICTURE), Ask("nothing changed?", Source.OWN)),
        (Facts(True, "whats new?"), Talk(SmallTalk.ASKING)),
        (Facts(True, "whats new?", PICTURE, album="1"), Ask("whats new?", Source.OWN)),
        (Facts(True, "thanks!"), Talk(SmallTalk.THANKS)),
        (Facts(False, "thanks!", reply_to=5, reply_unsupported="video"), Talk(SmallTalk.THANKS)),
        (Facts(False, "thanks!", addressed=False), Nothing()),
        (Facts(True, "hi", unsupported="video"), Refuse("video")),
        (Facts(True, "", unsupported="sticker", emoji="👍🏽"), Talk(SmallTalk.EMOJI)),
        (Facts(True, "", unsupported="sticker", emoji="🐶"), Refuse("sticker")),
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
        reply_unsupported=st.none() | st.sampled_from(sorted(UNSUPPORTED)),
        reply_to=st.none() | st.integers(1, 9),
        command=st.none() | st.just("settings"),
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
