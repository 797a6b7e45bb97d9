"""Work on a GPU recorded once and replayed as a whole: CUDA graphs.

A token of a small batch is some two hundred kernels of a few microseconds each; starting them from Python takes longer
than they run. A graph starts all of them at once. It reads and writes the addresses that it was recorded with, so
whoever uses one fills buffers that stay where they are. On a CPU the same classes call the work as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import torch
from cachetools import LRUCache
from torch import Tensor

log = logging.getLogger(__name__)

_WARM_UPS = 3
"""Calls before recording, in which libraries choose their kernels and allocate what they keep."""

Signature = tuple[tuple[torch.Size, torch.dtype], ...]
"""Shapes and number formats of some tensors."""


class GraphPool:
    """Where the graphs of one device are recorded. They share the memory for what lies between input and output.

    Two graphs of a pool overwrite each other's intermediate results: they must run one after the other on one stream,
    and what a graph leaves in the pool must be copied before the next one runs. `Graph` and `Captured` see to it.
    """

    def __init__(self, device: torch.device, wanted: bool = True) -> None:
        """Begin with nothing recorded; where graphs are not `wanted` nothing ever is."""
        self.device = device
        self.records = wanted and device.type == "cuda"
        """Whether `record` can be called."""
        if self.records:
            # The same stream for all: blocks of memory belong to a stream, and so does a workspace of cuBLAS.
            self._stream = torch.cuda.Stream(device)
            self._handle = torch.cuda.graph_pool_handle()

    def warm_up(self, work: Callable[[], object]) -> None:
        """Call the work on the stream where it will be recorded."""
        with torch.cuda.device(self.device):
            here = torch.cuda.current_stream()
            self._stream.wait_stream(here)
            with torch.cuda.stream(self._stream):
                for _ in range(_WARM_UPS):
                    work()
            here.wait_stream(self._stream)

    def record(self, work: Callable[[], object]) -> Callable[[], object]:
        """Record one call of the work, which does nothing meanwhile; returns what replays it.

        Raises:
            RuntimeError: The work does what a graph cannot hold, such as waiting for a result.
        """
        graph = torch.cuda.CUDAGraph()
        with (
            torch.cuda.device(self.device),
            # torch leaves its own stream in place when a recording fails; this puts the former one back.
            torch.cuda.stream(torch.cuda.current_stream(self.device)),
            # Other threads of the process go on meanwhile: only what this one does can spoil the recording.
            torch.cuda.graph(graph, self._handle, self._stream, "thread_local"),
        ):
            work()
        return graph.replay


class Graph:
    """Work without arguments over buffers that stay where they are."""

    def __init__(self, work: Callable[[], object], pool: GraphPool) -> None:
        """Record the work where that is possible. It is called some times for that: fill the buffers afterwards.

        Work that cannot be recorded is called plainly ever after.
        """
        self._run = work
        if not pool.records:
            return
        pool.warm_up(work)
        try:
            self._run = pool.record(work)
        except RuntimeError as reason:
            log.warning("No CUDA graph of %s, which stays slower: %s", work, reason)

    def __call__(self) -> None:
        """Do the work once."""
        self._run()


class Captured:
    """A function of tensors, recorded for each of the shapes that it was lately called with.

    The function must do the same for all tensors of a shape, keep no state and not change its arguments.
    """

    def __init__(self, function: Callable[..., Tensor], pool: GraphPool, most: int = 8) -> None:
        """Begin with nothing recorded.

        Args:
            function: From tensors to a tensor, all of them on the pool's device.
            pool: Where to record.
            most: Shapes to keep recordings of; each holds memory for its inputs and its output.
        """
        self._function, self._pool = function, pool
        self._kept: LRUCache[Signature, _Call] = LRUCache(most)

    def __call__(self, *tensors: Tensor) -> Tensor:
        """The function's result. It is the caller's own: no later call changes it."""
        if not self._pool.records:
            return self._function(*tensors)
        signature = tuple((tensor.shape, tensor.dtype) for tensor in tensors)
        call = self._kept.get(signature)
        if call is None:
            # Recorded before it is kept: recording waits for the device, so a graph that goes is no longer running.
            call = self._kept[signature] = _Call(self._function, tensors, self._pool)
        return call(tensors)


class _Call:
    """One recorded call, with the buffers for its inputs and its output."""

    def __init__(self, function: Callable[..., Tensor], tensors: tuple[Tensor, ...], pool: GraphPool) -> None:
        self._function = function
        self._inputs = [tensor.clone() for tensor in tensors]
        self._output: Tensor | None = None
        self._graph = Graph(self._work, pool)

    def __call__(self, tensors: tuple[Tensor, ...]) -> Tensor:
        for buffer, tensor in zip(self._inputs, tensors, strict=True):
            buffer.copy_(tensor)
        self._graph()
        assert self._output is not None
        return self._output.clone()

    def _work(self) -> None:
        self._output = self._function(*self._inputs)
