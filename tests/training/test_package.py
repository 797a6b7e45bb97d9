"""A packed model answers from its ZIP as it did before, carries its card, and is refused when it cannot."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from safetensors.torch import load_file, save_file

from bot.cli import main
from model.answerer import Answerer
from model.confidence.calibration import Calibration
from model.loading import builtin_path
from model.profile import BUILTIN_PROFILE, Profile
from training.evaluation.calibrate import store
from training.evaluation.report import weights_of
from training.package import push


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["package", *map(str, arguments)])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.output


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Unpacked models do not stay in the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A training's folder as the commands leave it."""
    run_folder = tmp_path / "first"
    shutil.copytree(builtin_path(), run_folder / "model")
    (run_folder / "model" / "README.md").unlink()
    store(run_folder / "model", Calibration(0.5, 0.5, 0.25))
    calibrated = {"data": "other scenes", "judged": 321, "ece": 0.0125, "ece_raw": 0.05, "ece_study": 0.15}
    (run_folder / "model" / "calibration.json").write_text(json.dumps(calibrated))
    (run_folder / "config.yaml").write_text("learning_rate: 0.0001\nepochs: 2\n")
    report = run_folder / "report"
    report.mkdir()
    names = ("official", "normalised", "exact", "shuffled_official", "blind_official", "words_alone_official", "ece")
    figures = dict.fromkeys(names, 12.5) | {"questions": 9, "data": "the val split", "by_answer_type": {"other": 5}}
    (report / "figures.json").write_text(json.dumps(figures))
    (report / "reliability.png").write_bytes(b"chart")
    return run_folder


def test_the_bot_takes_the_package_as_it_is(trained: Path, cache: Path) -> None:
    out = cache / "first.zip"
    run(trained / "model", out, "--report", trained / "report", "--training", trained)
    with zipfile.ZipFile(out) as package:
        assert package.testzip() is None
        names, card = package.namelist(), package.read("README.md").decode()
    assert {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "vqabot.json",
        "calibration.json",
    } <= set(names)
    assert {"evaluation/figures.json", "evaluation/reliability.png", "training/config.yaml"} <= set(names)
    for text in (
        "# first",
        "12.50 %",
        "| learning_rate | 0.0001 |",
        "(evaluation/reliability.png)",
        "a = 0.5000",
        "321 answers to other",
    ):
        assert text in card
    answerer = Answerer.load(str(out))
    assert answerer.profile == Profile(
        BUILTIN_PROFILE.prompt_prefix,
        BUILTIN_PROFILE.question_style,
        Calibration(0.5, 0.5, 0.25),
        pictures=2,
        knows="I have learnt from cartoon scenes and simple drawings",
        untaught=Profile.read(builtin_path()).untaught,
    )
    assert not [path for path in cache.iterdir() if path.name.startswith((".checking", "first.zip."))]
    again = cache / "again.zip"
    run(out, again, "--name", "first")
    with zipfile.ZipFile(again) as package:
        assert package.read("model.safetensors") == (trained / "model" / "model.safetensors").read_bytes()


def test_the_card_does_not_print_a_calibration_error_of_before(trained: Path, cache: Path) -> None:
    figures = json.loads((trained / "report" / "figures.json").read_text())
    figures |= {"ece": 0.0777, "calibration": {"a": 0.5, "b": 0.5, "c": 0.25}, "intervals": {"official": [1.0, 2.0]}}
    (trained / "report" / "figures.json").write_text(json.dumps(figures))
    for calibration, outdated in ((Calibration(0.5, 0.5, 0.25), False), (Calibration(0.75, 0.75, 0.0), True)):
        store(trained / "model", calibration)
        run(trained / "model", cache / "x.zip", "--report", trained / "report")
        with zipfile.ZipFile(cache / "x.zip") as package:
            card = package.read("README.md").decode()
        assert ("| calibration error (ECE) | 0.078 |" in card) is not outdated
        assert ("was calibrated after it was judged" in card) is outdated
        assert "0.013" in card or "0.012" in card, "the calibration's own figure stands there each time"
        assert "(95 %: 1.00 to 2.00)" in card


def test_the_same_model_packs_to_the_same_bytes(trained: Path, cache: Path) -> None:
    for name in ("a.zip", "b.zip"):
        run(trained / "model", cache / name)
    assert (cache / "a.zip").read_bytes() == (cache / "b.zip").read_bytes()


def test_what_is_about_another_model_is_not_put_on_the_card(trained: Path, cache: Path) -> None:
    """A report and a training say whose they are; a report of an earlier release does not, and is taken."""
    figures = json.loads((trained / "report" / "figures.json").read_text())
    (trained / "report" / "figures.json").write_text(json.dumps(figures | {"weights": weights_of(trained / "model")}))
    other = cache / "other" / "model"
    shutil.copytree(trained / "model", other)
    run(other, cache / "same.zip", "--report", trained / "report", "--training", trained)  # the same weights elsewhere
    tensors = load_file(other / "model.safetensors")
    name, tensor = next(iter(tensors.items()))
    save_file({**tensors, name: tensor + 1}, other / "model.safetensors", {"format": "pt"})
    for option, folder, sentence in (
        ("--report", trained / "report", "is about other weights: it judged"),
        ("--training", trained, "trained other weights than those of"),
    ):
        told = run(other, cache / "out.zip", option, folder, code=1)
        assert sentence in told.replace("\n", " ")
    assert list(cache.glob("out.zip*")) == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: (f / "model" / "model.safetensors").unlink(), "holds no weights"),
        (lambda f: (f / "model" / "config.json").unlink(), "config.json"),
        (lambda f: (f / "model" / "tokenizer.json").unlink(), "or vocab.json is missing beside the weights"),
        (lambda f: (f / "model" / "model.safetensors").write_bytes(b"x" * 99), "cannot be read"),
        (lambda f: (f / "report" / "figures.json").write_text("{}"), "holds no figures"),
        (lambda f: (f / "report" / "figures.json").unlink(), "vqabot evaluate --report"),
        (lambda f: (f / "config.yaml").unlink(), "is this the folder of a training?"),
    ],
)
def test_what_is_not_whole_is_not_packed(trained: Path, cache: Path, spoil: object, sentence: str) -> None:
    spoil(trained)  # type: ignore[operator]
    out = cache / "out.zip"
    told = run(trained / "model", out, "--report", trained / "report", "--training", trained, code=1)
    assert sentence in told.replace("\n", " ")
    assert list(cache.glob("out.zip*")) == []


def test_names_and_places_that_do_not_fit(trained: Path, cache: Path) -> None:
    assert "must end in .zip" in run(trained / "model", cache / "out.tar", code=1)
    assert "there is no folder" in run(trained / "model", cache / "none" / "out.zip", code=1)
    told = run("microsoft/Florence-2-base", cache / "out.zip", code=1)
    assert "florence-community/Florence-2-base" in told


def test_pushing_without_a_network_keeps_the_package(
    trained: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    from model.errors import ModelError

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    out = cache / "out.zip"
    run(trained / "model", out)
    with pytest.raises(ModelError, match="is packed, but could not be pushed to somebody/model"):
        push(out, "somebody/model", private=True)
    assert out.exists()
