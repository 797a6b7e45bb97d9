"""What systemd and Prometheus say themselves of the files that are for them, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
MOST_EXPOSED = 2.0
"""Of 10, as `systemd-analyze security` judges."""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
@pytest.mark.parametrize("name", ["vqabot.service", "vqabot-worker.service"])
def test_systemd_reads_the_unit_and_finds_it_closed(name: str, tmp_path: Path) -> None:
    unit = tmp_path / name
    unit.write_text(
        (DEPLOY / name).read_text().replace("/opt/vqabot/bin/vqabot", "/bin/true")
    )  # it is not installed here
    read = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert read.returncode == 0 and not read.stderr, read.stderr
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True, text=True
    )
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    assert float(exposure) <= MOST_EXPOSED


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian's package prometheus)")
def test_prometheus_reads_its_files_and_alerts_ring(tmp_path: Path) -> None:
    monitoring = DEPLOY / "monitoring"
    read = subprocess.run(
        ["promtool", "check", "config", monitoring / "prometheus.yaml"], capture_output=True, text=True
    )
    assert read.returncode == 0, read.stderr
    tests = tmp_path / "alerts_test.yaml"
    tests.write_text(PLAYED.replace("RULES", str(monitoring / "alerts.yaml")))
    played = subprocess.run(["promtool", "test", "rules", tests], capture_output=True, text=True)
    assert played.returncode == 0, played.stdout + played.stderr


PLAYED = """
rule_files: [RULES]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'vqabot_workers_ready', values: '1x4 0x10'}
      - {series: 'vqabot_oldest_question_seconds', values: '0x4 400x10'}
      - {series: 'vqabot_questions_waiting', values: '100x30'}
      - {series: 'vqabot_questions_in_flight', values: '8x30'}
      - {series: 'vqabot_telegram_errors_total{kind="x"}', values: '0+120x30'}
      - {series: 'vqabot_questions_given_up_total', values: '0x4 5x20'}
      - {series: 'vqabot_deliveries_given_up_total', values: '0x4 50x20'}
      - {series: 'vqabot_questions_redelivered', values: '0x4 50x20'}
      - {series: 'vqabot_worker_silence_seconds', values: '1x4 60x20'}
    alert_rule_test:
      - {eval_time: 4m, alertname: NobodyAnswers, exp_alerts: []}
      - eval_time: 9m
        alertname: NobodyAnswers
        exp_alerts:
          - exp_labels: {severity: critical}
            exp_annotations: {summary: "No worker can answer. Questions are kept; /admin says why where it is known."}
      - eval_time: 8m
        alertname: QuestionsWaitLong
        exp_alerts:
          - exp_labels: {severity: warning}
            exp_annotations: {summary: "The oldest question has waited for more than five minutes."}
      - eval_time: 8m
        alertname: WorkerCutOff
        exp_alerts:
          - exp_labels: {severity: warning}
            exp_annotations: {summary: "A worker does not reach its broker."}
      - eval_time: 8m
        alertname: QuestionsAreGivenUp
        exp_alerts:
          - exp_labels: {severity: warning}
            exp_annotations: {summary: "Questions stop their workers again and again and are given up."}
      - eval_time: 15m
        alertname: TelegramRefuses
        exp_alerts:
          - exp_labels: {severity: warning}
            exp_annotations: {summary: "Calls to Telegram fail, more than one a second."}
"""
