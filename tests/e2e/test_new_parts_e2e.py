"""A model family and a broker that nothing in the project names answer in the chat: one file each, and metadata."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from e2e_helpers import TOKEN, StartBot, picture, sure

from bot.broker import open_broker
from bot.sandbox.person import Person
from bot.settings import Settings, SettingsError

sys.path.append(str(Path(__file__).parents[1] / "model"))

import toys


def settings(**fields: object) -> Settings:
    return Settings(**{"telegram_token": TOKEN, "_env_file": None, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("broker", ["embedded", "toy"])
async def test_a_family_of_its_own_answers_through_worker_and_bot(
    broker: str, start_bot: StartBot, you: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.install(tmp_path / "site", monkeypatch)
    model = toys.build(tmp_path / "toy")
    chosen = {"broker_url": f"toy://{model}"} if broker == "toy" else {"model": str(model)}
    await start_bot(open_broker(settings(**chosen)))
    for colour in ("red", "blue"):
        await you.send_picture(picture(colour), "What colour is this?")
        answer = await you.wait_for(lambda m, colour=colour: sure(m) and colour.title() in m["text"])
        assert answer["text"].startswith(f"{colour.title()}\n")


@pytest.mark.parametrize("url", ["nowhere://host", "redis", "jobs://host", "", "os://x"])
def test_a_broker_that_is_not_known_is_said_in_a_sentence(url: str) -> None:
    with pytest.raises(SettingsError, match=r"VQABOT_BROKER_URL .* the model runs beside the bot"):
        open_broker(settings(broker_url=url))
