"""From what a person names as the model (`builtin`, a folder, a ZIP, a hub id) to a folder on disk. Needs no torch."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path

from model import families
from model.archive import unpack
from model.errors import ModelError
from model.plugins import find

BUILTIN = "builtin"
_HUB_ID = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*/[\w.-]+)(@(?P<revision>[\w./-]+))?")
"""owner/name, and behind an @ a branch, a tag or a commit."""
_MEBIBYTE = 2**20
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_WANTED = ["*.json", "*.safetensors", "*.txt", "*.model"]


def builtin_path() -> Path:
    """The folder of the small model that ships with the project."""
    return Path(__file__).parent / "builtin"


def cache_dir() -> Path:
    """Where unpacked ZIPs are kept between runs; where nothing of that can be written (a container), for this one."""
    places = [os.environ.get("XDG_CACHE_HOME"), str(Path("~/.cache").expanduser()), os.environ.get("HF_HOME")]
    for place in places:
        if place and _can_be_written(folder := Path(place) / "vqabot" / "models"):
            return folder
    return _own_temporary() / "models"


def _own_temporary() -> Path:
    """A folder among the temporary ones, the same for each run, unless somebody else has made it."""
    folder = Path(tempfile.gettempdir()) / f"vqabot-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        return Path(tempfile.mkdtemp(prefix="vqabot-"))
    return folder


def _can_be_written(folder: Path) -> bool:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK)


def locate(model: str) -> Path:
    """Find a model's folder, unpacking or downloading it when it has to be.

    Args:
        model: `builtin`, a folder, a ZIP file, or a hub id such as `florence-community/Florence-2-base-ft`, with a
            branch, a tag or a commit behind an @ if it is to stay the same.

    Raises:
        ModelError: It says what is missing.
    """
    if model == BUILTIN:
        return _checked(builtin_path(), "The built-in model")
    path = Path(model).expanduser()
    if path.is_dir():
        return _checked(path, f"The folder {path}")
    if path.is_file():
        return _checked(unpack(path, cache_dir()), f"The ZIP {path}")
    if _is_hub_id(model):
        return _checked(_from_hub(model), f"The hub model {model}")
    raise ModelError("model_missing", model=model)


def check_setup(model: str) -> None:
    """What can be seen at once, without loading or fetching anything, of a model that a worker here is to load.

    Raises:
        ModelError: The model is not there, or what it needs is not installed.
    """
    if not _is_hub_id(model) and not Path(model).expanduser().is_file():  # a ZIP is unpacked by the worker
        model_type(locate(model))
    for package in ("torch", "transformers"):
        if not _is_installed(package):
            raise ModelError("package_missing_here", package=package)


def identity(model: str, folder: Path) -> str:
    """A model's name and the beginning of a digest of its files, by which two of the same name are told apart.

    Of a large file the size, the beginning and the end count: no weights of gigabytes are read for it.
    """
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.iterdir() if path.suffix in (".json", ".safetensors", ".bin")):
        size = file.stat().st_size
        digest.update(f"{file.name} {size}\n".encode())
        with file.open("rb") as source:
            digest.update(source.read(_MEBIBYTE))
            source.seek(max(0, size - _MEBIBYTE))
            digest.update(source.read())
    name = model if _is_hub_id(model) else Path(model).name
    return f"{name} {digest.hexdigest()[:8]}"


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # there, and yet not to be imported
        return False


def model_type(folder: Path) -> str:
    """The family's name as the folder's `config.json` gives it."""
    file = folder / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        _refuse_strangers(file, config)
        return str(config["model_type"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError("config_unreadable", file=file) from error


def _refuse_strangers(file: Path, config: object) -> None:
    """Nothing that a model's files name is fetched and run, and only plain weights can be loaded."""
    if isinstance(config, dict):
        for name, value in config.items():
            if "attn_implementation" in name and "/" in str(value):
                raise ModelError("hub_kernels", file=file, value=value, name=name)
            if name == "quantization_config" and value:
                raise ModelError("weights_quantised", file=file)
            _refuse_strangers(file, value)
    elif isinstance(config, list):
        for value in config:
            _refuse_strangers(file, value)


def _is_hub_id(model: str) -> bool:
    path = Path(model).expanduser()
    return _HUB_ID.fullmatch(model) is not None and path.suffix.lower() != ".zip" and not path.exists()


def _checked(folder: Path, what: str) -> Path:
    if not (folder / "config.json").is_file():
        inside = folder / "model"  # where a training has put it
        hint = f" Is {inside} meant?" if (inside / "config.json").is_file() else ""
        raise ModelError("model_without_config", what=what, hint=hint)
    if not any(True for pattern in _WEIGHTS for _ in folder.glob(pattern)):
        raise ModelError("model_without_weights", what=what)
    return folder


def _from_hub(model: str) -> Path:
    found = _HUB_ID.fullmatch(model)
    assert found is not None
    for family in families.names():
        native_id = find("model.families", family, "native_id")
        if native_id is not None and (native := native_id(found["name"])) is not None:
            raise ModelError("native_format_elsewhere", model=model, native=native)
    try:
        from huggingface_hub import snapshot_download
    except ModuleNotFoundError as error:
        raise ModelError("hub_packages_missing") from error
    # Its errors share no base class beside these; a copy from an earlier download is used without a network.
    try:
        return Path(snapshot_download(found["name"], revision=found["revision"], allow_patterns=_WANTED))
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError("hub_unreachable", model=model) from error
