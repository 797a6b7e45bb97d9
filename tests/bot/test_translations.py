"""Every sentence that is marked has a translation in every language, and nothing else has; placeholders agree."""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from telegram.constants import BotDescriptionLimit, CallbackQueryLimit
from test_settings import QUESTION

import bot.texts
from bot.conversation.message_facts import _line_number
from bot.conversation.small_talk import SmallTalk
from bot.effective import Effective
from bot.texts import about, catalog, feedback, menus, questions, small_talk, workers
from bot.texts.caveats import caveat
from bot.texts.failures import sentence
from bot.texts.language import LANGUAGES, speaking
from bot.texts.sureness import sureness
from model.errors import PictureError
from model.types import Answer, WorkerInfo
from storage.feedback import Opinion
from storage.records import AskedPicture, Kept

ROOM = Path(bot.texts.__file__).parent
OTHERS = LANGUAGES[1:]
LONGEST_COMMAND = 256
SEVERAL = tuple(AskedPicture(sha256=sha * 64, message_id=1, answer="no", confidence=0.9) for sha in "ab")
Key = str | tuple[str, ...]


def marked() -> set[Key]:
    """What the code has to say, as `make translations` finds it."""
    keywords = {"_": None, "N_": None, "plural": (1, 2)}
    return {
        tuple(message) if isinstance(message, list | tuple) else message
        for _, _, message, _, _ in extract_from_dir(ROOM, keywords=keywords)
    }


