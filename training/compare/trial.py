"""One model with one seed: trained within the budget, then asked as the bot asks."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model.answerer import Answerer
from model.atomic import write_text
from model.backends.peak_memory import peak_bytes
from model.families.weights import count_parameters
from model.types import Request
from training.console import Silent
from training.data.splits import load_split
from training.evaluation.accuracy import exact_match, official_accuracy
from training.finetune.config import TrainConfig
from training.finetune.folder import RESULT
from training.trials import Status, TrialError, in_child_process

OUTCOME = "outcome.json"
_AT_ONCE = 32
_FEW_STEPS = 20


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a trained model answers. Times in seconds on this machine."""

    parameters: int
    official: dict[int, float]
    """0 to 1, by question."""
    exact: dict[int, bool]
    confidence: dict[int, float]
    questions_per_second: float
    first_answer_seconds: float
    """From nothing loaded to the first answer."""
    memory_gb: float
    """Most that answering held."""


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What a trial came to."""

    status: Status
    reason: str = ""
    """Why it is not done, a sentence."""
    training: dict[str, Any] = field(default_factory=dict)
    """As `vqabot train` keeps it in result.json."""
    judged: Evaluation | None = None

    def write(self, folder: Path, mark: str) -> None:
        """Keep it; `mark` tells which settings it belongs to."""
        write_text(folder / OUTCOME, json.dumps({"mark": mark, **asdict(self)}) + "\n")


def read_outcome(folder: Path) -> tuple[str, TrialOutcome] | None:
    """What is kept of a trial, behind the mark of its settings; None where it is not over yet."""
    try:
        values = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    mark, judged = str(values.pop("mark")), values.pop("judged")
    if judged is not None:
        by_number = {name: {int(key): value for key, value in judged[name].items()} for name in _BY_QUESTION}
        judged = Evaluation(**{**judged, **by_number})
    return mark, TrialOutcome(**values, judged=judged)


_BY_QUESTION = ("official", "exact", "confidence")


def run_trial(config: TrainConfig, data: Path, out: Path, split: str, limit: int | None, beams: int) -> TrialOutcome:
    """Train, going on where an interrupted training stopped, and judge; each in a process of its own."""
    trained: dict[str, Any] = {}
    try:
        if not (out / RESULT).is_file():
            in_child_process(train_here, _filling_its_minutes(config, data, out / "pace"), data, out)
        trained = json.loads((out / RESULT).read_text(encoding="utf-8"))
        judged = in_child_process(evaluate_here, str(out / "model"), data, split, limit, beams)
    except TrialError as error:
        return TrialOutcome(error.status, str(error), trained)
    return TrialOutcome("done", "", trained, judged)


def _filling_its_minutes(config: TrainConfig, data: Path, pace: Path) -> TrainConfig:
    """Settings with as many steps as go into the minutes at the pace of a few, so that the learning rate falls over all
    of them; as they are where the budget is questions."""
    if not config.max_minutes:
        return config
    if not (pace / RESULT).is_file():
        few = {"max_steps": _FEW_STEPS, "max_minutes": 0.0}
        in_child_process(train_here, config.model_copy(update=few), data, pace)
    seconds = json.loads((pace / RESULT).read_text(encoding="utf-8"))["seconds_per_step"]
    steps = max(1, int(60 * config.max_minutes / seconds))
    return config.model_copy(update={"max_steps": steps, "max_minutes": 0.0})


def train_here(config: TrainConfig, data: Path, out: Path) -> None:
    """`vqabot train`, silently."""
    from training.finetune.run import train

    train(config, data, out, Silent())


def evaluate_here(model: str, data: Path, split: str, limit: int | None, beams: int) -> Evaluation:
    """Ask a model all questions of a split with their own pictures."""
    asked = load_split(data, split, limit=limit)
    began = time.perf_counter()
    answerer = Answerer.load(model)
    requests = [
        Request(str(one.question_id), asked.pictures[one.image_id].read_bytes(), one.question, beams)
        for one in sorted(asked.questions, key=lambda one: one.image_id)
    ]
    answerer.answer(requests[:1])
    first = time.perf_counter() - began
    answerer.features.clear()
    answers, began = {}, time.perf_counter()
    for start in range(0, len(requests), _AT_ONCE):
        for answer in answerer.answer(requests[start : start + _AT_ONCE]):
            answers[int(answer.id)] = answer
    seconds = time.perf_counter() - began
    questions = {one.question_id: one for one in asked.questions}
    return Evaluation(
        parameters=count_parameters(Path(model)),
        official={n: official_accuracy(answers[n].text, one.answers) for n, one in questions.items()},
        exact={n: exact_match(answers[n].text, one.answer or "") == 1 for n, one in questions.items()},
        confidence={n: answers[n].confidence for n in questions},
        questions_per_second=len(requests) / seconds,
        first_answer_seconds=first,
        memory_gb=peak_bytes(answerer.family.device) / 2**30,
    )
