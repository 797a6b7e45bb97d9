"""All settings of the bot, typed, from the environment (prefix VQABOT_) and from `.env`."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.texts.failures import wording

log = logging.getLogger(__name__)

PREFIX = "VQABOT_"
ALMOST = 0.88
"""How alike two names are when one is the other mistyped: 1 is equal."""
TELEGRAM = "https://api.telegram.org"
PROXY_FORM = re.compile(r"(http|socks[45])://\S+:\d{1,5}/?$")
DEVICE_FORM = re.compile(r"auto|cpu|cuda(:\d+)?")
TOKEN_FORM = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")


class SettingsError(Exception):
    """The settings do not fit together; the text says which and why."""

    def __init__(self, text: str, problems: Sequence[str] = ()) -> None:
        """Of one problem, or of several: `problems` has a sentence for each."""
        super().__init__(text)
        self.problems = tuple(problems) or (text,)


class Settings(BaseSettings):
    """Every setting once; `.env.example` names them all."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    telegram_token: SecretStr | None = None
    """The bot's token from @BotFather."""
    telegram_base_url: str = TELEGRAM
    """Where the Bot API is: methods at `<url>/bot<token>/<method>`, files at `<url>/file/bot<token>/<path>`."""
    proxy: str | None = None
    """An HTTP or SOCKS proxy for everything that goes to Telegram."""
    webhook_url: str | None = None
    """The public https address that Telegram calls; without one the bot polls."""
    webhook_secret: SecretStr | None = None
    """What Telegram sends along to be recognised: 1 to 256 of A-Z a-z 0-9 _ -."""
    webhook_listen: str = "127.0.0.1"
    webhook_port: Annotated[int, Field(ge=1, le=65535)] = 8443

    data_dir: Path = Path("data")
    """Holds the database and the pictures; one bot at a time."""
    max_stored_mb: Annotated[int, Field(ge=1)] = 10_000
    """The most megabytes of pictures that are kept; beyond it the oldest that no question waits for go."""
    max_stored_mb_per_chat: Annotated[int, Field(ge=1)] = 1000
    """The same, of one chat."""
    min_free_mb: Annotated[int, Field(ge=0)] = 200
    """Megabytes of the disk that pictures leave free (on a small disk 5 % of it)."""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    """Questions and pictures are deleted after so many days; 0 keeps them as long as there is room."""
    model: str = "builtin"
    """`builtin`, a folder, a ZIP, or a hub id such as florence-community/Florence-2-base-ft."""
    batch_size: Annotated[int, Field(ge=1, le=256)] = 8
    """The most questions that a worker answers at once."""
    device: str = "auto"
    """Where the model runs: `auto` (the GPU where there is one), `cpu`, `cuda`, `cuda:1`."""
    dtype: Literal["auto", "float32", "bfloat16", "float16", "int8"] = "auto"
    """Its number format; `auto` measures which is faster when the worker starts."""
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    """The worker's CPU threads; 0 chooses by the size of the model."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many worker processes answer, each with the model loaded."""
    speech: str = "auto"
    """What listens to voice messages: `auto` (pocketsphinx where it is installed), `pocketsphinx`, a folder or hub id
    of Whisper, or `off`."""
    broker_url: SecretStr | None = None
    """The address of a broker whose workers run elsewhere; without one they run beside the bot."""

    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    """Telegram numbers of the people who may use /admin, separated by commas."""
    allowed_ids: Annotated[tuple[int, ...], NoDecode] = ()
    """Telegram numbers of the people and groups who may use the bot, beside the admins; none: everybody may."""
    default_beams: Annotated[int, Field(ge=1, le=10)] = 3
    default_max_new_tokens: Annotated[int, Field(ge=1, le=1000)] = 20
    max_beams: Annotated[int, Field(ge=1, le=10)] = 10
    max_max_new_tokens: Annotated[int, Field(ge=1, le=1000)] = 1000
    questions_per_minute: Annotated[int, Field(ge=1)] = 20
    """The most questions that one person may ask in a minute, over all chats."""
    unsure_below: Annotated[int, Field(ge=1, le=99)] = 25
    """Percent. An answer of less confidence is said as a guess: "I do not know"; 1 says every answer plainly."""
    feedback: bool = True
    """Whether people can say under an answer what they think of it."""
    max_waiting: Annotated[int, Field(ge=1)] = 2000
    """The most questions that wait in all; more are refused with a sentence."""
    max_waiting_per_chat: Annotated[int, Field(ge=1)] = 50
    max_waiting_per_person: Annotated[int, Field(ge=1)] = 25
    """Of one person, over all chats."""

    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Where /metrics, /healthz and /readyz are served; 0: nowhere."""
    metrics_listen: str = "127.0.0.1"
    otlp_endpoint: str | None = None
    """Where traces go: a collector that speaks OTLP over HTTP. Needs the extra `telemetry`."""

    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator("admin_ids", "allowed_ids", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        """Numbers from "1, 2,3"; an empty text is none."""
        if isinstance(value, int):
            return (value,)
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not all(re.fullmatch(r"[+-]?[0-9]+", part) for part in parts):
            raise ValueError("must be Telegram numbers, separated by commas (no @names)")
        return tuple(parts)

    @field_validator("telegram_base_url", "otlp_endpoint")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value and value.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        if value and not PROXY_FORM.match(value):  # it is not shown: it may hold a password
            raise ValueError("must be like http://host:8080 or socks5://host:1080")
        return value or None

    @field_validator("device")
    @classmethod
    def _device(cls, value: str) -> str:
        if not DEVICE_FORM.fullmatch(value):  # whether there is such a one here, the worker finds out
            raise ValueError(f"must be auto, cpu, cuda or cuda:1, not {value}")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("VQABOT_WEBHOOK_URL needs VQABOT_WEBHOOK_SECRET, so that only Telegram is believed")
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else None
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise ValueError("VQABOT_WEBHOOK_SECRET must be 1 to 256 of the characters A-Z a-z 0-9 _ -")
        return self

    @property
    def token(self) -> str:
        """The token's text.

        Raises:
            SettingsError: There is none, or it cannot be one.
        """
        text = self.telegram_token.get_secret_value().strip() if self.telegram_token else ""
        if not text:
            raise SettingsError(
                "No token: open a chat with @BotFather in Telegram, send /newbot, and put the token that it gives you "
                "into VQABOT_TELEGRAM_TOKEN (or into .env). To try the bot without a token: vqabot demo"
            )
        if not TOKEN_FORM.fullmatch(text):
            raise SettingsError(
                "VQABOT_TELEGRAM_TOKEN has not the form of a token (a number, a colon, some 35 letters). "
                "Copy it from @BotFather again. To try the bot without a token: vqabot demo"
            )
        return text


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A setting is wrong, or mistyped; the text names it by its variable and never shows a secret.
    """
    mistyped = _mistyped()
    try:
        settings = Settings()
    except ValidationError as error:
        problems = []
        for problem in error.errors(include_input=False, include_url=False):
            name = f"{PREFIX}{str(problem['loc'][0]).upper()} " if problem["loc"] else ""
            problems.append(name + wording(problem))
        wrong = f"Wrong setting: {'; '.join(problems)}."
        raise SettingsError(" ".join([*mistyped, wrong]), [*mistyped, *(f"{each}." for each in problems)]) from None
    if mistyped:
        raise SettingsError(" ".join(mistyped), mistyped)
    return settings


def _mistyped() -> list[str]:
    """A variable that is almost a setting's is a mistake that would go unnoticed; another may be somebody else's.

    Raises:
        SettingsError: There is a file .env that cannot be read.
    """
    mistyped = []
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    try:
        in_file = dotenv_values(".env", encoding="utf-8") if Path(".env").is_file() else {}
    except UnicodeDecodeError as error:
        raise SettingsError("The file .env is no text in UTF-8: save it as UTF-8.") from error
    for name in sorted({*os.environ, *in_file}):
        if not name.upper().startswith(PREFIX) or name.upper() in known:
            continue
        near = get_close_matches(name.upper(), known, 1, ALMOST)
        if near:
            mistyped.append(f"There is no setting {name}. Did you mean {near[0]}?")
        else:
            log.warning("%s is no setting of this release; .env.example names them all", name)
    return mistyped
