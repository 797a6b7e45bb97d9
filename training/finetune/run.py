"""One fine-tuning from start to end: data, model, training, the best weights, the figures. Resumable at any moment."""

from __future__ import annotations

import json
import shutil
import statistics
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import transformers
from torch import Tensor
from transformers import TrainerCallback

from model.atomic import replacing, write_text
from model.counting import counted
from training.console import Console, Silent
from training.data import provenance
from training.data.prepared import prepared_size
from training.data.provenance import Provenance, Role, Sketch, prepared_digests
from training.finetune.arguments import trainer_arguments
from training.finetune.callbacks import BestModelCallback, EpochCallback, LimitCallback, LogCallback, peak_memory
from training.finetune.checkpoints import BEST, complete_checkpoints
from training.finetune.config import Precision, TrainConfig
from training.finetune.data import Collator, Examples
from training.finetune.errors import TrainingError, explained
from training.finetune.features import FeatureStore, fill, fingerprint, make_room, picture_key
from training.finetune.folder import RESULT, RunStart, open_run
from training.finetune.four_bit import check_four_bit
from training.finetune.inputs import Inputs, read_inputs
from training.finetune.limits import GB, check_disk, check_memory, keep_freed_memory, set_threads
from training.finetune.loading import ModelParts, load_parts, save_model
from training.finetune.result import TrainingResult
from training.finetune.trainer import FineTuner, device_of, on_main_process
from training.finetune.validation import Validator, best_of, evaluations
from training.finetune.warnings_before import cost_of_size, warnings_before_training


def train(
    config: TrainConfig,
    data: Path,
    out: Path,
    console: Console,
    inputs: Inputs | None = None,
    callbacks: Sequence[TrainerCallback] = (),
) -> TrainingResult:
    """Fine-tune on prepared data, going on where an interrupted training stopped.

    Args:
        config: The settings.
        data: The folder that `vqabot data prepare` wrote.
        inputs: What `training.finetune.inputs.read_inputs` gave; read again when left out.
        out: Gets model/, config.yaml, result.json, log.jsonl, plots/, tensorboard/ and checkpoints/.
        console: Where it reports.
        callbacks: Whoever else watches it.

    Raises:
        DataError: The data cannot be used.
        ModelError: The model cannot be used.
        ConfigError: `out` holds a training with other settings.
        TrainingError: Memory, disk or the loss ended it; the text says what would help.
    """
    threads = torch.get_num_threads()
    try:
        with explained(config, out), warnings.catch_warnings():
            # Several processes agree on how gradients lie in memory; a convolution may choose otherwise, without harm.
            warnings.filterwarnings("ignore", "Grad strides do not match bucket view strides")
            return _train(config, data, out, console, inputs, callbacks)
    finally:
        torch.set_num_threads(threads)
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


@dataclass(slots=True)
class Assembled:
    """A training that is ready to start."""

    trainer: FineTuner
    parts: ModelParts
    journal: LogCallback
    questions: int
    pictures: int
    validation: int
    precision: Precision
    entry: RunStart
    stopper: LimitCallback
    met: Provenance
    """The questions that the model meets."""

    @property
    def first(self) -> bool:
        """Whether this process is the one that reports and writes."""
        return not self.trainer.args.process_index

    @property
    def parameters(self) -> int:
        """How many are trained."""
        return sum(p.numel() for p in self.parts.trained.parameters() if p.requires_grad)


def assemble(config: TrainConfig, data: Path, out: Path, console: Console, inputs: Inputs | None = None) -> Assembled:
    """Read the model, look at the machine and at what `out` holds, and keep a frozen tower's features."""
    began = time.monotonic()
    inputs = inputs or read_inputs(config, data, out)
    rows, validation = inputs.rows, inputs.validation
    args, precision = trainer_arguments(config, out)
    device = device_of(args)
    if args.process_index:
        console = Silent()
    entry = on_main_process(args, lambda: open_run(out, config, data, args.world_size))
    args.max_steps = entry.config.max_steps or -1
    transformers.set_seed(config.seed)
    if config.four_bit:
        check_four_bit(device)
    parts = load_parts(config, device, rows)
    if device.type == "cpu":
        keep_freed_memory()
    set_threads(config.threads, sum(weights.numel() for weights in parts.model.parameters()))
    check_memory(parts, config, device)
    check_disk(parts, config, out)
    collator = Collator(data, parts.model)
    journal = LogCallback(out, console, config.batch_size * config.accumulate * args.world_size)
    validator = Validator(validation, collator, config.batch_size) if validation else None
    watchers = [journal] if not args.process_index else []
    trainer = FineTuner(parts, args, Examples(rows), collator, validator, config.keep_checkpoints, console, watchers)
    trainer.add_callback(EpochCallback(trainer.sampler.set_epoch))
    before = provenance.read(parts.source)
    met: dict[Role, Sequence[Sketch]] = {
        "learnt": [
            *before.get("learnt", ()),
            Sketch.of(f"the train split of {data.name}", prepared_digests(data, rows)),
        ],
        "chosen": [
            *before.get("chosen", ()),
            Sketch.of(f"the val split of {data.name}", prepared_digests(data, validation)),
        ],
    }
    best = out / "checkpoints" / BEST
    trainer.add_callback(BestModelCallback(best, config.early_stopping, lambda folder: save_model(parts, folder, met)))
    left = max(1e-3, 60 * config.max_minutes - (time.monotonic() - began)) if config.max_minutes else 0
    stopper = LimitCallback(left, entry.last_step, lambda late: on_main_process(args, lambda: late))
    trainer.add_callback(stopper)
    args.eval_on_start = config.reference and validator is not None and entry.resume is None
    pictures = len({name for row in rows for name in row.images})
    ready = Assembled(trainer, parts, journal, len(rows), pictures, len(validation), precision, entry, stopper, met)
    console.say(
        f"{counted(len(rows), 'question')} about {counted(pictures, 'picture')} of "
        f"{parts.model.size[0]}x{parts.model.size[1]}, "
        f"{ready.parameters:,} parameters to train, {precision} on {device.type}."
    )
    for sentence in warnings_before_training(config, parts, validation, prepared_size(data)):
        console.say(sentence)
    if entry.resume is None and validator is not None and config.reference and parts.model.size != parts.own_size:
        console.say(cost_of_size(parts, validator, trainer.autocast_smart_context_manager))
    if config.tower_frozen:
        _keep_features(
            config, out, parts, [name for row in (*rows, *validation) for name in row.images], trainer, console
        )
    if entry.resume is not None:
        console.say(f"Going on from {entry.resume}.")
    return ready


