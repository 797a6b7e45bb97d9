"""Answering without transformers: the same answers, and whatever is unusual goes the long way round."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import Picture

from model.answerer import Answerer
from model.families.florence2 import model as florence2
from model.families.florence2.bare import read_bare
from model.families.florence2.files import read_weights
from model.loading import builtin_path
from model.types import Request

QUESTIONS = ("what colour is the ball", "where is the dog", "how many are there and who")


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_folder, tmp_path / "model")
    return tmp_path / "model"


def change(file: Path, **values: object) -> None:
    content = json.loads(file.read_text())
    for name, value in values.items():
        part, _, inner = name.partition("__")
        (content[part] if inner else content)[inner or part] = value
    file.write_text(json.dumps(content))


def test_a_question_is_answered_without_transformers(tiny_folder: Path, tmp_path: Path, picture: Picture) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(picture(0))
    for model in (builtin_path(), tiny_folder):
        code = (
            "import sys; sys.modules['transformers'] = None; from bot.cli import main; "
            "main(sys.argv[1:], standalone_mode=False); assert 'torch._dynamo' not in sys.modules"
        )
        command = [sys.executable, "-c", code, "ask", str(file), "what is this", "--model", str(model)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert re.search(r"sure|probably|guess", done.stdout)


@pytest.mark.parametrize("beams", [1, 3])
def test_the_answers_are_those_of_transformers_modules(
    tiny_folder: Path, picture: Picture, beams: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model in (builtin_path(), tiny_folder):
        requests = [Request(f"{n}", picture(n), question, beams) for n, question in enumerate(QUESTIONS)]
        bare = Answerer.load(str(model))
        assert type(bare.family._model).__name__ == "BareFlorence2"  # type: ignore[attr-defined]
        with monkeypatch.context() as patch:
            patch.setattr(florence2, "read_bare", lambda *_: None)
            whole = Answerer.load(str(model))
        assert type(whole.family._model).__name__ == "Florence2ForConditionalGeneration"  # type: ignore[attr-defined]
        for one, other in zip(
            bare.generate([bare.prepare(each) for each in requests]),
            whole.generate([whole.prepare(each) for each in requests]),
            strict=True,
        ):
            assert one is not None
            assert other is not None
            assert one.tokens == other.tokens
            assert one.token_logprobs == pytest.approx(other.token_logprobs, abs=1e-5)
        (scored,) = bare.score([bare.prepare(requests[0])], [["red", "blue"]])
        assert scored == pytest.approx(whole.score([whole.prepare(requests[0])], [["red", "blue"]])[0], abs=1e-4)


def test_every_weight_has_its_place(tiny_folder: Path) -> None:
    for model in (builtin_path(), tiny_folder):
        bare, whole = read_bare(model, torch.float32), read_weights(model, torch.float32)
        mine, theirs = bare.state_dict(), whole.state_dict()
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(value, theirs[name]) for name, value in mine.items())
        assert bare.lm_head.weight is bare.get_input_embeddings().weight, "tied, and held once"


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("config.json", {"text_config__activation_function": "relu"}),
        ("config.json", {"text_config__scale_embedding": True}),
        ("config.json", {"vision_config__activation_function": "relu"}),
        ("config.json", {"text_config__decoder_layers": 1}),
        ("config.json", {"auto_map": {}}),
        ("generation_config.json", {"repetition_penalty": 1.5}),
    ],
)
def test_what_is_unusual_is_left_to_transformers(folder: Path, file: str, values: dict[str, object]) -> None:
    assert read_bare(folder, torch.float32) is not None
    change(folder / file, **values)
    assert read_bare(folder, torch.float32) is None


def test_files_that_do_not_fit_are_left_to_transformers_whose_errors_are_explained(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    name = next(name for name in weights if name.endswith("fc1.weight"))
    save_file({**weights, "one.more": weights[name].clone()}, file)
    assert read_bare(folder, torch.float32) is None
    save_file({key: value for key, value in weights.items() if key != name}, file)
    assert read_bare(folder, torch.float32) is None
    save_file({**weights, "lm_head.weight": torch.zeros_like(weights["model.language_model.shared.weight"])}, file)
    assert read_bare(folder, torch.float32) is None, "an output layer of its own is no tied one"
    file.write_bytes(b"nothing")
    assert read_bare(folder, torch.float32) is None
    (folder / "generation_config.json").unlink()
    assert read_bare(folder, torch.float32) is None
