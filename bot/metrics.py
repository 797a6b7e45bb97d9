"""Every figure that the bot keeps of itself, by name and unit. The parts report to it; nothing is served here.

Counters only grow (their series end in `_total`), gauges go up and down, histograms count what fell below each bound.
"""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from telegram.error import TelegramError

from model.serving.broker.jobs import POISON
from model.types import Answer, WorkerInfo

REGISTRY = CollectorRegistry()
WORKER_REGISTRY = CollectorRegistry()
"""Of `vqabot worker`, a process of its own."""
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_SHARES = tuple(tenth / 10 for tenth in range(1, 10))
_DISTANCES = (0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"vqabot_{name}", meaning, labels, registry=REGISTRY)


def _gauge(name: str, meaning: str) -> Gauge:
    return Gauge(f"vqabot_{name}", meaning, registry=REGISTRY)


def _histogram(name: str, meaning: str, bounds: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"vqabot_{name}", meaning, labels, registry=REGISTRY, buckets=bounds)


# What comes in
updates = _counter("updates", "Updates that were kept, each once")
updates_failed = _counter("updates_failed", "Updates that were given up")
pictures = _counter("pictures", "Pictures that were decoded here or by a worker: read, refused", "result")
picture_seconds = _histogram("picture_seconds", "CPU time of decoding a picture, in seconds", _SECONDS)
download_bytes = _counter("download_bytes", "Bytes of files that were fetched from Telegram")

# Questions
questions = _counter("questions", "Questions that have an outcome: answered, failed, cancelled", "outcome")
questions_waiting = _gauge("questions_waiting", "Questions whose outcome does not stand in their chat yet")
oldest_question_seconds = _gauge("oldest_question_seconds", "Age of the oldest of them, in seconds; 0 without one")
questions_in_flight = _gauge("questions_in_flight", "Questions that are with the workers")

# The workers, as they measured themselves
answer_seconds = _histogram("answer_seconds", "From taking a question to its answer in a worker, in seconds", _SECONDS)
stage_seconds = _histogram(
    "stage_seconds", "What an answer took by stages (see model.types.Answer.stages), in seconds", _SECONDS, "stage"
)
batch_size = _histogram("batch_size", "Questions that were answered together with one, itself included", _SIZES)
features_kept = _counter("features_kept", "Answers about a picture whose features were kept from an earlier question")
confidence = _histogram("confidence", "Confidence of answers, 0 to 1", _SHARES)
workers_ready = _gauge("workers_ready", "Workers that can take questions")
worker_restarts = _gauge("worker_restarts", "How often workers were started again")

known_pictures = _counter("known_pictures", "Answers by whether the picture is like the model's own", "known")
picture_distance = _histogram("picture_distance", "From what the model knows; up to 1 a picture is known", _DISTANCES)
question_distance = _histogram(
    "question_distance", "From what the model knows; up to 1 a question is known", _DISTANCES
)
questions_given_up = _counter("questions_given_up", "Questions during which workers died again and again")
questions_redelivered = _gauge("questions_redelivered", "How often questions were asked again since their worker died")

# What goes out
deliveries = _counter("deliveries", "Outcomes that stand in their chats")
deliveries_given_up = _counter("deliveries_given_up", "Outcomes that Telegram would not take")
delivery_seconds = _histogram("delivery_seconds", "From asking to the outcome in the chat, in seconds", _SECONDS)
feedback = _counter("feedback", "Buttons and reactions that call an answer right or wrong", "opinion")
telegram_calls = _counter("telegram_calls", "Calls of the Bot API but for polls, by method", "method")
telegram_errors = _counter("telegram_errors", "Calls and polls that Telegram refused or that failed, by kind", "kind")

# `vqabot worker`
worker_ready = Gauge("vqabot_worker_ready", "Processes here that can answer", registry=WORKER_REGISTRY)
worker_answered = Gauge("vqabot_worker_answered", "Questions answered here", registry=WORKER_REGISTRY)
worker_in_hand = Gauge("vqabot_worker_in_hand", "Questions that are here", registry=WORKER_REGISTRY)
worker_silence_seconds = Gauge(
    "vqabot_worker_silence_seconds", "Since the broker was last reached, in seconds", registry=WORKER_REGISTRY
)


def of_workers(workers: Sequence[WorkerInfo], redelivered: int) -> None:
    """How the bot's workers are doing, also while nothing is answered."""
    workers_ready.set(sum(worker.ready for worker in workers))
    worker_restarts.set(sum(worker.restarts for worker in workers))
    questions_redelivered.set(redelivered)


def of_worker(processes: Sequence[WorkerInfo], in_hand: int, silence: float) -> None:
    """How a worker is doing."""
    worker_ready.set(sum(process.ready for process in processes))
    worker_answered.set(sum(process.answered for process in processes))
    worker_in_hand.set(in_hand)
    worker_silence_seconds.set(silence)


def of_answer(answer: Answer) -> None:
    """What a worker says of an answer."""
    questions.labels("answered" if answer.error is None else "failed").inc()
    if answer.error is None and not answer.where:  # what explains an answer has no confidence of its own
        confidence.observe(answer.confidence)
        known_pictures.labels({True: "yes", False: "no", None: "unknown"}[answer.known_picture]).inc()
        for histogram, distance in (
            (picture_distance, answer.picture_distance),
            (question_distance, answer.question_distance),
        ):
            if distance is not None:
                histogram.observe(distance)
    questions_given_up.inc(answer.error == POISON)
    answer_seconds.observe(answer.seconds)
    for stage, seconds in answer.stages.items():
        stage_seconds.labels(stage).observe(seconds)
    if answer.batch_size:
        batch_size.observe(answer.batch_size)
    features_kept.inc(answer.picture_kept)
    if (decoding := answer.stages.get("decoding", 0.0)) or answer.refused_picture:
        of_picture(decoding, refused=bool(answer.refused_picture))


def of_opinion(is_right: bool) -> None:
    """Somebody called an answer right or wrong."""
    feedback.labels("right" if is_right else "wrong").inc()


def of_picture(seconds: float, *, refused: bool) -> None:
    """A picture was decoded, or could not be."""
    pictures.labels("refused" if refused else "read").inc()
    picture_seconds.observe(seconds)


def of_error(error: TelegramError) -> None:
    """A call or a poll that failed."""
    telegram_errors.labels(type(error).__name__).inc()
