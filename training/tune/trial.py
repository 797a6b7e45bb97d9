"""One trial: a training with some settings, judged by blocks of questions that its training does not see."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from transformers import TrainerCallback

from model.answerer import Answerer
from model.backends.placement import Placement
from model.types import Request, SentPicture
from training.console import Silent
from training.data.prepared import Example
from training.evaluation.accuracy import official_accuracy
from training.finetune.config import TrainConfig
from training.finetune.folder import RESULT
from training.finetune.result import TrainingResult
from training.finetune.run import train
from training.finetune.validation import NEW_TOKENS, PEOPLE

_AT_ONCE = 32
_NO_RESULT = ("checkpoints", "features", "tensorboard")
"""What a finished trial's folder does without."""


def folder_of(out: Path, config: TrainConfig) -> Path:
    """Where a trial lies: by its settings, so that one that was killed goes on, whoever takes it up."""
    settings = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    return out / "trials" / hashlib.sha256(settings.encode()).hexdigest()[:16]


def train_once(
    config: TrainConfig, data: Path, folder: Path, callbacks: Sequence[TrainerCallback] = ()
) -> TrainingResult:
    """Train, go on where it was killed, or give what it came to before; one process at a time in a folder.

    Raises:
        TrainingError: As `training.finetune.run.train`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "model").is_dir():
            (folder / RESULT).unlink(missing_ok=True)  # its model was let go of
            train(config, data, folder, Silent(), callbacks=callbacks)
        for name in _NO_RESULT:
            shutil.rmtree(folder / name, ignore_errors=True)
        return TrainingResult(**json.loads((folder / RESULT).read_text(encoding="utf-8")))


@dataclass(slots=True)
class TrialScorer:
    """Answers with a trained model, block by block."""

    model: Path
    data: Path
    device: str
    seconds: float = 0.0
    """Of all answers but those of the first block, in which everything is got ready."""
    timed: int = 0
    """Questions that `seconds` were for."""

    def scores(self, parts: Sequence[Sequence[Example]]) -> Iterator[list[float]]:
        """The official accuracy of each answer in percent, a list a block; asked for as they are wanted."""
        answerer = Answerer.load(str(self.model), Placement(self.device))
        for number, rows in enumerate(parts):
            began = time.perf_counter()
            found = [
                score for at in range(0, len(rows), _AT_ONCE) for score in self._ask(answerer, rows[at : at + _AT_ONCE])
            ]
            if number or len(parts) == 1:
                self.seconds += time.perf_counter() - began
                self.timed += len(rows)
            yield found

    @property
    def questions_per_second(self) -> float:
        """How fast it answers."""
        return self.timed / max(1e-9, self.seconds)

    def _ask(self, answerer: Answerer, rows: Sequence[Example]) -> list[float]:
        longest = max(NEW_TOKENS, *(answerer.family.answer_length(row.answer or "") for row in rows))
        requests = [self._request(row, longest) for row in rows]
        said = [answer.text for answer in answerer.answer(requests)]
        return [
            100 * official_accuracy(text, row.answers or [row.answer or ""] * PEOPLE)
            for text, row in zip(said, rows, strict=True)
        ]

    def _request(self, row: Example, longest: int) -> Request:
        first, *others = (SentPicture((self.data / image).read_bytes()) for image in row.images)
        return Request(str(row.question_id), first.data, row.question, 1, longest, first.key, others=tuple(others))
