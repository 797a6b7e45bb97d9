"""The README's commands work as they stand there, and what the documents link to is there."""

import asyncio
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from redis_server import RedisServer

from bot.cli import COMMANDS
from bot.demo.samples import sample_scenes
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

ROOT = Path(__file__).parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "bot" / "sandbox" / "README.md"]
TOKEN = "1000000001:the_readme_has_no_secret"
BIN = Path(sys.executable).parent


def blocks(document: Path) -> list[list[str]]:
    """The shell blocks of a document: commands without their comments."""
    found = re.findall(r"^```sh\n(.*?)^```", document.read_text(), re.M | re.S)
    return [[line.partition("  #")[0].strip() for line in block.splitlines()] for block in found]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The checkout as it was cloned, with an environment whose pip installs nothing and needs no network."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).symlink_to(ROOT / name)
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    (tools / "python").symlink_to(sys.executable)
    options = "--dry-run --no-index --no-deps --no-build-isolation"
    pip = f'#!/bin/sh\n[ "$1" = install ] && shift && exec {BIN}/python -m pip install {options} "$@"\n'
    (tools / "pip").write_text(pip)
    vqabot = f'#!/bin/sh\nexec {BIN}/python -m bot.cli "$@"\n'
    (tools / "vqabot").write_text(vqabot)
    for tool in ("pip", "vqabot"):
        (tools / tool).chmod(0o755)
    return tmp_path


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a checkout")
async def test_running_it_on_telegram(checkout: Path) -> None:
    """The commands of "Run it on Telegram", one after the other, to the first poll; SIGTERM ends it."""
    (commands,) = [block for block in blocks(ROOT / "README.md") if ".venv/bin/vqabot run" in block]
    assert commands[0] == "python3 -m venv .venv"  # is there
    script = "\n".join(["set -e", *commands[1:-1], f"exec {commands[-1]}"])
    async with Sandbox(port=0, token=TOKEN) as sandbox:
        settings = {"VQABOT_TELEGRAM_TOKEN": TOKEN, "VQABOT_TELEGRAM_BASE_URL": sandbox.url}
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script, cwd=checkout, env={**os.environ, **settings}, stdout=-1, stderr=-2
        )
        updates = sandbox.world.bots[1000000001].updates
        try:
            async with asyncio.timeout(120):
                while not updates.polls and process.returncode is None:  # noqa: ASYNC110 - a wait for a process
                    await asyncio.sleep(0.1)
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            said, _ = await asyncio.wait_for(process.communicate(), 60)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0, said.decode()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a checkout")
async def test_a_bots_host_and_a_worker_apart(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two commands each, as they stand there but for the server's address; a person sees the worker's answer."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    await asyncio.to_thread(server.start)
    url = server.url("readme")
    scripts = []
    for block in blocks(ROOT / "README.md"):
        if block[-1].startswith("VQABOT_BROKER_URL="):
            install, start = block
            assert install.startswith("python3 -m venv .venv && ")
            _, _, command = start.partition(" ")
            scripts.append(f"{install.partition(' && ')[2]} && export VQABOT_BROKER_URL='{url}' && exec {command}")
    assert [script.rsplit(" ", 1)[1] for script in scripts] == ["run", "worker"]
    scene = sample_scenes()[0]
    question, truth = scene.questions[0]
    async with Sandbox(port=0, token=TOKEN) as sandbox, Person(sandbox.url, 1001) as person:
        telegram = {"VQABOT_TELEGRAM_TOKEN": TOKEN, "VQABOT_TELEGRAM_BASE_URL": sandbox.url}
        running = [
            await asyncio.create_subprocess_exec("bash", "-c", script, cwd=checkout, env={**os.environ, **settings})
            for script, settings in zip(scripts, (telegram, {}), strict=True)
        ]
        try:
            await person.send_picture(scene.picture, question)
            await person.wait_for(lambda message: truth in message.get("text", "").lower(), 170)
        finally:
            for process in running:
                if process.returncode is None:
                    process.terminate()
                await process.wait()
            server.kill()
    assert [process.returncode for process in running] == [0, 0]


@pytest.mark.parametrize("target", ["demo", "test"])
def test_what_make_installs_is_one_requirement_with_extras_that_exist(target: str, tmp_path: Path) -> None:
    """A comma in an argument of make's own functions would end it."""
    said = ["make", "--dry-run", target, f"VENV={tmp_path / 'fresh'}"]
    steps = subprocess.run(said, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ((wanted, *rest),) = (shlex.split(line)[-1:] for line in steps.splitlines() if " pip install " in line)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = re.fullmatch(r"\.\[([\w,]+)\]", wanted)
    assert extras is not None and not rest, wanted
    assert set(extras[1].split(",")) <= project["optional-dependencies"].keys()


def test_asking_from_the_command_line() -> None:
    (command,) = re.findall(r"`(vqabot ask .*?)`", (ROOT / "README.md").read_text())
    asked = [sys.executable, "-m", "bot.cli", *shlex.split(command)[1:]]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    assert re.search(r"% sure|probably", done.stdout)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/security.md", "docs/reliability.md"])
def test_every_make_target_is_there(document: str) -> None:
    text = (ROOT / document).read_text()
    wanted = set(re.findall(r"(?:^|`)(make [a-z]+(?: [A-Z]+=\"[^\"`]*\")?)", text, re.M))
    for command in sorted(wanted):
        done = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\":]+)\"", document.read_text())
    missing = [link for pair in links for link in pair if link and not (document.parent / link).exists()]
    assert missing == []


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [path.name for path in ROOT.glob("docs/*.md") if f"(docs/{path.name})" not in readme] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_files_that_are_named_are_there(document: Path) -> None:
    text = document.read_text()
    code = "\n".join([*re.findall(r"^ *```.*?\n(.*?)^ *```", text, re.M | re.S), *re.findall(r"`([^`\n]+)`", text)])
    named = set(re.findall(r"(?:^|/bin/|[ =])vqabot ([a-z]+)(?= |$)", code, re.M))
    assert named <= set(COMMANDS)
    files = re.findall(
        r"(?<![\w/.-])((?:deploy|docs|tests|bot|storage)/[\w./-]+\.(?:py|yaml|yml|md|service|sh|txt))\b", code
    )
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_no_example_installs_from_an_index_or_writes_into_the_bots_data() -> None:
    for document in DOCUMENTS:
        text = document.read_text()
        assert "install vqabot" not in text.replace("'", "").replace('"', ""), document
        assert not re.findall(r"vqabot [a-z ]+.*\bdata/", text), document
