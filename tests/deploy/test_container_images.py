"""What the images install is pinned with hashes, fits pyproject.toml and names nobody's registry."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "deploy" / "requirements.txt"
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


def entries() -> Iterator[tuple[Requirement, str]]:
    """Each pinned requirement with its lines."""
    lines = "\n".join(line for line in LOCK.read_text().splitlines() if not line.lstrip().startswith("#"))
    for entry in re.split(r"\n(?=\S)", lines.strip()):
        yield Requirement(entry.split(" \\")[0]), entry


def test_every_entry_is_one_release_with_hashes() -> None:
    for requirement, entry in entries():
        assert [part.operator for part in requirement.specifier] == ["=="], entry
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}(?= |$)", entry, re.M), entry


def test_it_names_no_registry_and_no_machine() -> None:
    assert not re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", LOCK.read_text())


def test_it_holds_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {requirement.name: next(iter(requirement.specifier)).version for requirement, _ in entries()}
    for wanted in map(Requirement, project["dependencies"] + project["optional-dependencies"]["inference"]):
        assert wanted.name in pinned, f"make lock: {wanted.name} is not in deploy/requirements.txt"
        assert pinned[wanted.name] in wanted.specifier, f"make lock: {wanted} is not met by {pinned[wanted.name]}"


def test_images_install_from_the_lock_only() -> None:
    installs = re.findall(r"pip install ([^\n&]*)", DOCKERFILE)
    assert installs == ["--require-hashes --no-deps -r requirements.txt", "--no-deps --no-build-isolation . "]
    assert "!deploy/requirements.txt" in (ROOT / ".dockerignore").read_text().splitlines()


@pytest.mark.parametrize("folder", ["/data", "/cache"])
def test_what_the_bot_writes_to_is_a_volume_of_its_user(folder: str) -> None:
    """The rest of the file system is read-only: data, models of the hub and unpacked ZIPs have a place."""
    service = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]["bot"]
    assert service["read_only"] is True
    assert folder in [volume.partition(":")[2] for volume in service["volumes"]]
    assert re.search(rf"install -d -o vqabot .*{folder}\b", DOCKERFILE)
    assert f'"{folder}"' in DOCKERFILE


def test_models_are_unpacked_where_the_unit_and_the_image_may_write() -> None:
    assert "XDG_CACHE_HOME=/cache " in DOCKERFILE
    service = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]["bot"]
    assert set(service["environment"]) == {"VQABOT_DATA_DIR"}, "the data folder holds the bot's data only"
    unit = (ROOT / "deploy" / "vqabot.service").read_text()
    assert "XDG_CACHE_HOME=/var/cache " in unit  # model.loading.cache_dir() adds /vqabot, the CacheDirectory
    assert "CacheDirectory=vqabot\n" in unit
