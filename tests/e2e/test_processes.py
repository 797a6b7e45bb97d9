"""The commands as people start them: processes of their own, with the real worker and the built-in model."""

import asyncio
import json
import signal
from pathlib import Path

import pytest
from e2e_helpers import TOKEN, picture, sure
from process_helpers import PATIENCE, begin, running

from bot.demo.samples import sample_scenes
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import menus
from bot.texts import questions as texts
from storage.store import Store


async def test_the_demo_answers_everything_right_also_when_it_remembers_the_last_one(tmp_path: Path) -> None:
    for _ in range(2):  # the local Telegram begins anew each time, the bot does not
        process = await begin("demo", "--once", "--port", "0", "--data-dir", str(tmp_path))
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        text = said.decode()
        assert process.returncode == 0, text
        assert "every answer was right" in text
        assert "[picture: " in text.rpartition("  You  ")[2]  # who opens the page sees a picture with its answer


@pytest.mark.timeout(400)
async def test_a_demo_of_no_model_says_so_at_once() -> None:
    process = await begin("demo", "--once", "--model", "nothere.zip")
    assert process.stdout is not None
    said = (await process.stdout.read()).decode()
    assert await process.wait() == 2
    assert said.startswith("Error: There is no model at 'nothere.zip': name a folder")
    assert len(said.splitlines()) == 1


async def test_what_was_asked_before_a_kill_is_answered_once_after_it_and_sigterm_ends_it_cleanly(
    sandbox: Sandbox, you: Person, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    scene = sample_scenes()[0]
    question, truth = scene.questions[0]
    async with running(sandbox, data_dir) as process:
        await you.send_picture(scene.picture, question)
        await you.wait_for(lambda m: m["from"]["is_bot"], PATIENCE)  # the placeholder, or the answer already
        process.kill()
        await process.wait()
    async with running(sandbox, data_dir) as process:
        await you.wait_for(lambda m: truth in m.get("text", "").lower(), PATIENCE)
        await you.say(scene.questions[1][0])
        await you.wait_for(lambda m: scene.questions[1][1] in m.get("text", "").lower(), PATIENCE)
        refused = await begin(
            "run", VQABOT_TELEGRAM_TOKEN=TOKEN, VQABOT_TELEGRAM_BASE_URL=sandbox.url, VQABOT_DATA_DIR=str(data_dir)
        )
        said, _ = await asyncio.wait_for(refused.communicate(), PATIENCE)
        assert refused.returncode == 1
        assert str(data_dir) in said.decode()
        assert "Traceback" not in said.decode()
        process.send_signal(signal.SIGTERM)
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode == 0, said.decode()
        assert "Traceback" not in said.decode()
        assert TOKEN.partition(":")[2] not in said.decode()
    answers = [m for m in await you.messages() if m["from"]["is_bot"] and truth in m.get("text", "").lower()]
    assert len(answers) == 1


async def test_an_export_survives_a_kill_and_leaves_nothing_behind(
    sandbox: Sandbox, you: Person, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    async with running(sandbox, data_dir) as process:
        await you.send_picture(picture("red"))
        await you.wait_for(lambda m: m.get("text") == texts.WHAT_TO_KNOW, PATIENCE)
        sandbox.world.faults.change({"next": [{"method": "editMessageMedia", "hold": 600.0, "executed": False}]})
        await you.say("/export")
        for _ in range(2000):
            if list(data_dir.glob("exports/*/history.zip")) and not sandbox.world.faults.next:
                break
            await asyncio.sleep(0.05)
        process.kill()
        await process.wait()
    assert list(data_dir.glob("exports/*/history.zip")), "the kill came while the file was on its way"
    async with running(sandbox, data_dir):
        await you.wait_for(lambda m: "document" in m, PATIENCE)
        await you.say("/delete")
        menu = await you.wait_for(lambda m: "reply_markup" in m, PATIENCE)
        assert not [m for m in await you.messages() if "Packing" in m.get("text", "")], "it became the file"
        await you.press(menu, menus.DELETE_YES)
        await you.wait_for(lambda m: "Nothing of this chat is left" in m.get("text", ""), PATIENCE)
    assert not [path for path in data_dir.rglob("*") if path.suffix in (".zip", ".jpg") or len(path.name) == 64]
    assert len([m for m in await you.messages() if "document" in m]) == 1


async def test_backup_copies_what_a_running_bot_remembers(sandbox: Sandbox, you: Person, tmp_path: Path) -> None:
    async with running(sandbox, tmp_path / "data"):
        await you.send_picture(picture("red"), "what colour is it")
        await you.wait_for(sure, PATIENCE)
        copying = await begin("backup", str(tmp_path / "copy"), VQABOT_DATA_DIR=str(tmp_path / "data"))
        said, _ = await asyncio.wait_for(copying.communicate(), PATIENCE)
        assert copying.returncode == 0, said.decode()
    async with running(sandbox, tmp_path / "copy"):
        await you.say("/history")
        page = await you.wait_for(lambda m: "reply_markup" in m, PATIENCE)
    assert "1 question" in page["text"]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"VQABOT_MODEL": "/nope"}, "There is no model at '/nope'"),
        ({"VQABOT_DEVICE": "tpu"}, "tpu"),
        ({"VQABOT_DEVICE": "tpu", "VQABOT_TELEGRAM_BASE_URL": "http://127.0.0.1:9"}, "tpu"),  # Telegram is out of reach
        ({"VQABOT_MAXBEAMS": "5"}, "There is no setting VQABOT_MAXBEAMS. Did you mean VQABOT_MAX_BEAMS?"),
    ],
)
async def test_a_wrong_set_up_ends_the_bot_with_a_sentence(
    sandbox: Sandbox, tmp_path: Path, setting: dict[str, str], sentence: str
) -> None:
    process = await begin(
        "run",
        **{
            "VQABOT_TELEGRAM_TOKEN": TOKEN,
            "VQABOT_TELEGRAM_BASE_URL": sandbox.url,
            "VQABOT_DATA_DIR": str(tmp_path / "data"),
            **setting,
        },
    )
    said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 2, said
    (error,) = [line for line in said.splitlines() if line.startswith("Error: ")]
    assert sentence in error and "is ready" not in said and "Traceback" not in said


