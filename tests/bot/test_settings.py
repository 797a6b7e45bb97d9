"""Settings: typed, named in every complaint, secret where they are secret."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.callback_data import CancelQuestion, ChangeAdminSetting, ChangeSetting, ConfirmDelete, HistoryPage, ShowPicture
from bot.effective import effective
from bot.exporting.rows import row_of
from bot.redact import Redactor
from bot.settings import Settings, SettingsError, load_settings
from bot.texts import admin, menus
from bot.texts.sureness import percent, sureness
from model.types import WorkerInfo
from storage.feedback import Opinions
from storage.quota import Usage
from storage.records import ChatSettings, GlobalSettings, Question, State, Statistics

TOKEN = "123456789:AAH" + "x" * 32


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("VQABOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_settings_come_from_the_environment_and_from_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"VQABOT_TELEGRAM_TOKEN={TOKEN}\nVQABOT_ADMIN_IDS=1, 2,3\nVQABOT_DEFAULT_BEAMS=4\n")
    monkeypatch.setenv("VQABOT_DEFAULT_BEAMS", "5")
    settings = load_settings()
    assert (settings.token, settings.admin_ids, settings.default_beams) == (TOKEN, (1, 2, 3), 5)
    assert TOKEN not in repr(settings) and TOKEN not in str(settings)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VQABOT_DATA_DIR=\nVQABOT_DEFAULT_BEAMS=\nVQABOT_PROXY=\nVQABOT_ADMIN_IDS=\n")
    monkeypatch.setenv("VQABOT_MODEL", "")
    assert load_settings() == Settings.model_construct()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        (
            "VQABOT_ADMIN_IDS",
            "1,@you",
            r"^Wrong setting: VQABOT_ADMIN_IDS must be Telegram numbers, separated by commas",
        ),
        ("VQABOT_DEFAULT_BEAMS", "11", r"VQABOT_DEFAULT_BEAMS must be at most 10\.$"),
        ("VQABOT_THREADS", "-1", r"VQABOT_THREADS must be at least 0\.$"),
        ("VQABOT_DTYPE", "int4", r"VQABOT_DTYPE must be 'auto', 'float32', "),
        ("VQABOT_TELEGRAM_BASE_URL", "ftp://x", "must begin with http"),
        (
            "VQABOT_PROXY",
            "socks5h://me:secret@host:1080",
            r"VQABOT_PROXY must be like http://host:8080 or socks5://host:1080\.$",
        ),
        ("VQABOT_PROXY", "foo", r"VQABOT_PROXY must be like http://host:8080"),
        ("VQABOT_WEBHOOK_URL", "https://x.example", "VQABOT_WEBHOOK_SECRET"),
        ("VQABOT_LOG_LEVEL", "loud", "must be DEBUG"),
        ("VQABOT_DEVICE", "tpu", r"^Wrong setting: VQABOT_DEVICE must be auto, cpu, cuda or cuda:1, not tpu\.$"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=complaint):
        load_settings()


def test_a_file_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"VQABOT_MODEL=\xe9\n")
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load_settings()


@pytest.mark.parametrize("in_file", [True, False])
def test_a_mistyped_setting_is_named_and_a_strange_one_only_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, in_file: bool
) -> None:
    def put(name: str) -> None:
        if in_file:
            (tmp_path / ".env").write_text(f"{name}=5\n")
        else:
            monkeypatch.setenv(name, "5")

    put("VQABOT_SOMEBODY_ELSES")
    load_settings()
    assert "VQABOT_SOMEBODY_ELSES is no setting" in caplog.text
    put("VQABOT_MAXBEAMS")
    with pytest.raises(SettingsError, match=r"no setting VQABOT_MAXBEAMS\. Did you mean VQABOT_MAX_BEAMS"):
        load_settings()


def test_a_secret_never_stands_in_a_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VQABOT_WEBHOOK_URL", "https://x.example")
    monkeypatch.setenv("VQABOT_WEBHOOK_SECRET", "not allowed: spaces")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "spaces" not in str(caught.value)


@pytest.mark.parametrize(
    ("token", "sentence"), [(None, "No token"), ("", "No token"), ("hello", "not the form of a token")]
)
def test_run_without_a_token_says_how_to_get_one(token: str | None, sentence: str) -> None:
    environment = {**os.environ, **({} if token is None else {"VQABOT_TELEGRAM_TOKEN": token})}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 2 and sentence in done.stderr and "vqabot demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_setting_is_in_the_example() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    named = set(re.findall(r"^#?(VQABOT_\w+)=", example, re.M))
    assert named == {f"VQABOT_{name.upper()}" for name in Settings.model_fields}
    for name, value in re.findall(r"^(VQABOT_\w+)=(.+)$", example, re.M):
        default = Settings.model_fields[name.removeprefix("VQABOT_").lower()].default
        assert str(default) == value, name


def test_logs_hold_no_secret() -> None:
    redactor = Redactor(["webhook-secret"])
    try:
        raise ValueError(f"bad https://api.telegram.org/bot{TOKEN}/getMe with webhook-secret")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "calling %s", (f"bot{TOKEN} {quote(TOKEN)}",), sys.exc_info()
        )
    text = redactor.format(record)
    assert (
        TOKEN.split(":")[1] not in text and "webhook-secret" not in text and "ValueError" in text and "<secret>" in text
    )


@pytest.mark.parametrize(
    ("chat", "admins", "expected"),
    [
        (ChatSettings(), GlobalSettings(), (3, 20)),
        (ChatSettings(beams=7), GlobalSettings(default_beams=5), (7, 20)),
        (ChatSettings(), GlobalSettings(default_beams=5, default_max_new_tokens=9), (5, 9)),
        (ChatSettings(beams=7, max_new_tokens=500), GlobalSettings(max_beams=2, max_max_new_tokens=50), (2, 50)),
        (ChatSettings(), GlobalSettings(max_beams=1), (1, 20)),
    ],
)
def test_what_counts_is_the_chat_then_the_admins_then_the_environment(
    chat: ChatSettings, admins: GlobalSettings, expected: tuple[int, int]
) -> None:
    now = effective(chat, admins, Settings(_env_file=None))  # type: ignore[call-arg]
    assert (now.beams, now.max_new_tokens) == expected


@pytest.mark.parametrize(
    "data",
    [
        CancelQuestion(2**52),
        ChangeSetting("tokens", 1000),
        HistoryPage(0),
        ShowPicture(5),
        ConfirmDelete(True, 2**52),
        ChangeAdminSetting("max_beams", 10),
    ],
)
def test_buttons_come_back_as_they_went_within_64_bytes(
    data: CancelQuestion | ChangeSetting | HistoryPage | ShowPicture | ConfirmDelete | ChangeAdminSetting,
) -> None:
    packed = data.pack()
    assert len(packed.encode()) <= 64 and type(data).unpack(packed) == data
    assert type(data).unpack(packed + ":x") is None and type(data).unpack(None) is None


QUESTION = Question(
    id=1, chat_id=1, message_id=1, revision=0, thread_id=None, user_id=1, user_name="A", photo_sha256="ab" * 32,
    photo_message_id=1, text="?", beams=1, max_new_tokens=5, state=State.DELIVERED, placeholder_id=1, answer="a",
    confidence=0.9, known_picture=True, known_words=True, seconds=0.1, error=None, attempts=1, delivered=True,
    created_at=0.0, updated_at=0.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "99 % sure"),
        (0.8, "80 % sure"),
        (0.6, "I may be wrong"),
        (0.2, "little more than a guess"),
        (0.0, "1 % sure"),
    ],
)
def test_low_confidence_is_said_in_words(confidence: float, words: str) -> None:
    assert words in sureness(confidence)


@pytest.mark.parametrize(
    ("confidence", "shown"), [(0.0, 1), (0.004, 1), (0.505, 50), (0.9749, 97), (0.975, 98), (0.996, 99), (1.0, 99)]
)
def test_one_answer_has_one_percentage_everywhere(confidence: float, shown: int) -> None:
    question = replace(QUESTION, confidence=confidence)
    assert percent(confidence) == shown and f"{shown} % sure" in sureness(confidence)
    assert f"({shown} %)" in menus.history_page([(1, question, None)], 0, 1, 1)
    assert row_of(question, None)["percent"] == shown
    stats, room = Statistics(0, 0, 0, 1, None, confidence, 0), Usage(10**9, 10**10, 10**9, 2 * 10**9)
    counts, worker = dict.fromkeys(State, 0), WorkerInfo(ready=True, model="m")
    now = effective(ChatSettings(), GlobalSettings(), Settings(_env_file=None))  # type: ignore[call-arg]
    text = admin.overview(
        counts, [worker], stats, room, GlobalSettings(), now, in_flight=0, updates={"pending": 0, "failed": 0},
        opinions=Opinions(0, 0, ()),
        uptime=0.0, last_poll=None,
    )  # fmt: skip
    assert "1,000.0 of at most 10,000 MB" in text and "1,000 MB free: too little, so I take no new pictures" in text
    assert f"{shown} % sure on average" in text and "by 1 chat\n" in text


def test_percentages_and_plurals_have_one_place() -> None:
    """No other file makes a percentage of a confidence, or hangs an s on a noun."""
    makes = re.compile(r"100 \* |:\.0%|else ['\"]s['\"]|['\"]s['\"] if number")
    room = Path(menus.__file__).parent
    bot = room.parent
    files = [room / "menus.py", room / "admin.py", *(bot / "handlers").glob("*.py"), *(bot / "exporting").glob("*")]
    assert [path.name for path in files if path.is_file() and makes.search(path.read_text())] == []
