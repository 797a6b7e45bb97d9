"""The search itself: Optuna's study in a database, trials in one or several processes, gone on with after any end."""

from __future__ import annotations

import math
import os
import platform
import shutil
import signal
import statistics
import warnings
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import optuna
import psutil
from filelock import FileLock
from optuna.exceptions import ExperimentalWarning
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import Trial
from sqlalchemy.exc import SQLAlchemyError
from transformers import TrainerCallback

from bot.texts.failures import sentence
from model.errors import ModelError
from training.data.prepared import read_examples
from training.data.vqa import DataError
from training.finetune.config import TrainConfig
from training.finetune.errors import TrainingError
from training.finetune.inputs import read_answered
from training.tune.bookkeeping import FAILED, OWNER, SPEED, STOPPED, ended, finished, number_of_trials, over, take_over
from training.tune.config import Choices, Range, TuneConfig, blocks
from training.tune.trial import TrialScorer, folder_of, train_once

HEARTBEAT, GRACE = 60, 180
"""Seconds between signs of life of a trial, and after which one without is given up: shorter ones end live trials."""
_RETRIES = 3
_RUNGS = 9
"""Looks at a training that Hyperband has, at most."""
_PROBE = 200
"""Questions that a training is looked at with."""


def open_study(config: TuneConfig) -> optuna.Study:
    """The study, made where there is none yet.

    Raises:
        TrainingError: Its database cannot be used.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=ExperimentalWarning)
    config.out.mkdir(parents=True, exist_ok=True)
    local = config.url.startswith("sqlite")
    try:
        storage = RDBStorage(
            config.url,
            engine_kwargs={"connect_args": {"timeout": 120}} if local else None,
            heartbeat_interval=HEARTBEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=_RETRIES),
        )
        return optuna.create_study(
            storage=storage,
            study_name=config.study,
            direction="maximize",
            load_if_exists=True,
            sampler=_sampler(config),
            pruner=_pruner(config),
        )
    except (SQLAlchemyError, ImportError, RuntimeError) as error:
        raise TrainingError(
            f"The study's database {config.url.partition('@')[2] or config.url} cannot be used: is its URL right, is "
            "the server there, and is its driver installed?"
        ) from error


def search(config: TuneConfig, data: Path, say: Callable[[str], None]) -> optuna.Study:
    """Run trials until there are as many as CONFIG says.

    Args:
        config: The settings.
        data: The view of the data that trials may see.
        say: Gets a line when a trial is over; a function that another process can call.

    Raises:
        TrainingError: No trial could be finished, and the text says what the last one failed of; or the processes that
            run them were killed.
    """
    study = open_study(config)
    if config.processes == 1:
        work(config, data, 0, say)
    else:
        _side_by_side(config, data, say)
    take_over(study)
    if finished(study) and number_of_trials(study) < config.points:
        raise TrainingError(
            f"The processes that ran the trials ended after {over(study)} of {config.points}, most likely for want of "
            "memory. The same command goes on, also with fewer --processes."
        )
    if not finished(study):
        failed = [trial.user_attrs[FAILED] for trial in study.get_trials(deepcopy=False) if FAILED in trial.user_attrs]
        why = failed[-1] if failed else "The processes that ran them ended; is there enough memory?"
        raise TrainingError(
            f"No trial came to its end. {why} What failed counts as tried: mended, give another folder as out."
        )
    return study


def _side_by_side(config: TuneConfig, data: Path, say: Callable[[str], None]) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=work, args=(config, data, number, say)) for number in range(config.processes)]
    # Ctrl-C reaches every process of a terminal, also those that still load their libraries: this one alone heeds it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    for worker in workers:
        worker.start()
    signal.signal(signal.SIGINT, before)
    try:
        for worker in workers:
            worker.join()
    except KeyboardInterrupt:  # what they leave is taken up as after a power cut
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.join()
        raise


def work(config: TuneConfig, data: Path, number: int, say: Callable[[str], None]) -> None:
    """Run trials until there are enough, or whoever started this process is gone."""
    parent = os.getppid()
    study = open_study(config)
    if number:
        study.sampler.reseed_rng()
    turn = FileLock(config.out / "next.lock")
    runner = _Runner(config, data, turn)
    while os.getppid() == parent:
        turn.acquire()  # until the trial has begun: else two processes would both take the last one
        try:
            take_over(study)
            if number_of_trials(study) >= config.points:
                return
            study.optimize(
                runner,
                n_trials=1,
                catch=(TrainingError, ModelError, DataError),
                callbacks=[lambda study, trial: say(f"{over(study)} of {config.points}: {ended(trial)}")],
            )
        finally:
            turn.release(force=True)


class _Runner:
    """The objective: train, then judge block by block."""

    def __init__(self, config: TuneConfig, data: Path, turn: FileLock) -> None:
        self._config, self._data, self._turn = config, data, turn
        rows = read_answered(data, "val")
        self._blocks = [[rows[place] for place in part] for part in blocks(len(rows), config.block, config.most_blocks)]

    def __call__(self, trial: Trial) -> float:
        process = psutil.Process()
        trial.set_user_attr(OWNER, [platform.node(), process.pid, process.create_time()])
        self._turn.release(force=True)
        chosen = {name: suggest(trial, name, domain) for name, domain in self._config.space.items()}
        try:
            config = trial_settings(self._config, self._data, chosen)
            folder = self._train(trial, config)
            value = self._judge(trial, config, folder)
        except (TrainingError, ModelError, DataError) as error:
            trial.set_user_attr(FAILED, sentence(error))
            raise
        except KeyboardInterrupt:  # Optuna calls it failed; it is taken up where it is
            trial.study.enqueue_trial(trial.params)
            raise
        # Only the best one's weights are of use: for the final judgement.
        if any(value < other.value for other in finished(trial.study) if other.value is not None):
            shutil.rmtree(folder / "model", ignore_errors=True)
        return value

    def _train(self, trial: Trial, config: TrainConfig) -> Path:
        folder = folder_of(self._config.out, config)
        watch = [_Watch(trial)] if self._config.pruner == "hyperband" else []
        try:
            result = train_once(config, self._data, folder, watch)
        except optuna.TrialPruned:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for name in ("seconds_per_step", "peak_memory_gb", "parameters", "steps"):
            trial.set_user_attr(name, getattr(result, name))
        return folder

    def _judge(self, trial: Trial, config: TrainConfig, folder: Path) -> float:
        scorer = TrialScorer(folder / "model", self._data, config.device)
        means: list[float] = []
        for number, scores in enumerate(scorer.scores(self._blocks)):
            means.append(statistics.fmean(scores))
            if self._config.pruner == "wilcoxon":
                trial.report(means[-1], number)
                # Its mean so far tells the sampler more than that it was stopped.
                if number + 1 < len(self._blocks) and trial.should_prune():
                    trial.set_user_attr(STOPPED, number)
                    break
        trial.set_user_attr(SPEED, round(scorer.questions_per_second, 3))
        return statistics.fmean(means)


class _Watch(TrainerCallback):
    """Tells Hyperband how a training does, and ends it when others do better."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._looks = trial, 0

    def on_evaluate(self, *_: object, metrics: dict[str, float] | None = None, **__: object) -> None:
        assert metrics is not None
        self._looks += 1
        self._trial.report(metrics["eval_official"], self._looks)
        if self._trial.should_prune():
            raise optuna.TrialPruned


