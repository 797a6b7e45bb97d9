"""transformers' Trainer with questions in the order of their pictures, our validation, and crash-proof checkpoints."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from accelerate.utils import broadcast_object_list, gather_object
from torch import Tensor, nn
from torch.utils.data import Sampler
from transformers import PrinterCallback, ProgressCallback, Trainer, TrainerState, TrainingArguments
from transformers.trainer import TRAINER_STATE_NAME

from training.console import Console
from training.finetune.checkpoints import COMPLETE, complete_checkpoints, name_of
from training.finetune.data import Collator, Examples, PictureSampler
from training.finetune.divergence import DivergenceDetector
from training.finetune.families.onepass import Batch
from training.finetune.loading import ModelParts
from training.finetune.validation import ValidationSums, Validator

_Outcome = TypeVar("_Outcome")


class FineTuner(Trainer):
    """Trains the model of `parts`; `judge` stands for the Trainer's evaluation."""

    def __init__(
        self,
        parts: ModelParts,
        args: TrainingArguments,
        rows: Examples,
        collator: Collator,
        validator: Validator | None,
        keep: int,
        console: Console,
        callbacks: Sequence[Any],
    ) -> None:
        """Train on these questions, keeping so many checkpoints."""
        self.parts, self.collator, self.validator, self.keep = parts, collator, validator, keep
        self.console = console
        self.validated_at = -1
        """The step of the last evaluation."""
        self.sampler = PictureSampler(rows.rows, args.seed)
        self.divergence = DivergenceDetector(args.learning_rate)
        super().__init__(
            model=parts.trained,
            args=args,
            train_dataset=rows,
            eval_dataset=rows,  # never asked: `evaluate` is the judge's
            data_collator=collator,
            callbacks=list(callbacks),
        )
        for printing in (ProgressCallback, PrinterCallback):
            self.remove_callback(printing)

    def _get_train_sampler(self, train_dataset: object = None) -> Sampler[int]:
        return self.sampler

    def training_step(self, model: nn.Module, inputs: Batch, num_items_in_batch: Tensor | int | None = None) -> Tensor:
        """One batch forth and back; a loss that is no number never reaches the weights."""
        loss: Tensor = super().training_step(model, inputs, num_items_in_batch)
        if self.args.device.type == "cpu" and not loss.isfinite():
            self.divergence.check(loss.item(), self.state.global_step + 1)
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Look at the mean loss since the last line before it is logged."""
        if "loss" in logs:
            self.divergence.check(logs["loss"], self.state.global_step)
        super().log(logs, start_time)

    def _get_grad_norm(self, model: nn.Module, grad_norm: Any = None) -> Any:  # noqa: ANN401 - the Trainer's
        """Where nothing is clipped the norm is not worth two passes over all gradients."""
        if not self.args.max_grad_norm:
            return None
        return super()._get_grad_norm(model, grad_norm)  # type: ignore[no-untyped-call]

    def floating_point_ops(self, inputs: object) -> int:
        """Not counted."""
        return 0

    def restore(self, checkpoint: Path) -> None:
        """Be as after the last step of a checkpoint, without training on."""
        self._load_from_checkpoint(str(checkpoint))
        self.state = TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))

    def evaluate(self, *_: object, **__: object) -> dict[str, float]:
        """Validate the model as it stands, each process its share of the questions."""
        assert self.validator is not None
        share = (self.args.process_index, self.args.world_size)
        with self.console.bar(len(self.validator.rows) // share[1], "Judging") as bar:
            sums = self.validator.validate(self.autocast_smart_context_manager, share, bar.update)
        if self.args.world_size > 1:
            sums = sum(gather_object([sums]), ValidationSums())
        metrics, self.validated_at = sums.metrics(), self.state.global_step
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:  # noqa: ANN401
        self.divergence.check_weights(model, self.state.global_step)
        super()._save_checkpoint(model, trial)
        if self.args.should_save:
            folder = Path(str(self.args.output_dir)) / name_of(self.state.global_step)
            (folder / COMPLETE).touch()
            for older in complete_checkpoints(folder.parent)[: -self.keep]:
                shutil.rmtree(older)


def device_of(args: TrainingArguments) -> torch.device:
    """This process's device. One process trains on one: several are used by `accelerate launch` or `torchrun`."""
    device: torch.device = args.device
    args._n_gpu = min(1, args.n_gpu)  # more would split batches, whose questions share pictures
    return device


def on_main_process(args: TrainingArguments, work: Callable[[], _Outcome]) -> _Outcome:
    """Do something in the first process alone and give its outcome, also an error, to all of them."""
    if args.world_size == 1:
        return work()
    outcome: list[Any] = [None]
    if args.process_index == 0:
        try:
            outcome = [work()]
        except Exception as error:  # noqa: BLE001 - raised below, in every process
            outcome = [error]
    broadcast_object_list(outcome)
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    result: _Outcome = outcome[0]
    return result
