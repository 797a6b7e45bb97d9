"""What watches a training: the log, TensorBoard, the plot, the progress bar, and the best weights so far."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback
from transformers import TrainerControl as Control
from transformers import TrainerState as State
from transformers import TrainingArguments as Args

from model.backends.peak_memory import peak_bytes
from training.console import Bar, Console
from training.finetune.plots import draw
from training.finetune.validation import best_of, evaluations


class LogCallback(TrainerCallback):
    """Keeps `log.jsonl`, TensorBoard's files and the plot, and moves the progress bar. For the first process only."""

    def __init__(self, out: Path, console: Console, questions_per_step: int) -> None:
        """Write into this folder."""
        self.out, self.console, self.per_step = out, console, questions_per_step
        self.bar: Bar | None = None
        self.bar_block: AbstractContextManager[Bar] | None = None
        self.writer: Any = None
        self.began = 0.0
        self.seconds: list[float] = []
        """Of each step since the last line of the log."""
        self.all_seconds: list[float] = []
        self.cpu: list[float] = [time.process_time()]
        """Seconds of CPU that the process had used, at the start and after each step."""

    def on_train_begin(self, args: Args, state: State, control: Control, **_: object) -> None:
        """Go on from the log as it was at the checkpoint: later lines belong to steps that are done again."""
        lines = [json.dumps(entry) + "\n" for entry in state.log_history]
        (self.out / "log.jsonl").write_text("".join(lines), encoding="utf-8")
        # transformers' TensorBoardCallback would show the steps that are done again twice.
        again = state.global_step + 1 if state.global_step else 0  # else the checkpoint's own step would be gone
        self.writer = self._writer(again)
        self.bar_block = self.console.bar(state.max_steps, "Training")
        self.bar = self.bar_block.__enter__()
        self.bar.update(state.global_step)

    def on_epoch_begin(self, args: Args, state: State, control: Control, **_: object) -> None:
        """Start the clock."""
        self.began = time.perf_counter()

    def on_step_end(self, args: Args, state: State, control: Control, **_: object) -> None:
        """One more step is done, with the reading of its pictures."""
        now = time.perf_counter()
        self.seconds.append(now - self.began)
        self.all_seconds.append(now - self.began)
        self.cpu.append(time.process_time())
        self.began = now
        if self.bar is not None:
            self.bar.update(1)

    def on_save(self, args: Args, state: State, control: Control, **_: object) -> None:
        """Saving is no part of the next step."""
        self.began = time.perf_counter()

    def on_log(self, args: Args, state: State, control: Control, logs: object = None, **_: object) -> None:
        """Keep a line everywhere."""
        entry = state.log_history[-1]
        if "loss" in entry and self.seconds:
            entry["questions_per_second"] = round(self.per_step * len(self.seconds) / sum(self.seconds), 3)
            entry["memory_gb"] = round(peak_memory() / 2**30, 2)
            self.seconds = []
            if self.bar is not None:
                self.bar.label = f"Step {state.global_step}, loss {entry['loss']:.3f}"
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        for name, value in entry.items():
            if self.writer is not None and name not in ("step", "epoch") and isinstance(value, int | float):
                self.writer.add_scalar(name.replace("eval_", "val/", 1), value, state.global_step)

    def on_evaluate(
        self,
        args: Args,
        state: State,
        control: Control,
        metrics: dict[str, float] | None = None,
        **_: object,
    ) -> None:
        """Say how good it is, and draw the curves again."""
        assert metrics is not None
        when = f"step {state.global_step}" if state.global_step else "before training"
        self.console.say(
            f"{when}: loss on val {metrics['eval_loss']:.3f}, official accuracy {metrics['eval_official']:.2f} %"
        )
        self.draw(state)
        self.began = time.perf_counter()

    def on_train_end(self, args: Args, state: State, control: Control, **_: object) -> None:
        """Close what is open."""
        self.close()
        self.draw(state)

    def draw(self, state: State) -> None:
        """Draw the curves as they are now, where matplotlib is installed: no training ends for want of a drawing."""
        (self.out / "plots").mkdir(exist_ok=True)
        with suppress(ModuleNotFoundError):
            draw(state.log_history, self.out / "plots" / "training.png")

    def _writer(self, again: int) -> Any:  # noqa: ANN401 - None where TensorBoard is not installed
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ModuleNotFoundError:
            self.console.say("TensorBoard is not installed: the log is in log.jsonl alone.")
            return None
        return SummaryWriter(str(self.out / "tensorboard"), purge_step=again)

    def close(self) -> None:
        """Close the bar and TensorBoard's file; also when the training broke off."""
        if self.bar_block is not None:
            self.bar_block.__exit__(None, None, None)
            self.bar = self.bar_block = None
        if self.writer is not None:
            self.writer.close()
            self.writer = None


class EpochCallback(TrainerCallback):
    """Gives each epoch its own order of pictures, also the one in which an interrupted training goes on."""

    def __init__(self, set_epoch: Callable[[int], None]) -> None:
        """Tell this function."""
        self.set_epoch = set_epoch

    def on_epoch_begin(self, args: Args, state: State, control: Control, **_: object) -> None:
        """The epoch's number: `state.epoch` counts in parts of epochs."""
        self.set_epoch(int((state.epoch or 0.0) + 1e-6))


class BestModelCallback(TrainerCallback):
    """Keeps the best model by official accuracy, and ends a training that does not get better.

    transformers' `load_best_model_at_end` and `EarlyStoppingCallback` save at evaluations alone, forget the evaluation
    before training, and do not tell equal accuracies apart by the loss.
    """

    def __init__(self, folder: Path, patience: int, save: Callable[[Path], None]) -> None:
        """Keep it in this folder, whole at any moment; stop after `patience` evaluations without a better, 0: never."""
        self.folder, self.patience, self.save = folder, patience, save

    def on_evaluate(self, args: Args, state: State, control: Control, **_: object) -> None:
        """Compare with the evaluations before, those of an interrupted training too."""
        evaluated = evaluations(state.log_history)
        best = evaluated.index(best_of(evaluated))
        if best == len(evaluated) - 1:
            if state.is_world_process_zero:
                self.save(self.folder)
        elif self.patience and len(evaluated) - 1 - best >= self.patience:
            control.should_training_stop = True


class LimitCallback(TrainerCallback):
    """Ends a training before its schedule does: after some time, or at a step. The step is saved, to go on from."""

    def __init__(self, seconds: float, last_step: int, agree: Callable[[bool], bool]) -> None:
        """Stop.

        Args:
            seconds: After so many, counted from now; 0: never.
            last_step: At this step; 0: never.
            agree: What the first process finds, told to all of them: clocks differ, and one must not go on alone.
        """
        self.until = time.monotonic() + seconds if seconds else None
        self.last_step, self.agree = last_step, agree
        self.stopped = False
        """Whether it came to that."""

    def on_step_end(self, args: Args, state: State, control: Control, **_: object) -> None:
        """Look at the clock and at the step."""
        late = self.until is not None and self.agree(time.monotonic() >= self.until)
        if (late or (self.last_step and state.global_step >= self.last_step)) and state.global_step < state.max_steps:
            self.stopped = True
            control.should_training_stop = control.should_save = True


def peak_memory() -> int:
    """Most bytes that this process held: on the GPU where there is one, else in all."""
    return peak_bytes("cuda" if torch.cuda.is_available() else "cpu")
