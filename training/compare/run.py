"""A comparison from start to end: every model with every seed, then what they came to side by side."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.compare.config import CompareConfig
from training.compare.trial import TrialOutcome, read_outcome, run_trial
from training.config import ConfigError
from training.console import Console
from training.data.prepared import split_file

TRIALS = "trials"


def run_all(config: CompareConfig, out: Path, console: Console, *, again: bool) -> dict[str, list[TrialOutcome]]:
    """Run every trial that is not over yet; the same call goes on where an interrupted one stopped.

    Args:
        config: The settings.
        out: Holds `trials/NAME/SEED`.
        console: Where it reports.
        again: Whether trials that came to nothing are tried once more.

    Returns:
        The outcomes by model, in the order of the seeds.

    Raises:
        ConfigError: `out` holds a comparison with other settings.
    """
    files = [split_file(config.data, split).read_bytes() for split in ("train", config.split)]
    digest = hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in files)).hexdigest()
    found: dict[str, list[TrialOutcome]] = {}
    # One seed of all models first: after a third of the time there is something to see of each.
    for seed in config.seeds:
        for name in config.models:
            folder = out / TRIALS / name / str(seed)
            settings = config.training(name, seed)
            chosen = {**settings.model_dump(mode="json"), "judged": [config.split, config.limit, config.beams]}
            mark = hashlib.sha256(json.dumps([chosen, digest]).encode()).hexdigest()[:16]
            kept = read_outcome(folder)
            if kept is not None and kept[0] != mark:
                raise ConfigError(
                    f"{folder} holds a trial with other settings or data: give the same to go on, or choose another "
                    "folder for the comparison."
                )
            outcome = kept[1] if kept is not None else None
            if outcome is None or (again and outcome.status != "done"):
                console.say(f"{name}, seed {seed} ...")
                folder.mkdir(parents=True, exist_ok=True)
                outcome = run_trial(settings, config.data, folder, config.split, config.limit, config.beams)
                outcome.write(folder, mark)
            console.say(f"{name}, seed {seed}: {_said(outcome)}")
            found.setdefault(name, []).append(outcome)
    return found


def _said(outcome: TrialOutcome) -> str:
    if outcome.judged is None:
        return f"{outcome.status}. {outcome.reason}"
    scores = outcome.judged.official.values()
    return f"official accuracy {100 * sum(scores) / len(scores):.2f} %"


def curves_of(out: Path, names: Sequence[str], seeds: Sequence[int]) -> Mapping[str, list[list[tuple[int, float]]]]:
    """The losses by model: for each seed (step, mean loss since the line before), as its log has them."""
    found: dict[str, list[list[tuple[int, float]]]] = {}
    for name in names:
        for seed in seeds:
            try:
                text = (out / TRIALS / name / str(seed) / "log.jsonl").read_text(encoding="utf-8")
                lines = [json.loads(line) for line in text.splitlines()]
            except (OSError, ValueError):
                continue
            curve = [(int(line["step"]), float(line["loss"])) for line in lines if "loss" in line]
            if curve:
                found.setdefault(name, []).append(curve)
    return found
