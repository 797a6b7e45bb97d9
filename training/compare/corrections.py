"""What corrections are worth: the same number, chosen in two ways, each trained on from the same model."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from model.counting import counted
from model.loading import locate
from training.compare.trial import Evaluation, TrialOutcome, evaluate_here, read_outcome, train_here
from training.config import ConfigError
from training.console import Console
from training.data.prepared import SUMMARY, Example, read_examples, write_examples
from training.data.splits import load_split
from training.data.vqa import DataError
from training.evaluation.bootstrap import paired_bootstrap
from training.evaluation.intervals import Difference
from training.finetune.config import TrainConfig
from training.trials import in_child_process

_NO_JUDGING: dict[str, Any] = {"eval_questions": 0, "reference": False, "early_stopping": 0, "limit": None}
"""The questions that the gain is measured by choose no weights."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Corrections chosen in one way, and what they brought."""

    name: str
    wrong: int
    """How many of the corrected answers were wrong."""
    accuracy: float
    """Official, 0 to 1, on the held-out questions after training."""
    gain: Difference
    """Against the model that it started from."""


@dataclass(frozen=True, slots=True)
class Worth:
    """All that was measured."""

    corrections: int
    pool: int
    """Questions that could be corrected."""
    judged_by: int
    before: float
    """Official accuracy of the model that both start from, 0 to 1."""
    uncertain: Arm
    chance: Arm
    difference: Difference
    """How much better the most uncertain first are."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def measure(
    config: TrainConfig, data: Path, out: Path, console: Console, *, corrections: int, split: str, beams: int
) -> Worth:
    """Ask the model the questions of train, correct some of its answers in each way, and train on from it with them.

    Whoever corrects is simulated: the annotations say what is right. The same call goes on where an interrupted one
    stopped.

    Args:
        config: How it is trained; `limit` is how many questions of train can be corrected, `seed` draws by chance.
        data: The folder that `vqabot data prepare` wrote; the model should not have learnt from it.
        out: Gets a training of each way.
        console: Where it reports.
        corrections: How many.
        split: The held-out questions.
        beams: Width of the beam search.

    Raises:
        DataError: There are too few questions, or they cannot be used.
        ConfigError: `out` holds trainings with other settings.
        TrialError: A training, or the judging, came to nothing.
    """
    examples = {one.question_id: one for one in read_examples(data, "train")[: config.limit] if not one.other_images}
    if len(examples) < 2 * corrections:
        raise DataError(
            f"{data} has {counted(len(examples), 'question')} to correct, and choosing {corrections} of them needs "
            "twice as many."
        )
    start = str(locate(config.model))
    console.say("Asking the model ...")
    asked: Evaluation = in_child_process(evaluate_here, start, data, "train", config.limit, beams)
    before: Evaluation = in_child_process(evaluate_here, start, data, split, None, beams)
    by_doubt = sorted(examples, key=lambda number: (asked.confidence[number], number))
    chosen = {
        "most uncertain first": by_doubt[:corrections],
        "at random": sorted(random.Random(config.seed).sample(sorted(examples), corrections)),
    }
    after = {
        name: _trained(config, data, out, name, [examples[number] for number in numbers], split, beams, console)
        for name, numbers in chosen.items()
    }
    picture_of = {one.question_id: one.image_id for one in load_split(data, split, pictures=False).questions}
    uncertain, chance = (
        Arm(
            name,
            sum(asked.official[number] < 1 for number in numbers),
            statistics.fmean(after[name].values()),
            paired_bootstrap(after[name], before.official, picture_of),
        )
        for name, numbers in chosen.items()
    )
    return Worth(
        corrections,
        len(examples),
        len(picture_of),
        statistics.fmean(before.official.values()),
        uncertain,
        chance,
        paired_bootstrap(after[uncertain.name], after[chance.name], picture_of),
    )


def _trained(
    config: TrainConfig,
    data: Path,
    out: Path,
    name: str,
    corrected: Sequence[Example],
    split: str,
    beams: int,
    console: Console,
) -> dict[int, float]:
    """Train with these corrections; the official scores by held-out question."""
    folder = out / name.replace(" ", "-")
    settings = config.model_copy(update=_NO_JUDGING)
    chosen = [settings.model_dump(mode="json"), [asdict(one) for one in corrected], split, beams]
    mark = hashlib.sha256(json.dumps(chosen).encode()).hexdigest()[:16]
    kept = read_outcome(folder)
    if kept is not None and kept[0] != mark:
        raise ConfigError(f"{folder} holds a training with other settings or corrections: choose another folder.")
    outcome: TrialOutcome | None = kept[1] if kept is not None else None
    if outcome is None or outcome.judged is None:
        console.say(f"Training with {counted(len(corrected), 'correction')}, {name} ...")
        subset = folder / "data"
        subset.mkdir(parents=True, exist_ok=True)
        where = os.path.relpath(data.resolve(), subset.resolve())
        write_examples(subset, "train", (replace(one, image=f"{where}/{one.image}") for one in corrected))
        if (data / SUMMARY).is_file():
            shutil.copyfile(data / SUMMARY, subset / SUMMARY)
        outcome = _run(settings, subset, data, folder, split, beams)
        outcome.write(folder, mark)
    assert outcome.judged is not None
    return outcome.judged.official


def _run(config: TrainConfig, subset: Path, data: Path, folder: Path, split: str, beams: int) -> TrialOutcome:
    in_child_process(train_here, config, subset, folder)
    return TrialOutcome("done", judged=in_child_process(evaluate_here, str(folder / "model"), data, split, None, beams))