async def test_a_disk_that_is_full_at_the_start_ends_the_bot_with_a_sentence_and_it_may_be_started_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    data_dir, hidden, limit = tmp_path / "data", tmp_path / "site", 40_000
    store = await Store.open(data_dir)
    await store.updates.add([(number, json.dumps({"text": "long" * 500})) for number in range(200)])
    for number in range(200):
        await store.updates.keep(number)  # the next start writes them all
    await store.close()
    hidden.mkdir()
    full = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    (hidden / "sitecustomize.py").write_text(full)
    process = await begin(
        "run",
        VQABOT_TELEGRAM_TOKEN=TOKEN,
        VQABOT_TELEGRAM_BASE_URL=sandbox.url,
        VQABOT_DATA_DIR=str(data_dir),
        PYTHONPATH=str(hidden),
    )
    said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 1, said
    (error,) = [line for line in said.splitlines() if line.startswith("Error: ")]
    assert str(data_dir) in error and "mistake" not in said and "Traceback" not in said


async def test_without_torch_the_bot_says_what_to_install(sandbox: Sandbox, tmp_path: Path) -> None:
    hidden = tmp_path / "site"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys; sys.modules['torch'] = None")
    process = await begin(
        "run",
        VQABOT_TELEGRAM_TOKEN=TOKEN,
        VQABOT_TELEGRAM_BASE_URL=sandbox.url,
        VQABOT_DATA_DIR=str(tmp_path / "data"),
        PYTHONPATH=str(hidden),
    )
    said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 2, said
    assert "Error: Answering needs the package 'torch', which is not installed" in said and "Traceback" not in said


async def test_a_data_folder_that_cannot_be_used_ends_as_a_wrong_setting(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("not the bot's")
    for folder in (tmp_path, tmp_path / "letters.txt"):
        refused = await begin(
            "run", VQABOT_TELEGRAM_TOKEN=TOKEN, VQABOT_TELEGRAM_BASE_URL=sandbox.url, VQABOT_DATA_DIR=str(folder)
        )
        said, _ = await asyncio.wait_for(refused.communicate(), PATIENCE)
        assert refused.returncode == 2, said.decode()  # as deploy/vqabot.service has it: not started again
        assert str(folder) in said.decode() and "Traceback" not in said.decode()
