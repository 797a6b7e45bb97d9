"""The embedded broker's worker: a child process that reads requests from a pipe and writes answers to another.

It ends with its parent and never learns the bot's token.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from model.backends.placement import Placement
from model.serving import framing
from model.serving.child_process import Sender, claim_standard_streams, exit_with_parent
from model.serving.transport import Cancellation, Stage
from model.serving.worker import work
from model.types import Answer, Request

log = logging.getLogger(__name__)


class PipeTransport:
    """Fulfils `model.serving.transport.Transport` over the pipes from and to the parent."""

    def __init__(self, source: BinaryIO, send: Sender) -> None:
        """Read from `source`."""
        self._source, self._send = source, send

    @classmethod
    def of_parent(cls, parent: int) -> PipeTransport:
        """Take this process's pipes, and end when its parent does."""
        transport = cls(*claim_standard_streams())
        exit_with_parent(parent)
        return transport

    def requests(self) -> Iterator[Request | Cancellation]:
        """What comes. The end of the pipe ends the process at once: nobody waits for what it is doing."""
        try:
            while (message := framing.read(self._source)) is not None:
                header, blob = message
                if header["type"] == "request":
                    yield framing.unpack_request(header, blob)
                elif header["type"] == "cancel":
                    yield Cancellation(header["id"])
        except (ValueError, KeyError, OSError):
            log.exception("the parent's messages cannot be read")
        os._exit(0)

    def stage(self, stage: Stage, ids: Sequence[str]) -> None:
        """See `Reports`."""
        self._send({"type": "stage", "stage": stage, "ids": list(ids)})

    def answer(self, answer: Answer) -> None:
        """See `Reports`."""
        self._send(framing.answer_header(answer))

    def dropped(self, request_id: str) -> None:
        """See `Reports`."""
        self._send({"type": "dropped", "id": request_id})

    def alive(self, progress: int) -> None:
        """See `Transport`."""
        self._send({"type": "alive", "progress": progress})

    def ready(self, device: str, dtype: str, pace: float) -> None:
        """See `Transport`."""
        self._send({"type": "ready", "device": device, "dtype": dtype, "pace": pace})

    def failed(self, error: str) -> None:
        """See `Transport`."""
        self._send({"type": "failed", "error": error})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker; returns the exit code when the model cannot be loaded."""
    parser = argparse.ArgumentParser(prog="model.serving.broker.embedded_worker", description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 chooses")
    parser.add_argument("--speech", default="off")
    parser.add_argument("--log-level", default="WARNING")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=options.log_level, format="%(asctime)s %(levelname)s worker: %(message)s")
    transport = PipeTransport.of_parent(options.parent)
    placement = Placement(options.device, options.dtype, options.threads)
    return work(transport, options.model, placement, options.batch_size, options.speech)


if __name__ == "__main__":
    sys.exit(main())
