"""How workers elsewhere are deployed: they never hold the bot's token, and nothing is wider open than the bot."""

from pathlib import Path

import pytest
import yaml

from bot.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = yaml.safe_load((DEPLOY / "compose.redis.yaml").read_text())["services"]


@pytest.mark.parametrize("name", ["worker", "gpu-worker"])
def test_a_worker_gets_no_token_and_no_rights(name: str) -> None:
    worker = SERVICES[name]
    assert "env_file" not in worker and "VQABOT_TELEGRAM_TOKEN" not in worker["environment"]
    assert worker["command"] == "worker" and worker["read_only"] is True and worker["cap_drop"] == ["ALL"]
    assert worker["restart"] == "on-failure", "an admin who lets it leave is heeded"


def test_settings_are_those_that_there_are() -> None:
    known = {f"VQABOT_{name.upper()}" for name in Settings.model_fields}
    for service in SERVICES.values():
        assert {name for name in service.get("environment", {}) if name.startswith("VQABOT_")} <= known


def test_redis_keeps_nothing_and_throws_nothing_away() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "noeviction" in command and '--save ""' in command and "ports" not in SERVICES["redis"]


def test_the_workers_unit_is_as_closed_as_the_bots() -> None:
    def closed(name: str) -> set[str]:
        lines = (DEPLOY / name).read_text().splitlines()
        words = ("NoNew", "Protect", "Private", "Restrict", "Lock", "Remove", "Capability", "SystemCall", "UMask")
        return {line for line in lines if line.startswith(words)}

    assert closed("vqabot-worker.service") == closed("vqabot.service")
    assert "ExecStart=/opt/vqabot/bin/vqabot worker" in (DEPLOY / "vqabot-worker.service").read_text()
