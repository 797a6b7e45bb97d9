"""Whisper from a configured folder, in its limited process: tiny ones, whose words the tests choose."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_whisper import make_whisper

from bot.handlers.voice import SURE
from bot.texts.failures import sentence
from model.errors import ModelError
from model.serving.listener import Listener
from model.speech.transcriber import Heard
from model.speech.whisper import MOST_TOKENS, Whisper

BALL = (Path(__file__).parents[1] / "speech" / "ball.ogg").read_bytes()
PATIENCE = 300.0


def listened(folder: Path) -> Heard:
    listener = Listener(str(folder))
    try:
        listener.prepare()
        return listener.submit(BALL).result(PATIENCE)
    finally:
        listener.close()


@pytest.mark.parametrize("multilingual", [True, False])
def test_a_sound_becomes_text(tmp_path: Path, multilingual: bool) -> None:
    heard = listened(make_whisper(tmp_path, "a", 30, multilingual=multilingual))
    assert heard.text == "a" * MOST_TOKENS
    assert heard.confidence > 0.99


def test_what_is_not_sure_is_not_taken_for_sure(tmp_path: Path) -> None:
    """The bot asks "Did you ask ...?" below `SURE`."""
    heard = listened(make_whisper(tmp_path, "a", 3))
    assert heard.text and 0 < heard.confidence < SURE


def test_where_nobody_speaks_no_words_are_made(tmp_path: Path) -> None:
    assert listened(make_whisper(tmp_path, "<|nocaptions|>", 30)) == Heard("", 0.0)


def foreign(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "bart", "architectures": ["Bart"]}))


def without_weights(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    save_file(dict(list(weights.items())[::2]), folder / "model.safetensors", {"format": "pt"})


def cut(folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def of_other_sizes(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "d_model": 64}))


def unreadable(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def without_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_whisper(tmp_path_factory.mktemp("whisper"), "a", 30)


@pytest.mark.parametrize("broken", [foreign, without_weights, cut, of_other_sizes, unreadable, without_tokenizer])
def test_a_folder_that_is_no_whole_whisper_is_a_sentence(
    whole: Path, tmp_path: Path, broken: Callable[[Path], None]
) -> None:
    folder = shutil.copytree(whole, tmp_path / "copy")
    broken(folder)
    with pytest.raises(ModelError) as refused:
        Whisper.load(folder)
    said = sentence(refused.value)
    assert "cannot be loaded: VQABOT_SPEECH must name a Whisper" in said and "\n" not in said


def test_the_listener_says_so_before_anybody_speaks(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "copy")
    cut(folder)
    listener = Listener(str(folder))
    with pytest.raises(ModelError, match="speech_model_unusable"):
        listener.prepare()
    listener.close()
