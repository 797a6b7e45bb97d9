"""What a training that was interrupted and goes on leaves in TensorBoard's files."""

from pathlib import Path
from typing import Any

from finetune_helpers import Quiet
from transformers import TrainerControl, TrainerState

from training.finetune.callbacks import LogCallback


def test_steps_that_are_done_again_stand_in_tensorboard_once(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    control, arguments = TrainerControl(), Any
    history: list[dict[str, float]] = []
    for resumed_at, last, loss in ((0, 3, 2.0), (2, 4, 1.0)):  # killed after step 3, and again from the checkpoint of 2
        state = TrainerState(max_steps=4, global_step=resumed_at, log_history=history[:resumed_at])
        log = LogCallback(tmp_path, Quiet(), 1)
        log.on_train_begin(arguments, state, control)
        for step in range(resumed_at + 1, last + 1):
            state.global_step = step
            state.log_history.append({"loss": loss, "step": step})
            log.on_log(arguments, state, control)
        history = state.log_history
        log.close()
    found = EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    assert [(each.step, each.value) for each in found.Scalars("loss")] == [(1, 2.0), (2, 2.0), (3, 1.0), (4, 1.0)]
    assert (tmp_path / "log.jsonl").read_text().count("\n") == 4
