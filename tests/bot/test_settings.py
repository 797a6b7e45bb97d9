"""Settings: typed, named in every complaint, secret where they are secret."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.callback_data import CancelQuestion, ChangeAdminSetting, ChangeSetting, ConfirmDelete, HistoryPage, ShowPicture
from bot.effective import effective
from bot.redact import Redactor
from bot.settings import Settings, SettingsError, load_settings
from bot.texts import sureness
from storage.records import ChatSettings, GlobalSettings

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


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("VQABOT_ADMIN_IDS", "1,you", "VQABOT_ADMIN_IDS"),
        ("VQABOT_DEFAULT_BEAMS", "11", "VQABOT_DEFAULT_BEAMS"),
        ("VQABOT_TELEGRAM_BASE_URL", "ftp://x", "must begin with http"),
        ("VQABOT_WEBHOOK_URL", "https://x.example", "VQABOT_WEBHOOK_SECRET"),
        ("VQABOT_LOG_LEVEL", "loud", "must be DEBUG"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=complaint):
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
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "calling %s", (f"bot{TOKEN}",), sys.exc_info())
    text = redactor.format(record)
    assert TOKEN not in text and "webhook-secret" not in text and "ValueError" in text and "<secret>" in text


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
