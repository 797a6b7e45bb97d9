"""deploy/gpu/check.sh: its list of wheels fits pyproject.toml, and it makes an environment beside the machine's own."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "gpu" / "check.sh"


def pinned() -> dict[str, str]:
    lines = (ROOT / "deploy" / "gpu" / "requirements.txt").read_text().splitlines()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", "\n".join(lines), re.M))


def left_out() -> set[str]:
    lines = (ROOT / "deploy" / "gpu" / "left-out.txt").read_text().splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_the_wheels_are_what_pyproject_asks_for_but_for_what_the_machine_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for wanted in map(Requirement, [*project["dependencies"], *extras["inference"], *extras["training"]]):
        if wanted.name == "vqabot" or wanted.name in left_out():
            continue
        assert wanted.name in pinned(), f"make lock: {wanted.name} is not in deploy/gpu/requirements.txt"
        assert pinned()[wanted.name] in wanted.specifier, f"make lock: {wanted} is not met"
    assert not left_out() & pinned().keys()
    assert not [name for name in pinned() if name.startswith(("nvidia", "cuda", "triton"))]


def run(tmp_path: Path, *words: str) -> tuple[dict[str, dict[str, Any]], str]:
    """As on a machine with a GPU, in small, without wheels: torch comes from the environment that makes the new one."""
    out, checkout = tmp_path / "gpu.json", tmp_path / "checkout"
    (checkout / "deploy" / "gpu").mkdir(parents=True)
    for name in ("bot", "model", "storage", "training"):
        (checkout / name).symlink_to(ROOT / name)
    words = ("--device", "cpu", "--out", str(out), "--minutes", "55", *words)
    done = call(checkout, *words, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.glob("vqabot-gpu*")), "the environment and the models are taken away"
    found = {step["name"]: step for step in json.loads(out.read_text())["steps"]}
    assert {step["result"] for step in found.values()} == {"ok"}
    return found, done.stdout


def test_one_step_runs_on_a_cpu_with_tiny_shapes(tmp_path: Path) -> None:
    found, _ = run(tmp_path, "--only", "same tokens")
    assert found["same tokens"]["figures"]["different"] == 0


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_all_steps_run_on_a_cpu_with_tiny_shapes(tmp_path: Path) -> None:
    found, said = run(tmp_path)
    assert found["same tokens"]["figures"]["different"] == 0
    assert found["kill -9 and resume"]["figures"]["largest_loss_difference"] == 0
    assert "The memory does not suffice" in found["out of memory"]["figures"]["sentence"]
    answered = found["answer tiny"]["figures"]
    assert {"baseline", "batched", "without_graphs", "ours", "operations"} <= answered.keys()
    assert answered["ratio_to_batched"] > 0
    assert {"load_seconds", "warm_up_seconds", "load_p95_ms", "generation_ms"} <= answered["ours"].keys()
    assert found["train tiny, 64 px"]["figures"]["ways"]["vqabot train, fp32"]["largest_loss_difference"] < 1e-3
    assert found["train the built-in model"]["figures"]["whole_training_hours"] > 0
    table = [line for line in said.splitlines() if line.startswith(tuple(found))]
    assert len(table) == len(found)


def call(checkout: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script as it lies in another checkout."""
    script = checkout / "deploy" / "gpu" / "check.sh"
    script.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(SCRIPT, script)
    paths = {"PYTHON": sys.executable, "PYTHONPATH": ""}
    return subprocess.run(
        [str(script), *words], capture_output=True, text=True, check=False, env={**os.environ, **paths, **environment}
    )


def test_wheels_for_another_python_are_said(tmp_path: Path) -> None:
    (tmp_path / ".wheels").mkdir()
    (tmp_path / ".wheels" / "python-version").write_text("2.7\n")
    done = call(tmp_path)
    assert done.returncode == 1
    assert "The wheels are for Python 2.7" in done.stderr
