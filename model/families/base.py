"""The verbs of a model family, and which module speaks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from model.backends.placement import Placement
from model.errors import ModelError
from model.families import names
from model.plugins import find
from model.profile import Profile
from model.types import Generation, Grid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image
    from torch import Tensor

    Pixels = NDArray[np.uint8]
    """One picture at the model's input size: [H, W, 3]."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question about an encoded picture, with its generation settings."""

    features: Tensor
    """The picture's tokens: [T_image, D]; of a question about several, as `join` puts them together."""
    text: str
    """What the profile made of the typed question."""
    beams: int
    max_new_tokens: int


class Family(Protocol):
    """A loaded model with its processor. Everything but `prepare` belongs to one thread."""

    device: str
    dtype: str

    @property
    def precision(self) -> str:
        """Number format and threads as they were chosen at the start, for people."""
        ...

    def prepare(self, picture: Image.Image) -> Pixels:
        """Bring a picture to the model's input size; safe in any thread."""
        ...

    def encode_images(self, pictures: Sequence[Pixels]) -> list[Tensor]:
        """Encode pictures: for each its tokens, [T_image, D]. They depend on the picture alone."""
        ...

    def answer_length(self, text: str) -> int:
        """Tokens of a text as an answer, its start and its end included."""
        ...

    def generate(self, prompts: Sequence[Prompt]) -> list[Generation]:
        """Answer prompts with any mixture of settings; no answer depends on its batch-mates.

        What was cut at its limit is as likely as that it ends there, and says whether it was `truncated`.
        """
        ...

    def score(self, prompts: Sequence[Prompt], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """The natural-log probability of each given text as the whole answer, its end included, prompt by prompt."""
        ...


@runtime_checkable
class SeveralPictures(Protocol):
    """What a family has as well whose models can be asked about several pictures at once."""

    @property
    def most_pictures(self) -> int:
        """How many pictures the positions hold beside a question; whether the model learnt it says its profile."""
        ...

    def join(self, *features: Tensor) -> Tensor:
        """The tokens of several pictures, [T_image, D] each, as a question about all of them sees them."""
        ...


@runtime_checkable
class ShowsWhere(Protocol):
    """What a family has as well whose models can show where in a picture an answer came from."""

    @property
    def ways(self) -> Sequence[str]:
        """Names of the ways in which it can tell, the best first."""
        ...

    def where(
        self, prompt: Prompt, answer: str, sizes: Sequence[tuple[int, int]], way: str | None = None
    ) -> list[Grid]:
        """How much each part of the pictures counted for an answer to a prompt.

        Args:
            prompt: What was asked.
            answer: What was answered.
            sizes: Width and height of each picture itself, in pixels.
            way: One of `ways`; the best when None.

        Returns:
            A grid for each picture; the largest value of all is 1, all are 0 where nothing counted.
        """
        ...


def load_family(model_type: str, folder: Path, profile: Profile, placement: Placement) -> Family:
    """Load a model's folder with the module of its family, which is named as `config.json` names the type of model.

    Args:
        model_type: As `config.json` names it.
        folder: The model's folder, complete.
        profile: How the model wants its questions.
        placement: Where and how it runs.

    Raises:
        ModelError: Unknown family, missing libraries, or weights that do not fit.
    """
    try:
        load = find("model.families", model_type, "model.load")
        if load is None:
            raise ModelError("family_unknown", type=model_type, known=", ".join(names()))
        return cast(Family, load(folder, profile, placement))
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "model":
            raise
        raise ModelError("package_missing", package=error.name) from error
