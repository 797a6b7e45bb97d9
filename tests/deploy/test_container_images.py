"""What the images install is pinned with hashes, fits pyproject.toml and names nobody's registry."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = {
    "requirements.txt": ("inference", "speech", "telemetry"),
    "requirements-bot.txt": ("telemetry",),
    "requirements-cpu.txt": ("inference", "speech", "telemetry"),
}
"""What the images install, with the extras that each is for."""
LEFT_OUT = {"requirements-cpu.txt": {"torch"}}
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


def entries(lock: str = "requirements.txt") -> Iterator[tuple[Requirement, str]]:
    """Each pinned requirement with its lines."""
    text = (ROOT / "deploy" / lock).read_text()
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for entry in re.split(r"\n(?=\S)", lines.strip()):
        yield Requirement(entry.split(" \\")[0]), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_release_with_hashes(lock: str) -> None:
    for requirement, entry in entries(lock):
        assert [part.operator for part in requirement.specifier] == ["=="], entry
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}(?= |$)", entry, re.M), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_it_names_no_registry_and_no_machine(lock: str) -> None:
    text = (ROOT / "deploy" / lock).read_text()
    assert not re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_it_holds_what_pyproject_asks_for(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {requirement.name: next(iter(requirement.specifier)).version for requirement, _ in entries(lock)}
    extras = [wanted for extra in LOCKS[lock] for wanted in project["optional-dependencies"][extra]]
    for wanted in map(Requirement, project["dependencies"] + extras):
        if wanted.name in LEFT_OUT.get(lock, ()):
            assert wanted.name not in pinned
            continue
        assert wanted.name in pinned, f"make lock: {wanted.name} is not in deploy/{lock}"
        assert pinned[wanted.name] in wanted.specifier, f"make lock: {wanted} is not met by {pinned[wanted.name]}"


def test_images_install_from_the_locks_only() -> None:
    installs = re.findall(r"pip install ([^\n&]*)", DOCKERFILE)
    own = "--no-deps --no-build-isolation . "
    torch = '--no-deps --index-url "${TORCH_INDEX:?give the index of torch for CPUs}" torch==2.13.0'
    from_locks = [f"--require-hashes --no-deps -r {lock}" for lock in LOCKS]
    assert sorted(installs) == sorted([*from_locks, own, own, own, torch])
    pinned = {requirement.name: str(requirement.specifier) for requirement, _ in entries()}
    assert torch.endswith(f"torch{pinned['torch']}"), "both builds are of one release"
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!deploy/{lock}" for lock in LOCKS} < set(ignored) and "*" in ignored


def test_the_bots_image_has_no_torch() -> None:
    heavy = {"torch", "transformers", "numpy", "triton"}
    assert not {requirement.name for requirement, _ in entries("requirements-bot.txt")} & heavy
    assert not [name for name in (one.name for one, _ in entries("requirements-cpu.txt")) if name.startswith("nvidia")]


def test_every_image_runs_without_rights_and_says_how_it_is() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.M)[1:]
    final = [stage for stage in stages if stage.startswith("runtime")]
    assert [stage.partition("\n")[0] for stage in final] == [
        "runtime AS bot",
        "runtime AS worker-cpu",
        "runtime AS worker",
        "runtime",
    ]
    for stage in final:
        assert "USER 10001:10001" in stage and "COPY --from=build-" in stage
    (check,) = re.findall(r"HEALTHCHECK .*CMD \[\"python\", \"-c\", \\\n +\"(.*)\"\]", DOCKERFILE)
    done = subprocess.run(
        [sys.executable, "-c", check], env={"VQABOT_METRICS_PORT": "0"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    gone = subprocess.run(
        [sys.executable, "-c", check], env={"VQABOT_METRICS_PORT": "1"}, capture_output=True, text=True
    )
    assert "refused" in gone.stderr


@pytest.mark.parametrize("file", ["compose.yaml", "compose.redis.yaml"])
def test_compose_builds_stages_that_there_are(file: str) -> None:
    services = yaml.safe_load((ROOT / "deploy" / file).read_text())["services"]
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.M))
    builds = [service["build"] for service in services.values() if "build" in service]
    assert builds and {build["target"] for build in builds if "target" in build} <= stages
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    assert not [path for path in mounted if path.startswith(".") and not (ROOT / "deploy" / path).exists()]
    for service in services.values():
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]


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
    assert set(service["environment"]) == {"VQABOT_DATA_DIR", "VQABOT_METRICS_PORT"}, (
        "the data folder holds the bot's data only"
    )
    unit = (ROOT / "deploy" / "vqabot.service").read_text()
    assert "XDG_CACHE_HOME=/var/cache " in unit  # model.loading.cache_dir() adds /vqabot, the CacheDirectory
    assert "CacheDirectory=vqabot\n" in unit
