"""The settings of a training as the Trainer's own."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from transformers import TrainingArguments

from training.finetune.config import Precision, TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.limits import choose_precision


def trainer_arguments(config: TrainConfig, out: Path) -> tuple[TrainingArguments, Precision]:
    """The Trainer's own settings, and the arithmetic.

    Raises:
        TrainingError: The device is not there.
    """
    if config.device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("There is no GPU here that torch can use; choose --device cpu.")
    on_cpu = config.device == "cpu" or not torch.cuda.is_available()
    precision = choose_precision(config.precision, torch.device("cpu" if on_cpu else "cuda"))
    workers = config.workers if config.workers is not None else (0 if on_cpu else 4)
    strategy = "no" if not config.eval_questions else "steps" if config.evaluate_every else "epoch"
    arguments = TrainingArguments(
        output_dir=str(out / "checkpoints"),
        use_cpu=on_cpu,
        ddp_backend="gloo" if on_cpu and "RANK" in os.environ else None,
        ddp_find_unused_parameters=False,
        bf16=precision == "bf16",
        fp16=precision == "fp16",
        num_train_epochs=config.epochs,
        max_steps=config.max_steps or -1,
        per_device_train_batch_size=config.batch_size,
        gradient_accumulation_steps=config.accumulate,
        optim="adamw_torch_fused",
        learning_rate=config.learning_rate,
        lr_scheduler_type="constant_with_warmup" if config.schedule == "constant" else config.schedule,
        warmup_steps=config.warmup_steps,
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        eval_strategy=strategy,
        eval_steps=config.evaluate_every or None,
        save_strategy="steps" if config.save_every else "epoch",
        save_steps=config.save_every or 1,
        logging_steps=config.log_every,
        logging_nan_inf_filter=False,
        log_level="error",
        log_level_replica="error",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_num_workers=workers,
        dataloader_pin_memory=not on_cpu,
        seed=config.seed,
    )
    return arguments, precision
