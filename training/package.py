"""Packs a model into a ZIP that `VQABOT_MODEL` takes as it is: with its card, and checked by answering from it."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

from bot.texts.failures import sentence
from model.archive import unpack
from model.atomic import replacing
from model.errors import ModelError
from model.images import encoded
from model.loading import locate
from model.profile import FILE_NAME as PROFILE
from model.profile import Profile
from model.types import Request
from training.config import FILE_NAME as CONFIG
from training.data.vqa import DataError
from training.evaluation.calibrate import RECORD
from training.evaluation.report import CHARTS, FIGURES, weights_of
from training.report.pages import render

TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json")
"""One of these holds the words. What else a family needs shows when the ZIP answers: the hub's BLIPs, for one, come
without a generation_config.json."""
_KINDS = (".json", ".safetensors", ".txt", ".model")
_STAMP = (2000, 1, 1, 0, 0, 0)  # the same model packs to the same bytes
_CURVES = "plots/training.png"
_PLOT = "training/curves.png"
ASKED = ("What colour is the circle?", "How many circles are there?")


@dataclass(frozen=True, slots=True)
class Sources:
    """What is packed beside the weights."""

    report: Path | None = None
    """A folder that `vqabot evaluate --report` wrote."""
    training: Path | None = None
    """The folder of the training, for its settings and curves."""
    name: str = ""
    """The model's name on its card."""


def pack(model: str, out: Path, sources: Sources) -> list[str]:
    """Write a model's ZIP and check it.

    Args:
        model: builtin, a folder, a ZIP or a hub id.
        out: The ZIP; it appears under its name only when it was checked.
        sources: What goes on the card.

    Returns:
        The names of the files in it.

    Raises:
        ModelError: The model is not complete, or does not answer from the ZIP as it does without.
        DataError: The report or the training cannot be read.
        OSError: The ZIP cannot be written.
    """
    folder = locate(model)
    for names in (("config.json",), TOKENIZERS):
        if not any((folder / name).is_file() for name in names):
            raise ModelError(f"{model} cannot be packed: {' or '.join(names)} is missing beside the weights.")
    _check_same_model(model, folder, sources)
    files = _files(folder, sources)
    said = _answers(folder)
    with replacing(out) as partial:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as target:
            for name, content in sorted(files.items()):
                info = zipfile.ZipInfo(name, _STAMP)
                # Weights hardly shrink; stored they are read faster.
                info.compress_type = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                data = io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
                with data, target.open(info, "w", force_zip64=True) as packed:
                    while piece := data.read(2**20):
                        packed.write(piece)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".checking-") as place:
            if _answers(unpack(partial, Path(place))) != said:
                raise ModelError(f"The ZIP answers otherwise than {model} itself: it was not kept.")
    return sorted(files)


def push(package: Path, name: str, private: bool) -> str:
    """Upload a packed model to the hub.

    Args:
        package: The ZIP.
        name: The hub id, owner/name; created when missing.
        private: Whether a new one is private.

    Returns:
        Its address.

    Raises:
        ModelError: With a sentence that says what would help.
    """
    from huggingface_hub import HfApi

    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(package) as source:
            source.extractall(place)
        try:
            api = HfApi()
            url = api.create_repo(name, private=private, exist_ok=True)
            api.upload_folder(repo_id=name, folder_path=place, commit_message="A packed vqabot model")
        except Exception as error:  # its own errors and those of the HTTP library below share no base class
            raise ModelError(
                f"{package.name} is packed, but could not be pushed to {name}: check the name, the network, and that "
                "`hf auth login` was run with a token that may write."
            ) from error
    return str(url)


def _check_same_model(model: str, folder: Path, sources: Sources) -> None:
    """Refuse a card that would tell about other weights; what does not say which ones it is about is believed."""
    ours = weights_of(folder)
    if sources.report is not None:
        figures = _json(sources.report / FIGURES, "vqabot evaluate --report", "official")
        if figures.get("weights") not in (None, "", ours):
            raise DataError(
                f"The report in {sources.report} is about other weights: it judged {figures.get('model')} as that was "
                f"then. Judge this one: vqabot evaluate DATA --model {model} --report {sources.report}"
            )
    if sources.training is not None and not folder.resolve().is_relative_to(sources.training.resolve()):
        trained = sources.training / "model"
        if any(trained.glob("*.safetensors")) and weights_of(trained) != ours:
            raise DataError(f"{sources.training} trained other weights than those of {model}: leave --training out.")


def _files(folder: Path, sources: Sources) -> dict[str, Path | bytes]:
    """What goes into the ZIP, by name there."""
    files: dict[str, Path | bytes] = {
        path.name: path for path in folder.iterdir() if path.is_file() and path.suffix in _KINDS
    }
    profile = Profile.read(folder)
    figures: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] | None = None
    if PROFILE not in files:  # says what the defaults are, should they ever change
        with tempfile.TemporaryDirectory() as place:
            profile.write(Path(place))
            files[PROFILE] = (Path(place) / PROFILE).read_bytes()
    if sources.report is not None:
        figures = _json(sources.report / FIGURES, "vqabot evaluate --report", "official")
        for picture in (sources.report / f"{name}.png" for name in CHARTS):
            if picture.is_file():
                files[f"evaluation/{picture.name}"] = picture
        files[f"evaluation/{FIGURES}"] = sources.report / FIGURES
    if sources.training is not None:
        try:
            settings = yaml.safe_load((sources.training / CONFIG).read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise DataError(f"{sources.training / CONFIG} cannot be read: is this the folder of a training?") from error
        files["training/config.yaml"] = sources.training / CONFIG
        if (sources.training / _CURVES).is_file():
            files[_PLOT] = sources.training / _CURVES
    calibrated = _json(folder / RECORD, "vqabot calibrate", "ece_study") if RECORD in files else None
    # Calibrated again after it was judged, the model shows another confidence than the one that the report is about.
    outdated = figures is not None and figures.get("calibration", asdict(profile.calibration)) != asdict(
        profile.calibration
    )
    own = folder / "README.md"
    if figures is None and settings is None and own.is_file():
        files["README.md"] = own
    else:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        card = render(
            "card.md.jinja",
            name=sources.name or folder.parent.name,
            figures=figures,
            settings=settings,
            profile=profile,
            calibrated=calibrated,
            outdated=outdated,
            remarks=[*(figures or {}).get("remarks", ()), *(calibrated or {}).get("remarks", ())],
            kind=config.get("model_type", ""),
            pictures=sorted(name for name in files if name.startswith("evaluation/") and name.endswith(".png")),
            curves=_PLOT in files,
        )
        files["README.md"] = card.encode("utf-8")
    return files


def _answers(folder: Path) -> list[tuple[str, float]]:
    """What a model says to a drawn picture, and how sure it is."""
    from model.answerer import Answerer  # torch: what else is wrong is said before it is loaded

    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).ellipse((80, 40, 240, 200), fill="red")
    data = encoded(picture)
    answers = Answerer.load(str(folder)).answer([Request(text, data, text, 3, 20) for text in ASKED])
    for answer in answers:
        if answer.error is not None:
            raise ModelError(f"The model in {folder} does not answer: {sentence(answer.error)}")
    return [(answer.text, round(answer.confidence, 4)) for answer in answers]


def _json(path: Path, made_by: str, figure: str) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: it should be what `{made_by}` wrote.") from error
    if not isinstance(content, dict) or not isinstance(content.get(figure), int | float):
        raise DataError(f"{path} holds no figures: it should be what `{made_by}` wrote.")
    return content
