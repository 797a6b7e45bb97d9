"""What is asked of the bot itself: a command, or a sentence of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.meaning import Ask, Command, Facts, Name, Refuse, Talk, TelegramPicture, meaning_of
from bot.conversation.requests import command_meant, sentence_meant
from bot.texts import about as texts

LISTS = Path(__file__).parent / "messages"


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("delete my stuff", Name("delete")), ("forget everything", Name("delete")), ("unsubscribe", Name("delete")),
        ("how do i delete my history?", Name("delete")), ("please delete all my data", Name("delete")),
        ("how to compare two pics", Name("compare")), ("export my data", Command("export")),
        ("History", Command("history")), ("what did i ask?", Command("history")), ("settings", Command("settings")),
        ("how do I change settings", Command("settings")), ("change beams to 5", Command("settings")),
        ("change language", Refuse("languages")), ("speak german", Refuse("languages")),
        ("can you answer in German please", Refuse("languages")), ("do you speak italian?", Refuse("languages")),
        ("what languages do you speak", Refuse("languages")), ("turn off the percentages", Refuse("fixed")),
        ("don’t show percentages", Refuse("fixed")), ("do you store my pictures?", Command("privacy")),
        ("what do you know about me", Command("privacy")), ("privacy", Command("privacy")),
        ("are my photos private?", Command("privacy")), ("can i send videos", Refuse("moving")),
        ("can u watch videos?", Refuse("moving")), ("can you see me", Refuse("sees you")),
        ("how do i use u", Command("help")), ("show my settings", Command("settings")),
        ("where are the settings?", Command("settings")), ("show me what I asked", Command("history")),
        ("my last questions", Command("history")), ("what was my last question?", Command("history")),
        ("show me the help", Command("help")), ("can you help me?", Command("help")),
        ("what commands are there?", Command("help")), ("show me an example please", Command("start")),
        ("german please", Refuse("languages")), ("In German pls!", Refuse("languages")),
        ("deutsch bitte", Refuse("languages")), ("Español", Refuse("languages")),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_bot_gets_its_own_answer(said: str, meaning: object) -> None:
    assert meaning_of(Facts(private=True, text=said)) == meaning


@pytest.mark.parametrize(
    "said",
    [
        *("compare both pics", "can you see me in the picture", "is the history book open", "who deletes the text"),
        *("what language is the sign", "is the man speaking german", "what does the phone show", "is there a video"),
        *(
            "are my shoes red",
            "help the dog",
            "german dog please",
            "where are my pictures on the wall",
            "what settings does the camera have",
        ),
    ],
)
def test_what_is_asked_of_a_picture_stays_a_question(said: str) -> None:
    assert isinstance(meaning_of(Facts(private=True, text=said)), Ask)


def test_under_a_picture_and_after_ask_nothing_is_asked_of_the_bot() -> None:
    shown = TelegramPicture(1, "a", None, "image/png")
    assert isinstance(meaning_of(Facts(private=True, text="can you see me", picture=shown)), Ask)
    assert isinstance(meaning_of(Facts(private=True, text="history", asked_by_command=True)), Ask | Talk)


@pytest.mark.parametrize("part", ["", "_held_out", "_strangers", "_hard"])
def test_no_short_question_is_taken_for_one(part: str) -> None:
    asked = (LISTS / f"short_questions{part}.txt").read_text(encoding="utf-8").splitlines()
    assert [text for text in asked if command_meant(text) or sentence_meant(text)] == []


def test_what_a_command_does_is_said() -> None:
    assert texts.of_command("delete") == "/delete – Forget everything of this chat"
