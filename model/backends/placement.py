"""Where and how a model runs. Needs no torch: `auto` is resolved when the model is loaded."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

from model.errors import ModelError

INT8 = "int8"
DTYPES = ("auto", "float32", "bfloat16", "float16", INT8)


@dataclass(frozen=True, slots=True)
class Placement:
    """Device, number format and CPU threads."""

    device: str = "auto"
    """`auto` (the GPU where there is one), `cpu`, `cuda`, `cuda:1`, ..."""
    dtype: str = "auto"
    """`auto` (bfloat16 on a GPU; on a CPU float32 for small models, for others whichever multiplies faster, 8-bit
    weights among them where they are known to cost this model next to nothing), or one of the others."""
    threads: int = 0
    """CPU threads for the whole process; 0: one for a small model, torch's own choice for others."""
    trust_int8: bool = True
    """Whether `auto` may choose 8-bit weights where the model's own record says what they cost."""
    graphs: bool = True
    """Whether a GPU replays recorded CUDA graphs; without them each kernel is started from Python, to compare with."""

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ModelError("dtype_unknown", dtype=self.dtype, known=", ".join(DTYPES))
        if self.threads < 0:
            raise ModelError("threads_negative")


def limit_busy_waiting(environment: MutableMapping[str, str]) -> None:
    """Let torch's threads wait for each other some ten microseconds by spinning, then asleep, unless settings differ.

    Spinning on, as by default, they keep the core that the last of them needs to get there whenever the machine has
    something else to do. To sleep at once costs an idle machine the time of waking up after every operation.

    Args:
        environment: Of a process that has not imported torch yet.
    """
    environment.setdefault("OMP_WAIT_POLICY", "passive")
    environment.setdefault("GOMP_SPINCOUNT", "5000")
