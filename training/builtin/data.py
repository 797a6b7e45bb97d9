"""Training pictures, drawn as they are needed: sample number i is always the same one or two scenes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from model.profile import BUILTIN_PROFILE
from training.builtin.camera import taken
from training.builtin.cells import CELLS, corresponding_cells, covered
from training.builtin.dense import targets
from training.scenes import art, layout, pair_questions, pairs, questions
from training.scenes.scene import Scene
from training.scenes.variety import FIRST, WIDE, Variety

STRESS: Mapping[str, float] = {
    "side": 1.4,
    "count": 1.9,
    "who": 1.3,
    "wearing": 1.3,
    "what": 1.8,
    "two-step": 1.7,
    "bigger": 1.9,
    "where": 1.2,
    "colour": 2.0,
    "holding": 2.4,
    "more": 1.5,
    "mood": 1.4,
    "setting": 0.7,
    "clothes": 3.5,
    "overview": 1.6,
}
"""Kinds that are learnt last are asked more often."""
PAIR_STRESS: Mapping[str, float] = {"swapped": 2.2, "mood": 1.3, "gone": 1.3, "same": 1.3}
"""Kinds of pairs that are learnt last are drawn more often, too."""
_PAIR_WEIGHTS = [weight * PAIR_STRESS.get(kind, 1.0) for kind, weight in zip(pairs.KINDS, pairs.WEIGHTS, strict=True)]
SCALES = (0.55, 0.7, 0.7, 0.85, 1.0, 1.6)
"""Pixels to a scene pixel: finer or coarser edges, from smooth to ragged."""
PAIR_EVERY = 2
"""Every so manieth sample is a pair."""
SAME_VIEW = 0.75
"""Share of the pairs whose pictures are taken from the same place."""
UNTOUCHED = 0.75
"""Of the samples drawn as `vqabot scenes` draws, the share to whose pictures nothing happens."""
TYPED = 0.4
"""Of those with one picture, the share about which is asked as people type, and for what is not there."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question with its answer; the question as the model reads it."""

    question: str
    answer: str
    kind: str
    pictures: tuple[int, ...]
    """Which of the sample's or batch's pictures it is about: one, or two in their order."""


@dataclass(slots=True)
class TrainingSample:
    """One picture or two with their questions."""

    pictures: list[Tensor]
    """uint8 [3, HEIGHT, WIDTH] each."""
    dense: list[dict[str, NDArray[np.float32]]]
    asked: list[Asking] = field(default_factory=list)
    changed: NDArray[np.float32] | None = None
    """Pairs: cells with what changed, [2 CELLS] of 0 and 1; None where the change has no place."""
    change: int = 0
    """Pairs: the kind of change, its place in `pairs.KINDS`."""
    correspondences: NDArray[np.int64] | None = None
    """Pairs: for each cell, the one of the other picture that shows the same place, [2 CELLS]; -1 where none does."""


