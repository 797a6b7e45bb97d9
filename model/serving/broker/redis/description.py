"""What a worker says of itself, as it stands in Redis."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

from model.types import WorkerInfo

_KNOWN = {field.name for field in fields(WorkerInfo)}


@dataclass(frozen=True, slots=True)
class Description:
    """A worker: a program on some machine, with one or more processes that answer."""

    machine: str
    capacity: int
    """How many questions it may have in hand."""
    draining: bool
    processes: Sequence[WorkerInfo]

    def pack(self) -> str:
        """As text."""
        return json.dumps(
            {
                "machine": self.machine,
                "capacity": self.capacity,
                "draining": self.draining,
                "processes": [asdict(process) for process in self.processes],
            }
        )

    @classmethod
    def unpack(cls, text: bytes) -> Description:
        """From text; what another release says beyond it is left out.

        Raises:
            ValueError: It is no description.
        """
        try:
            said = json.loads(text)
            processes = [
                WorkerInfo(**{name: value for name, value in process.items() if name in _KNOWN})
                for process in said["processes"]
            ]
            return cls(str(said["machine"]), int(said["capacity"]), bool(said["draining"]), processes)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not the description of a worker") from error

    def infos(self, name: str, silence: float | None) -> list[WorkerInfo]:
        """Its processes, as `/admin` lists them.

        Args:
            name: The worker's name, by which it can be drained.
            silence: Seconds since its last sign of life; None when it counts as dead.
        """
        return [
            replace(
                process,
                name=name,
                machine=self.machine,
                draining=self.draining,
                ready=process.ready and silence is not None,
                silence=silence,
            )
            for process in self.processes
        ]
