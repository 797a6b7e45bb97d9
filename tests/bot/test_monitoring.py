"""What is served to Prometheus, and logs as JSON; the dashboard and the alerts ask for figures that there are."""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path

import aiohttp
import pytest
import yaml

from bot import metrics
from bot.monitoring import Monitoring
from bot.redact import JsonRedactor
from model.serving.broker.jobs import POISON
from model.types import Answer

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy" / "monitoring" / "dashboard.json"
ALERTS = ROOT / "deploy" / "monitoring" / "alerts.yaml"


def names() -> set[str]:
    """Every series that a process of this project gives."""
    found = set()
    for registry in (metrics.REGISTRY, metrics.WORKER_REGISTRY):
        for family in registry.collect():
            endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
            found |= {family.name + ending for ending in endings}
    return found


async def test_figures_health_and_readiness_are_served() -> None:
    ready = False
    monitoring = Monitoring(metrics.REGISTRY, lambda: ready, "127.0.0.1", 0)
    await monitoring.start()
    metrics.updates.inc()
    base = f"http://127.0.0.1:{monitoring.port}"
    async with aiohttp.ClientSession() as session:

        async def get(path: str) -> tuple[int, str]:
            async with session.get(base + path) as response:
                return response.status, await response.text()

        assert await get("/healthz") == (200, "ok\n")
        assert (await get("/readyz"))[0] == 503
        ready = True
        assert await get("/readyz") == (200, "ready\n")
        status, text = await get("/metrics")
        assert status == 200 and "vqabot_updates_total" in text
    await monitoring.stop()


def test_a_question_that_is_given_up_is_counted() -> None:
    before = metrics.REGISTRY.get_sample_value("vqabot_questions_given_up_total") or 0.0
    metrics.of_answer(Answer("1", "", 0.0, 0.0, POISON))
    metrics.of_answer(Answer("2", "", 0.0, 0.0, "question_failed"))
    assert metrics.REGISTRY.get_sample_value("vqabot_questions_given_up_total") == before + 1


@pytest.mark.parametrize("file", [DASHBOARD, ALERTS])
def test_dashboard_and_alerts_ask_for_figures_that_there_are(file: Path) -> None:
    asked = set(re.findall(r"\bvqabot_\w+", file.read_text()))
    assert asked and asked <= names()


def test_dashboard_and_alerts_have_their_form() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert all(panel["title"] and panel["targets"][0]["expr"] and panel["gridPos"] for panel in panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["alert"] and rule["expr"] and rule["for"] and rule["annotations"]["summary"]


def test_logs_are_json_without_secrets_and_name_the_question() -> None:
    try:
        raise ValueError("with s3cret")
    except ValueError:
        record = logging.LogRecord("bot.x", logging.INFO, "f", 1, "question %d: s3cret", (12,), sys.exc_info())
    said = json.loads(JsonRedactor(["s3cret"]).format(record))
    assert said["question"] == 12 and said["level"] == "INFO" and said["logger"] == "bot.x"
    assert "s3cret" not in json.dumps(said) and "ValueError" in said["exception"]
    assert "question" not in json.loads(JsonRedactor().format(logging.LogRecord("a", 10, "f", 1, "hello", (), None)))