def trial_settings(config: TuneConfig, data: Path, chosen: dict[str, Any]) -> TrainConfig:
    """The settings of one trial's training."""
    own: dict[str, Any] = {"eval_questions": 0, "reference": False, "keep_checkpoints": 1}
    settings = config.settings({**own, "feature_cache": str(config.out / "features"), **chosen})
    if config.pruner != "hyperband":
        return settings
    learnt = len(read_examples(data, "train")[: settings.limit])
    steps = settings.max_steps or settings.epochs * learnt / (settings.batch_size * settings.accumulate)
    probed = {"eval_questions": _PROBE, "evaluate_every": max(1, math.ceil(steps / _RUNGS))}
    return settings.model_copy(update=probed)


def suggest(trial: Trial, name: str, domain: Choices | Range) -> Any:  # noqa: ANN401 - of any setting
    """Let the sampler choose a value."""
    if isinstance(domain, tuple):
        return trial.suggest_categorical(name, domain)
    if TrainConfig.model_fields[name].annotation is int:
        return trial.suggest_int(name, int(domain.low), int(domain.high), step=int(domain.step or 1), log=domain.log)
    return trial.suggest_float(name, domain.low, domain.high, step=domain.step, log=domain.log)


def _sampler(config: TuneConfig) -> optuna.samplers.BaseSampler:
    if config.sampler == "grid":
        return optuna.samplers.GridSampler({name: list(values) for name, values in config.space.items()}, config.seed)  # type: ignore[arg-type]
    if config.sampler == "random":
        return optuna.samplers.RandomSampler(config.seed)
    return optuna.samplers.TPESampler(n_startup_trials=min(10, 1 + config.trials // 3), seed=config.seed)


def _pruner(config: TuneConfig) -> optuna.pruners.BasePruner:
    if config.pruner == "wilcoxon":
        return optuna.pruners.WilcoxonPruner(p_threshold=0.1, n_startup_steps=2)
    if config.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=_RUNGS)
    return optuna.pruners.NopPruner()
