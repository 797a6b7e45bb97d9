"""What is around a CUDA graph. There is no GPU here: a tape stands for it and does the work when replayed."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import torch

from model.backends.cuda_graphs import Captured, Graph, GraphPool

CPU = torch.device("cpu")


class Tape(GraphPool):
    """Records as a GPU would: the work runs some times before, and once while it is recorded."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(CPU)
        self.records, self.reason = True, reason
        self.recorded = 0

    def warm_up(self, work: Callable[[], object]) -> None:
        work()

    def record(self, work: Callable[[], object]) -> Callable[[], object]:
        if self.reason:
            raise RuntimeError(self.reason)
        self.recorded += 1
        work()
        return work


def test_on_a_cpu_the_work_is_done_when_it_is_asked_for() -> None:
    total = torch.zeros(())
    graph = Graph(lambda: total.add_(1), GraphPool(CPU))
    assert total == 0
    graph()
    graph()
    assert total == 2


def test_a_graph_replays_what_was_recorded() -> None:
    total, tape = torch.zeros(()), Tape()
    graph = Graph(lambda: total.add_(1), tape)
    total.zero_()
    graph()
    graph()
    assert (total, tape.recorded) == (2, 1)


def test_what_cannot_be_recorded_is_called_plainly(caplog: pytest.LogCaptureFixture) -> None:
    total = torch.zeros(())
    with caplog.at_level(logging.WARNING):
        graph = Graph(lambda: total.add_(1), Tape("operation not permitted when stream is capturing"))
    assert "operation not permitted when stream is capturing" in caplog.text
    total.zero_()
    graph()
    assert total == 1


def test_work_that_fails_by_itself_is_no_matter_of_recording() -> None:
    def work() -> None:
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        Graph(work, Tape())


def test_a_captured_function_is_recorded_once_for_a_shape() -> None:
    tape = Tape()
    double = Captured(lambda x, y: x * 2 + y, tape)
    for value in (1.0, 2.0, 3.0):
        x = torch.full((2, 3), value)
        assert torch.equal(double(x, torch.ones(3)), torch.full((2, 3), 2 * value + 1))
        assert torch.equal(x, torch.full((2, 3), value))
    assert tape.recorded == 1
    assert torch.equal(double(torch.ones(4, 3), torch.ones(3)), torch.full((4, 3), 3.0))
    assert torch.equal(double(torch.ones(4, 3).double(), torch.ones(3)), torch.full((4, 3), 3.0).double())
    assert tape.recorded == 3


def test_a_result_is_the_callers_own_and_so_are_the_arguments() -> None:
    place = torch.zeros(3)  # a graph writes its output to the same place each time
    plus = Captured(lambda x: torch.add(x, 1, out=place), Tape())
    argument = torch.zeros(3)
    first = plus(argument)
    second = plus(torch.full((3,), 5.0))
    assert torch.equal(first, torch.ones(3))
    assert torch.equal(second, torch.full((3,), 6.0))
    assert torch.equal(argument, torch.zeros(3))


def test_a_captured_function_takes_tensors_in_any_layout() -> None:
    table = torch.arange(6.0).view(2, 3)
    same = Captured(lambda x: x + 0, Tape())
    assert torch.equal(same(table.T), table.T)
    assert torch.equal(same(torch.arange(6.0).view(3, 2)), torch.arange(6.0).view(3, 2))


def test_a_function_that_cannot_be_recorded_works_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    plus = Captured(lambda x: x + 1, Tape("not now"))
    for value in (1.0, 2.0):
        assert torch.equal(plus(torch.full((2,), value)), torch.full((2,), value + 1))
    assert caplog.text.count("not now") == 1  # said once, not at every call


def test_on_a_cpu_a_captured_function_is_the_function() -> None:
    given: list[torch.Tensor] = []
    argument = torch.ones(2)
    Captured(lambda x: given.append(x) or x, GraphPool(CPU))(argument)
    assert given[0] is argument


def test_shapes_that_were_not_used_lately_are_recorded_anew() -> None:
    tape = Tape()
    same = Captured(lambda x: x + 0, tape, most=2)
    for size in (1, 2, 1, 3):  # 2 waited longest when 3 came
        same(torch.ones(size))
    assert tape.recorded == 3
    same(torch.ones(1))
    same(torch.ones(3))
    assert tape.recorded == 3
    same(torch.ones(2))
    assert tape.recorded == 4
