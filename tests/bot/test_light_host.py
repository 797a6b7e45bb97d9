"""The bot's host needs no model: with a broker elsewhere nothing heavy is installed, imported or run."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "transformers", "numpy", "safetensors", "accelerate", "matplotlib", "tokenizers", "huggingface_hub"}
STARTED = """
import asyncio, json, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {heavy}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from bot.app import Bot
from bot.broker import open_broker
from bot.commands.run import run
from bot.handlers import register_all
from bot.sandbox.server import Sandbox
from bot.settings import Settings

async def main():
    token = "1000000001:light_hosts_have_no_secret_"
    async with Sandbox(port=0, token=token) as sandbox:
        settings = Settings(
            telegram_token=token, telegram_base_url=sandbox.url, data_dir={folder}, broker_url={url}, _env_file=None
        )
        async with Bot(settings, open_broker(settings)) as bot:
            assert bot.services.broker.capacity == 0
            print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))

asyncio.run(main())
"""


def test_a_started_bot_has_imported_nothing_heavy(tmp_path: Path) -> None:
    program = STARTED.format(heavy=HEAVY, folder=repr(str(tmp_path)), url=repr("redis://127.0.0.1:1"))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert "redis" in imported and not imported & HEAVY


def test_what_the_host_installs_is_light() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not {Requirement(one).name for one in project["dependencies"]} & HEAVY
