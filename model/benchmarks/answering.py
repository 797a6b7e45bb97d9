"""One side of `vqabot bench answer`, in a process of its own so that its peak of memory is its own."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from model.backends.peak_memory import peak_bytes
from model.images import encoded
from model.types import Request

if TYPE_CHECKING:
    import torch

_SLOW = 2e10
"""Floating-point operations a second."""
QUESTIONS = ("What color is the ball?", "How many animals are there?", "Is the girl happy?", "What is on the table?")


@dataclass(frozen=True, slots=True)
class Workload:
    """What is asked, and how."""

    folder: Path
    """The model."""
    pictures: int
    per_picture: int
    """Questions about each picture."""
    beams: int
    tokens: int
    waiting: int
    """Questions that wait at once; 1: the next is asked when the last is answered."""
    batch_size: int = 0
    """Most questions that ours answers at once; 0: all that wait. On a GPU half of them, so that pictures are prepared
    for one batch while the other runs."""
    load: float = 0.0
    """Then let questions come by chance, at this share of the measured questions a second; 0: don't."""
    load_questions: int = 100
    """How many come then."""
    profile: bool = False
    """Then ask one more round and see which operations it consists of."""
    threads: int = 0
    dtype: str = "auto"
    device: str = "auto"
    graphs: bool = True
    """Whether ours replays CUDA graphs on a GPU."""

    @property
    def largest_batch(self) -> int:
        """Most questions that ours answers at once."""
        return self.batch_size or self.waiting

    def requests(self, seed: int = 0, questions: int = 0) -> list[Request]:
        """All questions, those about one picture beside each other; another seed, other pictures.

        `questions` asks for so many instead, about as many pictures as it takes.
        """
        asked = []
        for number in range(-(-questions // self.per_picture) if questions else self.pictures):
            picture = noise(f"{seed}/{number}")
            for place in range(self.per_picture):
                question = QUESTIONS[(number + place) % len(QUESTIONS)]
                asked.append(Request(f"{number}/{place}", picture, question, self.beams, self.tokens))
        return asked[:questions] if questions else asked

    def rounds(self, requests: list[Request]) -> Iterator[list[Request]]:
        """The questions that wait together."""
        for start in range(0, len(requests), self.waiting):
            yield requests[start : start + self.waiting]


@dataclass(frozen=True, slots=True)
class Side:
    """What one side took."""

    questions: int
    wall: float
    """Seconds for all questions."""
    processor: float
    """Processor seconds of the whole process for all questions: hardly changed by what else runs on the machine."""
    latencies: list[float]
    """Of each question, in order, from when it began to wait."""
    stages: dict[str, float]
    """Seconds by stage."""
    peak_memory_mb: float
    arithmetic: str
    ceiling: float
    """Floating-point operations a second of a large matrix product in this arithmetic."""
    loaded: list[float] = field(default_factory=list)
    """Latencies of the questions that came by chance."""
    operations: dict[str, float] = field(default_factory=dict)
    """Shares of the time that kinds of operations take."""
    startup: dict[str, float] = field(default_factory=dict)
    """Seconds of loading the model, and of warming up: on a GPU that is recording the graphs."""


def measure_baseline(work: Workload) -> Side:
    """What transformers' documentation shows: float32, one question at a time."""
    import torch

    from model.backends.precision import find_device, set_threads
    from model.benchmarks.baseline import Baseline
    from model.profile import Profile

    device = find_device(work.device)
    baseline, profile = Baseline(work.folder, device), Profile.read(work.folder)
    set_threads(work.threads, _parameters(work.folder))
    requests = work.requests()
    prompts = {request.id: profile.prompt(request.question) for request in requests}
    baseline.answer(work.requests(seed=1)[0], prompts[requests[0].id])
    latencies: list[float] = []
    wall, processor = time.perf_counter(), time.process_time()
    for group in work.rounds(requests):
        latencies += baseline.timed(group, [prompts[request.id] for request in group])
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = peak_bytes(device) / 2**20
    ceiling = ceiling_of(torch.float32, device)
    return Side(len(requests), wall, processor, latencies, {}, peak, _how(device, "float32"), ceiling)


def measure_batched(work: Workload) -> Side:
    """What a user would write who wants speed: bfloat16, and as many questions in a call as ours takes."""
    import torch

    from model.backends.precision import find_device, set_threads
    from model.benchmarks.baseline import Baseline
    from model.profile import Profile

    device = find_device(work.device)
    baseline, profile = Baseline(work.folder, device, torch.bfloat16), Profile.read(work.folder)
    set_threads(work.threads, _parameters(work.folder))
    requests, first = work.requests(), work.requests(seed=1)[: work.largest_batch]
    baseline.generate_batch(first, [profile.prompt(request.question) for request in first])
    latencies: list[float] = []
    wall, processor = time.perf_counter(), time.process_time()
    for start in range(0, len(requests), work.largest_batch):
        group = requests[start : start + work.largest_batch]
        began = time.perf_counter()
        baseline.generate_batch(group, [profile.prompt(request.question) for request in group])
        latencies += [time.perf_counter() - began] * len(group)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = peak_bytes(device) / 2**20
    ceiling = ceiling_of(torch.bfloat16, device)
    return Side(len(requests), wall, processor, latencies, {}, peak, _how(device, "bfloat16"), ceiling)


def measure_ours(work: Workload) -> Side:
    """As the worker does, after a round about other pictures: it has run for a while, as a worker has."""
    import torch

    from model.answerer import Answerer
    from model.backends.placement import Placement
    from model.benchmarks.pipeline import Pipeline
    from model.benchmarks.profiling import shares
    from model.stages import clock

    began = time.perf_counter()
    answerer = Answerer.load(str(work.folder), Placement(work.device, work.dtype, work.threads, work.graphs))
    family, loaded_in = answerer.family, time.perf_counter() - began
    answerer.warm_up(work.largest_batch)
    startup = {"load": loaded_in, "warm_up": time.perf_counter() - began - loaded_in}
    pipeline = Pipeline(answerer, work.largest_batch)
    first = work.requests(seed=1, questions=max(work.waiting, 3 * work.per_picture))
    pipeline.saturate(first, work.waiting)
    pipeline.prepared, before = 0.0, clock.spent()
    requests = work.requests()
    wall, processor = time.perf_counter(), time.process_time()
    latencies = pipeline.saturate(requests, work.waiting)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    stages = {"prepare": pipeline.prepared, **clock.spent(before)}
    loaded: list[float] = []
    if work.load:
        coming = work.requests(seed=2, questions=work.load_questions)
        loaded = pipeline.load(coming, work.load * len(requests) / wall)
    operations: dict[str, float] = {}
    if work.profile:
        more = work.requests(seed=3, questions=work.waiting)
        operations = shares(lambda: pipeline.saturate(more, work.waiting), family.device)
    peak, how = peak_bytes(family.device) / 2**20, f"{family.device}, {family.precision}"
    ceiling = ceiling_of(getattr(torch, family.dtype), family.device)
    return Side(len(requests), wall, processor, latencies, stages, peak, how, ceiling, loaded, operations, startup)


def noise(name: str) -> bytes:
    """JPEG bytes of 700 x 400 coloured patches: the size of a scene, and nothing two pictures share."""
    patches = Image.frombytes("RGB", (14, 8), random.Random(name).randbytes(14 * 8 * 3))
    return encoded(patches.resize((700, 400), Image.Resampling.BICUBIC), "JPEG")


def ceiling_of(dtype: torch.dtype, device: str) -> float:
    """Floating-point operations a second of a product of matrices that are large enough to fill the device."""
    from model.backends.precision import multiply_rate

    if device.startswith("cuda"):
        return multiply_rate(dtype, 8192, device=device)
    rate = multiply_rate(dtype, 256, device=device)
    # A processor without instructions for the format would be at it for a minute, and is no faster.
    return rate if rate < _SLOW else max(rate, multiply_rate(dtype, 2048, device=device))


def _parameters(folder: Path) -> int:
    """About how many parameters the weights in a folder are, by the size of the files."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors")) // 4


def _how(device: str, dtype: str) -> str:
    from model.backends.precision import Precision

    return f"{device}, {Precision(device, dtype)}"
