"""The built-in model's optimizer: Muon as published, shared by processes; AdamW for what is no layer's matrix."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from training.builtin import architecture
from training.builtin.architecture import load_tokenizer
from training.builtin.dense_head import DenseHead
from training.builtin.optimizer import Muon, MuonAndAdamW, orthogonalised
from training.builtin.recipe import Recipe

SHAPES = [(24, 24), (40, 24), (24, 60)]
PROGRAM = """
import sys
import torch
from torch import distributed
from training.builtin.optimizer import Muon
rank, folder = int(sys.argv[1]), sys.argv[2]
distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
torch.manual_seed(0)
matrices = [torch.nn.Parameter(torch.randn(shape)) for shape in [(24, 24), (40, 24), (24, 60)]]
optimizer = Muon(matrices, 1e-2, 0.1)
for _ in range(3):
    for matrix in matrices:
        matrix.grad = torch.randn_like(matrix)
    optimizer.step()
torch.save([matrix.data for matrix in matrices], f"{folder}/{rank}.pt")
distributed.destroy_process_group()
"""


def stepped(kind: type[torch.optim.Optimizer], **settings: object) -> list[torch.Tensor]:
    """Three steps with gradients of a seed."""
    torch.manual_seed(0)
    matrices = [nn.Parameter(torch.randn(shape)) for shape in SHAPES]
    optimizer = kind(matrices, **settings)  # type: ignore[arg-type]
    for _ in range(3):
        for matrix in matrices:
            matrix.grad = torch.randn_like(matrix)
        optimizer.step()
    return [matrix.data for matrix in matrices]


def test_it_steps_as_the_librarys_muon_does() -> None:
    ours = stepped(Muon, learning_rate=1e-2, weight_decay=0.1)
    theirs = stepped(torch.optim.Muon, lr=1e-2, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, atol=2e-3, rtol=0)  # theirs is in bf16 everywhere


@pytest.mark.parametrize("shape", SHAPES)
def test_singular_values_are_brought_near_one(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonalised(torch.randn(shape) * 1e-3))
    assert values.min() > 0.3
    assert values.max() < 1.3


def test_processes_that_share_the_work_make_the_steps_of_one(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", PROGRAM, str(rank), str(tmp_path)]) for rank in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]
    alone = stepped(Muon, learning_rate=1e-2, weight_decay=0.1)
    for rank in range(2):
        for mine, other in zip(alone, torch.load(tmp_path / f"{rank}.pt"), strict=True):
            assert torch.equal(mine, other)


def test_words_and_convolutions_and_the_readers_are_adamws() -> None:
    tokenizer = load_tokenizer()
    model, head = architecture.build_model(len(tokenizer)), DenseHead(tokenizer)
    both = MuonAndAdamW(model, head, weight_decay=Recipe().weight_decay)
    muons = {id(p) for p in both.muon.param_groups[0]["params"]}
    adamws = {id(p) for group in both.adamw.param_groups for p in group["params"]}
    names = {id(p): name for module in (model, head) for name, p in module.named_parameters()}
    assert muons | adamws == set(names)
    assert not muons & adamws
    assert all(names[number].startswith("model.") for number in muons)
    assert not any("embed" in names[number] or "shared" in names[number] for number in muons)
    assert both.muon.param_groups[0]["weight_decay"] == pytest.approx(5 * Recipe().weight_decay)
    assert [group["weight_decay"] for group in both.adamw.param_groups] == [Recipe().weight_decay, 0]
    both.set_rates(1e-3, 4e-3)
    assert both.muon.param_groups[0]["lr"] == 4e-3
    assert {group["lr"] for group in both.adamw.param_groups} == {1e-3}
