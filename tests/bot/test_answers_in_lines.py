"""How an answer of several lines is shown: one about each picture, or several questions about one."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from telegram.constants import MessageLimit
from test_answers import question

from bot.exporting.rows import row_of
from bot.texts import heat_maps, menus
from bot.texts.answers import shown
from bot.texts.caveats import BUILTIN_KNOWS
from bot.texts.language import speaking
from bot.texts.questions import outcome
from bot.texts.sureness import NOT_EVEN_A_GUESS
from storage.records import AskedPicture, Question


def test_an_answer_about_each_of_several_pictures_says_each_on_its_own() -> None:
    known = AskedPicture("a", 1, answer="pond", confidence=0.9, known_picture=True)
    both = (known, replace(known, sha256="b", answer="bed", confidence=0.02), replace(known, answer=None))
    asked = question("1: pond; 2: bed; 3: –", 0.02, unsure_below=25, each_picture=True, several=both)
    said = "1. Pond · 2. I do not know. My guess: bed · 3. –"
    assert shown(asked).answer == said
    row = row_of(asked, None)
    guess = "2 % sure – this is little more than a guess"
    assert (row["says"], row["sureness"]) == (said, f"1. 90 % sure · 2. {guess}")
    assert row["lines"] == [
        {"says": "1. Pond", "sureness": "90 % sure"},
        {"says": "2. I do not know. My guess: bed", "sureness": guess},
        {"says": "3. –", "sureness": ""},
    ]
    page = menus.history_page([(1, asked, None)], 0, 1, 1)
    assert "1. Pond (90 %) · 2. I do not know. My guess: bed (2 %) · 3. –</b> ·" in page, "not the worst for all"
    assert heat_maps.caption(asked).splitlines()[1] == f"<b>{said}</b>", "no bare answers there, either"


def test_all_lines_that_are_as_sure_say_it_once_in_the_chats_words() -> None:
    nothing = AskedPicture("a", 1, answer="no train", confidence=0.1, known_picture=True)
    asked = question("…", 0.1, text="What else?", each_picture=True, several=(nothing, nothing))
    assert outcome(asked).count(NOT_EVEN_A_GUESS) == 2
    assert f"({NOT_EVEN_A_GUESS})" in menus.history_page([(1, asked, None)], 0, 1, 1)
    assert row_of(asked, None)["sureness"] == NOT_EVEN_A_GUESS


def test_what_was_heard_is_said_once_over_all_lines() -> None:
    said = AskedPicture("a", 1, answer="pond", confidence=0.9, known_picture=True)
    asked = question("…", 0.9, text="what is it", spoken=True, each_picture=True, several=(said, said))
    assert outcome(asked).splitlines() == [
        "I heard: <i>what is it</i>",
        "1. <b>Pond</b> – <i>90 % sure</i>",
        "2. <b>Pond</b> – <i>90 % sure</i>",
    ]


def test_what_is_new_in_all_of_several_pictures_is_said_once() -> None:
    new = AskedPicture("a", 1, answer="pond", confidence=0.9, known_picture=False, knows=BUILTIN_KNOWS)
    asked = question("…", 0.9, text="x", each_picture=True, several=(new, replace(new, sha256="b", answer="bed")))
    caveat = f"{BUILTIN_KNOWS}; this looks different, so do not rely on this:"
    assert outcome(asked).splitlines() == [
        caveat,
        "1. <b>Pond</b> – <i>not sure</i>",
        "2. <b>Bed</b> – <i>not sure</i>",
    ]
    guess = replace(asked, unsure_below=25, several=(new, replace(new, sha256="b", answer="bed", confidence=0.1)))
    assert outcome(guess).splitlines()[::2] == [
        caveat,
        "2. <b>I do not know. My guess: bed</b> – <i>little more than a guess</i>",
    ]
    guesses = replace(guess, unsure_below=95)
    assert outcome(guesses).splitlines() == [
        f"{BUILTIN_KNOWS}; this looks different.",
        "1. <b>I do not know. My guess: pond</b> – <i>not sure</i>",
        "2. <b>I do not know. My guess: bed</b> – <i>little more than a guess</i>",
    ]
    assert row_of(guesses, None)["caveat"] == f"{BUILTIN_KNOWS}; this looks different."
    words = replace(asked, several=(new, replace(new, sha256="b", answer="bed", unknown_words=("x",))))
    assert outcome(words).splitlines() == [
        caveat,
        "1. <b>Pond</b> – <i>not sure</i>",
        "2. I do not know the word “x”. <b>Bed</b> – <i>not sure</i>",
    ]
    assert row_of(words, None)["caveat"] == f"2. I do not know the word “x”. {caveat}"
    other = replace(asked, several=(new, replace(new, sha256="b", known_picture=True)))
    assert outcome(other).splitlines()[0] == f"1. {caveat} <b>Pond</b> – <i>not sure</i>", "only the first is new"
    assert (row_of(asked, None)["caveat"], row_of(other, None)["caveat"]) == (caveat, f"1. {caveat}")
    page = menus.history_page([(1, other, None)], 0, 1, 1)
    assert "1. Pond (not sure) · 2. Pond (90 %)</b> (new to me: picture)" in page


def test_no_guess_follows_upon_do_not_rely_on_this() -> None:
    known = AskedPicture("a", 1, answer="pond", confidence=0.9, known_picture=True)
    new = replace(known, sha256="b", confidence=0.1, unknown_words=("x",))
    asked = question("…", 0.1, text="What x is it?", unsure_below=25, each_picture=True, several=(known, new))
    assert outcome(asked).splitlines()[1].startswith("2. I do not know the word “x”. <b>I do not know. My guess: pond")
    assert row_of(asked, None)["caveat"] == "2. I do not know the word “x”."
    yes = replace(new, answer="yes", confidence=0.6)
    sought = replace(asked, text="Which one has an x?", several=(yes, replace(yes, answer="no")), unsure_below=40)
    assert outcome(sought).splitlines()[:3] == [
        "I do not know the word “x”.",
        "<b>I do not know. My guess: In picture 1</b> – <i>little more than a guess</i>",
        "1. <b>Yes</b> – <i>not sure</i>",
    ], "what both lines come to is a guess, though neither is"


def test_each_line_answers_what_was_asked_in_full() -> None:
    new = AskedPicture("a", 1, answer="no cat", confidence=0.9, known_picture=True)
    asked = question("…", 0.9, text="where?", asked_as="Where is the cat?", each_picture=True, several=(new, new))
    assert outcome(asked).splitlines()[:2] == [
        "<i>Where is the cat?</i>",
        "1. <b>I see no cat here.</b> – <i>90 % sure</i>",
    ]


def test_under_the_admins_limit_all_lines_together_are_a_guess_too() -> None:
    said = AskedPicture("a", 1, answer="yes", confidence=0.5, known_picture=True)
    both = (said, replace(said, sha256="b", answer="no"))
    asked = question("…", 0.5, text="Which one has a dog?", unsure_below=30, each_picture=True, several=both)
    joint = outcome(asked).splitlines()[0]
    assert joint.startswith("<b>I do not know. My guess: In picture 1</b>"), "right at 25 %, where both lines are"


def test_an_answer_in_steps_is_told_from_one_about_each_picture() -> None:
    said = [AskedPicture("a", n, answer="nothing", confidence=0.5 + n / 10, known_picture=True) for n in range(4)]
    steps = (replace(said[0], answer=None, confidence=None, known_picture=None), *said[1:])
    asked = question("…", 0.6, text="Did anything move?", each_picture=True, several=steps)
    assert shown(asked).answer == "1\u00a0→\u00a02: Nothing · 2\u00a0→\u00a03: Nothing · 3\u00a0→\u00a04: Nothing"
    assert outcome(asked).splitlines()[0] == "1\u00a0→\u00a02: <b>Nothing</b> – <i>60 % sure – I may be wrong</i>"
    assert menus.history_page([(1, asked, None)], 0, 1, 1).count("60 %") == 1, "the first has no answer to be sure of"
    with speaking("fa"):
        assert outcome(asked).startswith("\u200f\u20681\u00a0→\u00a02\u2069: "), "it reads from the left there, too"
    earlier = replace(asked, several=tuple(said))
    assert shown(earlier).answer.startswith("1. Nothing · 2. Nothing"), "an earlier release asked it of each"
    one_picture = replace(asked, several=tuple(replace(one, message_id=7) for one in steps))
    assert shown(one_picture).answer.startswith("1. – · 2. Nothing"), "several questions about one picture"


def lines_of_album(pictures: int, questions: list[str], **said: Any) -> Question:
    """Each question, asked of each picture."""
    several = tuple(AskedPicture(str(n), n, caption=one, **said) for n in range(1, pictures + 1) for one in questions)
    return question("…", 0.4, text=" ".join(questions), each_picture=True, unsure_below=25, several=several)


@pytest.mark.parametrize("language", ["en", "de", "es", "fa", "fr", "it", "pt", "ru"])
@pytest.mark.parametrize("answer", ["under the big tree", "a long description " * 120, "\U0001f436" * 900])
def test_whatever_the_lines_are_telegram_takes_them_as_one_message(language: str, answer: str) -> None:
    asked = lines_of_album(
        *(10, ["What is the small brown dog doing on the grass?", "Where is the tall girl with the blue kite?"]),
        answer=answer,
        confidence=0.15,
        known_picture=True,
        known_words=False,
        alternatives=(("on the small red house", 0.1),),
    )
    strange = {"known_picture": False, "knows": BUILTIN_KNOWS, "known_words": True}
    mixed = replace(asked, several=(*asked.several[:9], *(replace(one, **strange) for one in asked.several[9:])))
    with speaking(language):
        for shown_so in (outcome(asked), outcome(mixed)):
            message = unescape(re.sub(r"<[^>]+>", "", shown_so))
            assert len(message.encode("utf-16-le")) // 2 <= MessageLimit.MAX_TEXT_LENGTH
            assert message.splitlines()[-1].strip("\u200f\u2067\u2068\u2069").startswith("20. ")


def test_what_there_are_no_lines_for_is_said() -> None:
    said = {"answer": "yes", "confidence": 0.9, "known_picture": True}
    asked = lines_of_album(7, ["Is there a dog?", "Is there a cat?"], **said)
    assert "left out" not in outcome(asked)
    asked = replace(asked, text="is there a dog? and a cat? where is the <ball>?")
    few = replace(lines_of_album(2, ["Is there a dog?", "Is there a cat?"], **said), text=asked.text)
    assert "left out" not in outcome(few), "there was room: what came before the message tells how it was understood"
    first, *lines = outcome(asked).splitlines()
    assert first == "That was too much for one message. I left out: <i>Where is the &lt;ball&gt;?</i>"
    assert len(lines) == 14
