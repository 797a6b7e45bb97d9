"""The manifests fit Kubernetes' own schemas, and give nobody more than it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.settings import Settings

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
BASE = sorted(path for path in (FOLDER / "base").glob("*.yaml") if path.name != "kustomization.yaml")
METRICS = (FOLDER.parents[1] / "bot" / "metrics.py").read_text()


def documents(*files: Path) -> list[dict[str, Any]]:
    return [one for file in files for one in yaml.safe_load_all(file.read_text())]


def pods() -> dict[str, dict[str, Any]]:
    """What runs, by name."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in documents(*BASE)
        if "template" in one.get("spec", ())
    }


@pytest.mark.parametrize("one", documents(*BASE), ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_each_manifest_fits_its_schema(one: dict[str, Any]) -> None:
    kubernetes_validate.validate(one, "1.37", strict=True)


def test_every_file_is_applied() -> None:
    named = yaml.safe_load((FOLDER / "base" / "kustomization.yaml").read_text())["resources"]
    assert sorted(named) == [path.name for path in BASE]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")
@pytest.mark.parametrize("overlay", ["base", "gpu"])
def test_kubectl_builds_them(overlay: str) -> None:
    built = subprocess.run(
        ["kubectl", "kustomize", FOLDER / overlay], capture_output=True, text=True, check=True
    ).stdout
    found = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(built)}
    for one in found.values():
        kubernetes_validate.validate(one, "1.37", strict=True)
    limits = found["Deployment", "worker"]["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
    assert ("nvidia.com/gpu" in limits) == (overlay == "gpu")


@pytest.mark.parametrize("name", ["bot", "worker", "redis"])
def test_what_runs_has_no_rights(name: str) -> None:
    pod = pods()[name]
    (container,) = pod["containers"]
    own, whole = container["securityContext"], pod["securityContext"]
    assert whole["runAsNonRoot"] and whole["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["readOnlyRootFilesystem"] and not own["allowPrivilegeEscalation"]
    assert own["capabilities"] == {"drop": ["ALL"]} and pod["automountServiceAccountToken"] is False
    assert "memory" in container["resources"]["limits"]


def test_a_worker_has_no_token_and_settings_are_those_that_there_are() -> None:
    given = {
        name: {one["name"] for one in pod["containers"][0].get("env", ()) if one["name"].startswith("VQABOT_")}
        for name, pod in pods().items()
    }
    assert "VQABOT_TELEGRAM_TOKEN" in given["bot"] and "VQABOT_TELEGRAM_TOKEN" not in given["worker"]
    assert given["bot"] | given["worker"] <= {f"VQABOT_{name.upper()}" for name in Settings.model_fields}


def test_there_is_one_bot_and_as_many_workers_as_are_needed() -> None:
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in documents(*BASE)}
    assert by_name["StatefulSet", "bot"]["spec"]["replicas"] == 1
    assert "replicas" not in by_name["Deployment", "worker"]["spec"], "applying it again would undo the scaling"
    (scaling,) = documents(FOLDER / "scaling.yaml")
    spec = scaling["spec"]
    assert spec["scaleTargetRef"] == {"name": "worker"} and scaling["metadata"]["namespace"] == "vqabot"
    assert 0 <= spec["minReplicaCount"] < spec["maxReplicaCount"]
    (trigger,) = spec["triggers"]
    assert trigger["type"] == "prometheus" and float(trigger["metadata"]["threshold"]) > 0
    (figure,) = re.findall(r"vqabot_(\w+)", trigger["metadata"]["query"])
    assert f'"{figure}"' in METRICS