def catalogue(language: str) -> Catalog:
    with (ROOM / "locale" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(text: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name}


def tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?\w+>|/[a-z]+\b(?!>)", text))


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_unused_or_unfinished(language: str) -> None:
    found = {message.id: message for message in catalogue(language) if message.id}
    assert found.keys() == marked(), "make translations"
    for key, message in found.items():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(text.strip() for text in texts) and not message.fuzzy, f"{key} is not translated"
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_markup_and_commands_agree(language: str) -> None:
    spoken = catalogue(language)
    for message in spoken:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not isinstance(message.id, tuple) or len(texts) == spoken.num_plurals
        for text in texts:
            assert placeholders(text) == placeholders(english[-1]) or text == "{thing}", f"{english[0]} -> {text}"
            assert tags(text) == tags(english[-1]), f"{english[0]} -> {text}"
            text.format(**dict.fromkeys({name.partition(":")[0] for name in placeholders(text)}, 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_telegram_limits_fits(language: str) -> None:
    with speaking(language):
        alerts = (
            *menus.settings_meanings(Effective(10, 1000, 10, 1000, 20, 25)),
            feedback.NOTED_WRONG,
            menus.ONLY_ADMINS,
            menus.keeping_changed(365),
            menus.without_tags(menus.zone_changed("America/Argentina/ComodRivadavia")),
        )
        assert all(len(text) <= CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH for text in alerts)
        assert len(about.DESCRIPTION) <= BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
        assert len(about.SHORT_DESCRIPTION) <= BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH
        assert all(len(about.COMMANDS[name]) <= LONGEST_COMMAND for name in about.COMMANDS)
        assert all(len(text) < 4000 for text in (about.HELP, about.PRIVACY, about.START))
        assert all(small_talk.reply(kind, with_picture) for kind in SmallTalk for with_picture in (True, False))


def test_plurals_numbers_and_times_are_the_languages_own() -> None:
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = [questions.progress(number).partition("\n")[2] for number in (1, 3, 5, 1234)]
    assert said["en"][0] == "1 question before yours." and said["en"][3] == "1,234 questions before yours."
    assert said["de"] == ["1 Frage vor Ihrer.", "3 Fragen vor Ihrer.", "5 Fragen vor Ihrer.", "1.234 Fragen vor Ihrer."]
    assert [text.split()[-1] for text in said["ru"]] == ["вопрос.", "вопроса.", "вопросов.", "вопроса."]
    assert said["fa"][3].startswith("۱٬۲۳۴ ")
    with speaking("de"):
        assert catalog.moment(1_790_000_000) == "21.09.2026, 14:13 UTC" and sureness(0.55).startswith("55 % sicher")
    with speaking("en"):
        assert catalog.moment(1_790_000_000) == "21 Sep 2026, 14:13 UTC"
        assert catalog.moment(1_790_000_000, ZoneInfo("Asia/Tehran")) == "21 Sep 2026, 17:43 UTC+03:30"
        assert catalog.moment(1_790_000_000, ZoneInfo("America/Sao_Paulo")) == "21 Sep 2026, 11:13 UTC-03:00"


def test_lines_from_right_to_left_begin_so() -> None:
    """Telegram takes a line's direction from its first letter; a mark that nobody sees is one, too."""
    wrong = []
    for message in catalogue("fa"):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for line in "\n".join(filter(None, texts)).split("\n"):
            read = re.sub(r"<[^>]*>|\{[^}]*\}", "", line)
            strong = [one for one in map(unicodedata.bidirectional, read) if one in ("L", "R", "AL")]
            sentence_or_more = len(read.split()) > 4
            if strong and strong[0] == "L" and "AL" in strong and sentence_or_more:
                wrong.append(line)
    assert not wrong
    with speaking("fa"):
        question = "What colour is it?"
        for text in (about.EXAMPLE_CAPTION.format(question=question), questions.did_you_ask(question)):
            assert f"\u2068{question}\u2069" in text, "its mark would stand on the wrong side"
        assert catalog.digits(1000) == "۱۰۰۰"


def test_words_are_named_between_the_quotation_marks_of_the_language() -> None:
    about = Answer("1", "red", 0.5, 0.1, unknown_words=("farbe",))
    for language, named in (("en", "“farbe”"), ("de", "„farbe“"), ("fr", "« farbe »"), ("ru", "«farbe»")):
        with speaking(language):
            assert named in caveat(about, unsure=True)
            assert feedback.of_answer(QUESTION, [Opinion(0, 1, False, "farbe")]) == f"{feedback.WRONG_BUTTON} {named}"


def test_constants_are_said_in_the_language_of_the_moment() -> None:
    english = questions.NEED_PICTURE
    with speaking("it-IT"):
        assert questions.NEED_PICTURE.startswith("Mandami prima") and questions.UNSUPPORTED["voice"].endswith(
            "domanda."
        )
        assert questions.REFUSALS.get("no such") is None and "300" in questions.REFUSALS["too long"]
        assert sentence(PictureError("picture_pdf")).startswith("Un PDF non è")
        assert sentence(PictureError("picture_too_large", megapixels=100)).endswith("100 megapixel.")
    with speaking("xx"):
        assert english == questions.NEED_PICTURE


def test_marks_are_those_of_the_language() -> None:
    """Between Persian words stands no Latin comma, wherever a sentence is put together."""
    latin = r"[\u0600-\u06ff»}\u2069]\)?[,;?](?=\s|$)"
    for message in catalogue("fa"):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        said = "\n".join(filter(None, texts))
        assert not re.search(latin, said) and "(های)" not in said, "one or several, not both"
    worker = WorkerInfo("florence", ready=True, device="cpu", dtype="float32", pace=0.3, answered=2, pid=7)
    with speaking("fa"):
        said = (
            menus.history_page([(1, replace(QUESTION, answer="red", known_picture=False), None)], 0, 1, 1),
            menus.delete_question(Kept(2, 3, True), group=False),
            catalog.moment(1_790_000_000),
            workers.listed([worker]),
        )
        assert all("، " in one and ", " not in one for one in said)


def test_answers_in_english_stand_in_lines_from_right_to_left() -> None:
    """Apps take a line's direction from its first letter; between two answers in English a number would wander."""
    asked = replace(QUESTION, text="Is it red?", answer="1: no; 2: no", each_picture=True, several=SEVERAL)
    with speaking("fa"):
        page = menus.history_page([(1, asked, None)], 0, 1, 1)
        lines = questions.outcome(asked).split("\n")
    assert [line[0] for line in page.split("\n")[2:]] == ["\u200f", "\u200f"]
    assert "<b>\u2068\u200f\u20681. No\u2069 · \u20682. No\u2069\u2069</b>" in page
    assert (
        lines[0].startswith("\u200f1. <b>\u2068No\u2069</b> – ")
        and _line_number("\n".join(lines), len(lines[0]) + 3) == 2
    )
    assert "\u200f" not in questions.outcome(asked), "in a language from the left nothing is marked"