class SceneDataset(Dataset[TrainingSample]):
    """Samples of one namespace of seeds, by number; no two namespaces share a scene."""

    def __init__(
        self,
        namespace: str,
        per_picture: int,
        per_pair: int = 4,
        variety: Variety = WIDE,
        *,
        plain: bool = False,
        first: float = 0.0,
    ) -> None:
        """Samples of `namespace`.

        Args:
            namespace: Names the seeds.
            per_picture: At most so many questions about each picture.
            per_pair: So many questions about each pair, half of them what changed; 0 makes no pairs.
            variety: What the scenes may be like.
            plain: No camera, no messenger: pictures as they were drawn.
            first: Share of the samples that are drawn as `vqabot scenes` draws: one style, the first kinds of things.
        """
        self.namespace, self.per_picture, self.per_pair = namespace, per_picture, per_pair
        self.variety, self.plain, self.first = variety, plain, first

    def __getitem__(self, index: int) -> TrainingSample:
        rng = random.Random(f"{self.namespace}/{index}")
        variety, plain = self.variety, self.plain
        if self.first and rng.random() < self.first:
            variety, plain = FIRST, rng.random() < UNTOUCHED
        if self.per_pair and index % PAIR_EVERY == 0:
            return self._pair(rng, variety, plain=plain)
        sample = TrainingSample([], [])
        scene = layout.compose(rng, variety)
        if variety is not self.variety and rng.random() < TYPED:
            scene.variety = replace(self.variety, kinds=FIRST.kinds)
        self._draw(sample, scene, rng, rng.getrandbits(32), plain=plain)
        return sample

    def _draw(
        self,
        sample: TrainingSample,
        scene: Scene,
        rng: random.Random,
        seed: int,
        view: random.Random | None = None,
        *,
        plain: bool,
    ) -> NDArray[np.float64]:
        """Draw a scene into a sample and ask about it; returns where it lies on the input."""
        scale = 1.0 if plain else rng.choice(SCALES)
        picture = art.render(scene, random.Random(seed), scale, resize=False)
        picture, transform = taken(picture, rng, view=view, plain=plain)
        transform = transform @ np.diag([picture_scale(scene.width, scale), picture_scale(scene.height, scale), 1.0])
        number = len(sample.pictures)
        sample.pictures.append(torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous())
        sample.dense.append(targets(scene, transform))
        for qa in questions.ask(scene, rng, self.per_picture, STRESS) if self.per_picture else ():
            sample.asked.append(Asking(BUILTIN_PROFILE.prompt(qa.question), qa.answer, qa.kind, (number,)))
        return transform

    def _pair(self, rng: random.Random, variety: Variety, *, plain: bool) -> TrainingSample:
        pair = pairs.compose_pair(rng, variety, _PAIR_WEIGHTS)
        sample, seed = TrainingSample([], []), rng.getrandbits(32)
        views = [rng.getrandbits(32)] * 2 if rng.random() < SAME_VIEW else [rng.getrandbits(32), rng.getrandbits(32)]
        transforms = [
            self._draw(sample, scene, rng, seed, random.Random(view), plain=plain)
            for scene, view in zip((pair.first, pair.second), views, strict=True)
        ]
        sample.change = pairs.KINDS.index(pair.kind)
        sample.correspondences = np.concatenate(
            [corresponding_cells(*transforms), corresponding_cells(*reversed(transforms))]
        )
        for qa in pair_questions.ask_pair(
            pair, rng, self.per_pair, changes=(self.per_pair + 1) // 2, typing=variety.wordings
        ):
            sample.asked.append(Asking(BUILTIN_PROFILE.prompt(qa.question), qa.answer, qa.kind, (0, 1)))
        if pair.kind in ("added", "gone", "recoloured", "moved", "swapped", "pose", "mood", "same"):
            marks = [covered(things, transform) for things, transform in zip(pair.changed, transforms, strict=True)]
            sample.changed = np.concatenate(marks)
        return sample


def picture_scale(side: int, scale: float) -> float:
    """Pixels to a scene pixel of a side, rounded as the drawing rounds it."""
    return round(side * scale) / side


def collate(samples: list[TrainingSample]) -> dict[str, object]:
    """Put samples together.

    Returns:
        pictures uint8 [B, 3, H, W]; dense targets [B, ...]; single and double, the questions about one picture and
        about two, with their pictures' numbers in the batch; for the double ones changed and correspondences
        [K, 2 CELLS], change_located [K], 0 where the change has no place, and change [K], its kind.
    """
    pictures = [picture for sample in samples for picture in sample.pictures]
    dense = [each for sample in samples for each in sample.dense]
    single: list[Asking] = []
    double: list[Asking] = []
    changed: list[NDArray[np.float32]] = []
    correspondences: list[NDArray[np.int64]] = []
    located: list[float] = []
    change: list[int] = []
    first = 0
    for sample in samples:
        for one in sample.asked:
            if not one.question:
                continue
            moved = Asking(one.question, one.answer, one.kind, tuple(first + number for number in one.pictures))
            if len(moved.pictures) == 1:
                single.append(moved)
            else:
                double.append(moved)
                correspondences.append(
                    np.full(2 * CELLS, -1) if sample.correspondences is None else sample.correspondences
                )
                changed.append(np.zeros(2 * CELLS, np.float32) if sample.changed is None else sample.changed)
                located.append(float(sample.changed is not None))
                change.append(sample.change)
        first += len(sample.pictures)
    return {
        "pictures": torch.stack(pictures),
        "dense": {key: torch.from_numpy(np.stack([each[key] for each in dense])) for key in dense[0]},
        "single": single,
        "double": double,
        "changed": torch.from_numpy(np.stack(changed)) if changed else torch.zeros(0, 2 * CELLS),
        "correspondences": torch.from_numpy(np.stack(correspondences))
        if correspondences
        else torch.zeros(0, 2 * CELLS, dtype=torch.long),
        "change_located": torch.tensor(located),
        "change": torch.tensor(change, dtype=torch.long),
    }