def _train(
    config: TrainConfig,
    data: Path,
    out: Path,
    console: Console,
    inputs: Inputs | None,
    callbacks: Sequence[TrainerCallback],
) -> TrainingResult:
    ready = assemble(config, data, out, console, inputs)
    for callback in callbacks:
        ready.trainer.add_callback(callback)
    trainer, best, entry = ready.trainer, out / "checkpoints" / BEST, ready.entry
    try:
        if entry.over and entry.resume is not None:
            trainer.restore(entry.resume)
        else:
            trainer.train(resume_from_checkpoint=str(entry.resume) if entry.resume else None)
        if trainer.validator is not None and trainer.validated_at != trainer.state.global_step:
            trainer.evaluate()
    except TrainingError as error:
        raise type(error)(f"{error} {_kept(out)}") from error
    finally:
        ready.journal.close()
    result = _result(ready)
    if ready.first:
        if best.exists():
            with replacing(out / "model") as partial:
                shutil.copytree(best, partial)
        else:
            save_model(ready.parts, out / "model", ready.met)
        write_text(out / RESULT, json.dumps(asdict(result), indent=2) + "\n")
    return result


def _keep_features(
    config: TrainConfig, out: Path, parts: ModelParts, names: list[str], trainer: FineTuner, console: Console
) -> None:
    """Run the frozen tower once over all pictures; the collator finds the states afterwards."""
    model, args, collator = parts.model, trainer.args, trainer.collator
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(trainer.accelerator.mixed_precision, torch.float32)
    folder = config.feature_cache or out / "features"
    most = config.feature_cache_gb * GB
    tower = fingerprint(
        model.vision_tower, model.size, model.normalise.gain.tolist(), model.normalise.shift.tolist(), dtype
    )
    store = FeatureStore(folder, tower, model.states_shape(model.size), dtype, most)
    keys = {name: picture_key(collator.file(name)) for name in dict.fromkeys(names)}
    on_main_process(args, lambda: make_room(folder, store, keys.values(), most))
    if store.room < len(keys):
        console.say(
            f"{config.feature_cache_gb:g} GB hold the features of {store.room:,} of {len(keys):,} pictures; "
            "the others are looked at again in each epoch (--feature-cache-gb)."
        )
    share = (args.process_index, args.world_size)

    def states(pixels: Tensor) -> Tensor:
        with trainer.autocast_smart_context_manager():
            return model.tower_states(pixels.to(args.device))

    with console.bar(-(-min(store.room, len(keys)) // args.world_size), "Looking at the pictures") as bar:
        fill(store, keys, collator.picture, states, batch_size=config.batch_size, share=share, progress=bar.update)
    trainer.accelerator.wait_for_everyone()
    collator.store, collator.keys = store, keys


def _kept(out: Path) -> str:
    """What there is after a training that broke off."""
    kept = complete_checkpoints(out / "checkpoints")
    best = out / "checkpoints" / BEST
    texts = [f"The last good checkpoint is {kept[-1]}." if kept else "There is no checkpoint yet."]
    if best.exists():
        texts.append(f"The best model so far is {best}.")
    return " ".join(texts)


def _result(ready: Assembled) -> TrainingResult:
    evaluated = evaluations(ready.trainer.state.log_history)
    best = best_of(evaluated) if evaluated else None
    seconds = statistics.median(ready.journal.all_seconds) if ready.journal.all_seconds else None
    last = ready.trainer.state.global_step
    return TrainingResult(
        questions=ready.questions,
        pictures=ready.pictures,
        parameters=ready.parameters,
        steps=last,
        precision=ready.precision,
        seconds_per_step=round(seconds, 4) if seconds else None,
        questions_per_second=round(ready.journal.per_step / seconds, 2) if seconds else None,
        peak_memory_gb=round(peak_memory() / GB, 2),
        judged_by=ready.validation,
        reference_official=round(evaluated[0]["eval_official"], 2) if evaluated and evaluated[0]["step"] == 0 else None,
        best_official=round(best["eval_official"], 2) if best else None,
        best_step=int(best["step"]) if best else last,
        new_words=len(ready.parts.new_words),
        finished=not (ready.stopper.stopped and not ready.entry.last_step),
    )
