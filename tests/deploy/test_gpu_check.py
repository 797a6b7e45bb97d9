"""deploy/gpu/check.sh: its list of wheels fits pyproject.toml, and it makes an environment beside the machine's own."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

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


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_it_runs_in_an_environment_that_sees_what_this_python_has(tmp_path: Path) -> None:
    """Without wheels: torch comes from the environment whose Python makes the new one, which is left as it was."""
    out = tmp_path / "gpu.json"
    checkout = tmp_path / "checkout"
    (checkout / "deploy" / "gpu").mkdir(parents=True)
    for name in ("bot", "model", "storage", "training"):
        (checkout / name).symlink_to(ROOT / name)
    script = checkout / "deploy" / "gpu" / "check.sh"
    script.write_text(SCRIPT.read_text())
    script.chmod(0o755)
    done = subprocess.run(
        [str(script), "--device", "cpu", "--only", "machine", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHON": sys.executable, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "machine: ok" in done.stderr
    assert '"torch"' in out.read_text()
    assert not list(tmp_path.glob("vqabot-gpu.*")), "the environment is taken away"


def test_wheels_for_another_python_are_said(tmp_path: Path) -> None:
    (tmp_path / "deploy" / "gpu").mkdir(parents=True)
    script = tmp_path / "deploy" / "gpu" / "check.sh"
    script.write_text(SCRIPT.read_text())
    script.chmod(0o755)
    (tmp_path / ".wheels").mkdir()
    (tmp_path / ".wheels" / "python-version").write_text("2.7\n")
    done = subprocess.run(
        [str(script)], capture_output=True, text=True, check=False, env={**os.environ, "PYTHON": sys.executable}
    )
    assert done.returncode == 1
    assert "The wheels are for Python 2.7" in done.stderr
