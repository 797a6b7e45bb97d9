"""Products in every form say what torch's linear layers say."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers.activations import ACT2FN

from model.backends.linear import Eager, KernelFactory, OneDnnBf16, OneDnnInt8, consuming, int8_or, is_gelu

FORMS = {
    "eager": (Eager.of, torch.float32, 1e-5),
    "eager in bfloat16": (Eager.of, torch.bfloat16, 0.03),
    "onednn": (OneDnnBf16.of, torch.bfloat16, 0.03),
    "int8": (OneDnnInt8.of, torch.float32, 0.03),
    "int8 in bfloat16": (OneDnnInt8.of, torch.bfloat16, 0.04),
}
needs_onednn = pytest.mark.skipif(not OneDnnBf16.works(), reason="this CPU has no bfloat16 products in oneDNN")
needs_int8 = pytest.mark.skipif(not OneDnnInt8.works(), reason="this CPU has no 8-bit products in oneDNN")


def linears(*widths: int, inputs: int = 96, bias: bool = True) -> list[nn.Linear]:
    torch.manual_seed(len(widths) + inputs)
    return [nn.Linear(inputs, width, bias=bias) for width in widths]


def marked(*forms: object, names: tuple[str, ...] = ()) -> list[object]:
    """Each form, left out where this CPU cannot do it."""
    needs = {"onednn": needs_onednn, "int8": needs_int8}
    return [
        pytest.param(form, marks=[mark for part, mark in needs.items() if part in name], id=name)
        for form, name in zip(forms, names or forms, strict=True)
    ]


@pytest.mark.parametrize("rows", [1, 7, 530])
@pytest.mark.parametrize("form", marked(*FORMS))
@torch.inference_mode()
def test_every_form_is_the_layer(form: str, rows: int) -> None:
    make, dtype, error = FORMS[form]
    one, other = linears(64, 32)
    x, plus = torch.randn(rows, 96), torch.randn(rows, 96)
    wanted = torch.cat([one(x), other(x)], 1)
    kernel = make(one.to(dtype), other.to(dtype))
    size = wanted.abs().max()
    result = kernel(x.to(dtype))
    assert result.dtype == dtype
    assert (result.float() - wanted).abs().max() < error * size
    curved = kernel(x.to(dtype), gelu=True).float()
    assert (curved - nn.functional.gelu(wanted)).abs().max() < error * size
    summed = kernel(x.to(dtype), plus=plus.to(dtype)).float()
    assert (summed - wanted - plus).abs().max() < error * size


@pytest.mark.parametrize("make", marked(Eager.of, OneDnnBf16.of, OneDnnInt8.of, names=("eager", "onednn", "int8")))
@torch.inference_mode()
def test_more_dimensions_and_no_bias(make: KernelFactory) -> None:
    (layer,) = linears(40, bias=False)
    layer = layer.bfloat16()
    x = torch.randn(2, 3, 5, 96).bfloat16()
    y = make(layer)(x)
    assert y.shape == (2, 3, 5, 40)
    assert (y.float() - layer(x).float()).abs().max() < 0.1


@torch.inference_mode()
def test_an_input_of_zeros_and_one_without_bounds() -> None:
    (layer,) = linears(40)
    kernel = OneDnnInt8.of(layer)
    assert torch.allclose(kernel(torch.zeros(3, 96)), layer.bias.expand(3, -1))
    with pytest.raises(ArithmeticError, match="beyond all bounds"):
        kernel(torch.full((3, 96), torch.inf))


@needs_int8
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@torch.inference_mode()
def test_the_smallest_and_the_largest_input_keep_their_places(dtype: torch.dtype) -> None:
    """Rounded one step too far they would come out at the other end of the 8 bits."""
    (layer,) = linears(64, inputs=64, bias=False)
    layer.weight.copy_(torch.eye(64))
    kernel = OneDnnInt8.of(layer)
    for seed in range(200):
        generator = torch.Generator().manual_seed(seed)
        x = torch.rand(1, 64, generator=generator) * 3 - torch.rand(1, generator=generator) * 3
        x = x.to(dtype)
        width = float(x.max().clamp_min(0) - x.min().clamp_max(0))
        assert (kernel(x).float() - x.float()).abs().max() < 0.01 * width, seed


def test_weights_are_taken_and_given_once() -> None:
    layers = linears(8, 8)
    x = torch.randn(3, 96)
    wanted = torch.cat([layer(x) for layer in layers], 1)
    kernel = consuming(Eager.of)(*layers)
    assert torch.allclose(kernel(x), wanted, atol=1e-6)
    assert all(layer.weight.numel() == 0 for layer in layers)


@pytest.mark.parametrize(("capability", "least"), [("avx512_vnni", 64), ("avx_vnni", 64), ("avx2", 256)])
def test_narrow_layers_are_not_rounded_to_8_bits(capability: str, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {capability: True})
    make = int8_or(Eager.of)
    assert isinstance(make(*linears(8, inputs=least - 1)), Eager)
    assert isinstance(make(*linears(8, inputs=least)), OneDnnInt8)


@needs_int8
@torch.inference_mode()
def test_the_largest_sums_of_two_products_do_not_overflow() -> None:
    """Without VNNI instructions they are added in 16 bits, which the largest 8-bit weights would leave."""
    (layer,) = linears(64, inputs=512, bias=False)
    layer.weight.fill_(1.0)
    x = torch.ones(600, 512)
    assert torch.allclose(OneDnnInt8.of(layer)(x), torch.full((600, 64), 512.0), rtol=0.01)


def test_only_the_exact_gelu_is_gelu() -> None:
    assert is_gelu(ACT2FN["gelu"])
    assert is_gelu(nn.GELU())
    assert not any(is_gelu(ACT2FN[name]) for name in ("relu", "gelu_new", "gelu_python", "silu"))
    assert not is_gelu(nn.GELU("tanh"))
