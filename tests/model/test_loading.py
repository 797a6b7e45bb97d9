"""Models from folders, ZIPs and names: loaded, or refused with a sentence that helps."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from refusals import refuses
from safetensors.torch import load_file, save_file
from tiny import Picture

from bot.texts.failures import sentence
from model import archive
from model.answerer import Answerer
from model.confidence.calibration import Calibration
from model.errors import ModelError
from model.loading import cache_dir, locate, model_type
from model.processor import read_image_settings
from model.profile import Profile
from model.types import Request


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(tiny_folder, tmp_path / "model")


def zipped(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for path in folder.iterdir():
            file.write(path, inside + path.name)
    return target


def refusal(model: str | Path) -> str:
    with pytest.raises(ModelError) as error:
        Answerer.load(str(model))
    return sentence(error.value)


@pytest.mark.parametrize("inside", ["", "best/", "a/b/"])
def test_a_zip_answers_like_its_folder(
    tiny_folder: Path, tiny_answerer: Answerer, tmp_path: Path, picture: Picture, inside: str
) -> None:
    file = zipped(tiny_folder, tmp_path / "model.zip", inside)
    request = Request("1", picture(1), "what colour is the ball", 3, 10)
    wanted = tiny_answerer.answer([request])[0]
    got = Answerer.load(str(file)).answer([request])[0]
    assert (got.text, got.confidence) == (wanted.text, wanted.confidence)
    assert locate(str(file)) == locate(str(file))
    kept = list((tmp_path / "cache" / "vqabot" / "models").iterdir())
    assert len(kept) == 1  # unpacked once, nothing half done left


def test_a_zip_that_points_outside_is_refused_and_writes_nothing(tiny_folder: Path, tmp_path: Path) -> None:
    for name in ("../evil.json", "/evil.json", "a/../../evil.json", "..\\evil.json", "C:evil.json"):
        file = zipped(tiny_folder, tmp_path / "evil.zip")
        with zipfile.ZipFile(file, "a") as opened:
            opened.writestr(name, "{}")
        assert "points outside" in refusal(file)
    link = zipfile.ZipInfo("link.json")
    link.external_attr = 0o120777 << 16
    file = zipped(tiny_folder, tmp_path / "link.zip")
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    assert "points outside" in refusal(file)
    assert not list(tmp_path.rglob("evil.json"))
    assert not (tmp_path / "cache").exists()


def test_a_zip_bomb_is_refused(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SMALL", 2**20)
    file = zipped(tiny_folder, tmp_path / "bomb.zip")
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("more.safetensors", bytes(100 * 2**20))
    assert "would unpack to" in refusal(file)
    assert not (tmp_path / "cache").exists()


def test_a_zip_only_gives_what_a_model_consists_of(tiny_folder: Path, tmp_path: Path) -> None:
    file = zipped(tiny_folder, tmp_path / "model.zip")
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr("run_me.py", "raise SystemExit")
        opened.writestr("checkpoint-1/optimizer.pt", "x")
    assert {path.suffix for path in locate(str(file)).rglob("*.*")} == {".json", ".safetensors"}


def test_damaged_or_empty_zips(tiny_folder: Path, tmp_path: Path) -> None:
    file = zipped(tiny_folder, tmp_path / "model.zip")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    assert "not a ZIP file" in refusal(file)
    spoiled = bytearray(data)
    for place in range(len(data) // 3, len(data) // 3 + 200):
        spoiled[place] ^= 0xFF
    file.write_bytes(spoiled)
    assert "cannot be" in refusal(file) or "not a ZIP" in refusal(file)
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("readme.txt", "hello")
    assert "config.json is missing" in refusal(file)
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("config.json", "{}")
    assert "no weights" in refusal(file)


def test_names_that_are_no_model(tmp_path: Path) -> None:
    assert "no model at" in refusal(tmp_path / "missing")
    assert "no model at" in refusal("missing.zip")
    assert "no model at" in refusal("folder/missing.zip")
    (tmp_path / "empty").mkdir()
    assert "config.json is missing" in refusal(tmp_path / "empty")
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    assert "not a ZIP file" in refusal(text)


def test_microsofts_ids_name_the_ones_that_work() -> None:
    assert "florence-community/Florence-2-base-ft" in refusal("microsoft/Florence-2-base-ft")


def test_a_hub_id_without_a_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # In a process of its own: the hub's client reads its settings when it is imported.
    code = "import sys; from model.loading import locate; locate(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, "florence-community/Florence-2-base-ft"],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'ModelError: hub_unreachable {"model": "florence-community/Florence-2-base-ft"}' in done.stderr


def test_a_hub_id_may_name_a_revision(tiny_folder: Path, tmp_path: Path) -> None:
    """Of two that were downloaded before, without a network now."""
    kept = tmp_path / "hub" / "models--somebody--model"
    (kept / "refs").mkdir(parents=True)
    for revision, commit in (("main", "1" * 40), ("v2.0", "2" * 40)):
        shutil.copytree(tiny_folder, kept / "snapshots" / commit)
        (kept / "refs" / revision).write_text(commit)
    code = "import sys; from model.loading import locate; print(*(locate(name).name for name in sys.argv[1:]))"
    ids = ["somebody/model", "somebody/model@v2.0", "somebody/model@" + "2" * 40]

    def ask(*names: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
        command = [sys.executable, "-c", code, *names]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ask(*ids).stdout.split() == ["1" * 40, "2" * 40, "2" * 40]
    assert 'hub_unreachable {"model": "somebody/model@v3"}' in ask("somebody/model@v3").stderr


def test_folders_that_are_not_whole(folder: Path) -> None:
    (folder / "tokenizer.json").rename(folder / "tokenizer.away")
    assert "tokenizer.json" in refusal(folder)
    (folder / "tokenizer.away").rename(folder / "tokenizer.json")
    (folder / "processor_config.json").rename(folder / "processor.away")
    assert "processor_config.json is missing" in refusal(folder)
    (folder / "processor.away").rename(folder / "processor_config.json")
    (folder / "model.safetensors").rename(folder / "weights.away")
    assert "no weights" in refusal(folder)


def test_missing_or_unfitting_weights_never_answer(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    name = next(key for key in weights if key.endswith("fc1.weight"))
    kept = {key: value for key, value in weights.items() if key != name}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    assert "incomplete" in refusal(folder)
    save_file({**kept, name: weights[name][:-1].contiguous()}, folder / "model.safetensors", {"format": "pt"})
    assert "weights" in refusal(folder)
    (folder / "model.safetensors").write_bytes(b"rubbish")
    assert "cannot be read" in refusal(folder)


def test_other_types_and_remote_code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "auto_map": {"AutoConfig": "x.y"}}))
    assert "florence-community" in refusal(folder)
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "gpt2"}))
    assert "'gpt2' are not supported" in refusal(folder)
    (folder / "config.json").write_text("not json")
    assert "does not say which type" in refusal(folder)


def test_the_profile_is_kept_beside_the_model(folder: Path) -> None:
    profile = Profile("<VQA>", "sentence", Calibration(1.5, 0.5, -0.25))
    profile.write(folder)
    assert Profile.read(folder) == profile
    for wrong in ("[1]", "{", '{"question_style": "shouting"}', '{"unknown": 1}', '{"calibration": {"a": -1}}'):
        (folder / "vqabot.json").write_text(wrong)
        assert "cannot be understood" in refusal(folder)
    (folder / "vqabot.json").unlink()
    assert Profile.read(folder).prompt_prefix == "<VQA>"


def test_without_torch_the_extra_is_named(tiny_folder: Path) -> None:
    code = "import sys; sys.modules['torch'] = None\nfrom model.answerer import Answerer\nAnswerer.load(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, str(tiny_folder)], capture_output=True, text=True, check=False)
    assert 'ModelError: package_missing {"package": "torch"}' in done.stderr


def test_the_bots_side_of_the_room_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'numpy', 'tokenizers'): sys.modules[name] = None\n"
        "import model.types, model.images, model.text, model.confidence.calibration, model.errors\n"
        "import model.serving.broker.protocol\n"
        "import model.serving.broker.embedded, model.loading, model.profile, model.answerer, model.serving.worker\n"
        "import bot.commands.ask"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"_attn_implementation": "somebody/kernels"}, "attention kernels from the hub"),
        ({"text_config": {"attn_implementation": "x/y"}}, "attention kernels from the hub"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "quantised weights"),
    ],
)
def test_what_would_fetch_code_or_needs_other_loaders_is_refused(
    tmp_path: Path, config: dict[str, object], sentence: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "florence2", **config}))
    with refuses(ModelError, match=sentence):
        model_type(tmp_path)


def test_deep_json_is_a_sentence(tmp_path: Path) -> None:
    for file in ("config.json", "processor_config.json", "vqabot.json"):
        (tmp_path / file).write_text("[" * 200_000)
    with refuses(ModelError, match="does not say"):
        model_type(tmp_path)
    with refuses(ModelError, match="cannot be understood"):
        read_image_settings(tmp_path)
    with refuses(ModelError, match="cannot be understood"):
        Profile.read(tmp_path)


def test_where_no_cache_can_be_written_another_place_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    assert cache_dir() == tmp_path / "hub" / "vqabot" / "models"


def test_a_temporary_folder_that_others_can_write_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for name in ("XDG_CACHE_HOME", "HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = tmp_path / f"vqabot-{os.getuid()}"
    assert cache_dir() == cache_dir() == own / "models" and own.stat().st_mode & 0o077 == 0
    own.chmod(0o777)
    assert cache_dir().parent.parent == tmp_path and cache_dir().parent != own
    own.rmdir()
    own.symlink_to(tmp_path)
    assert cache_dir().parent != own


def test_a_pickle_with_code_is_a_sentence_and_never_run(tiny_folder: Path, tmp_path: Path) -> None:
    class Code:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "ran"),)

    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    for file in folder.glob("*.safetensors"):
        file.unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Code()))
    with refuses(ModelError, match="cannot be read") as refusal:
        Answerer.load(str(folder))
    assert "\n" not in str(refusal.value) and not (tmp_path / "ran").exists()
