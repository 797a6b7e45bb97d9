"""Where in a picture an answer came from: how much each of the encoder's inputs counted for the answer's words.

Everything comes from one pass of transformers' own modules and one back through them. Which way is best was measured
(`vqabot bench where`, docs/where.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from model.generation.rules import Seq2SeqModel

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Pass:
    """What one answer did inside the model: attention weights after softmax with the answer's gradient by them."""

    inputs: Tensor
    """What went into the encoder: [S, D], the picture's tokens first."""
    inputs_gradient: Tensor
    encoder: list[tuple[Tensor, Tensor]]
    """Layer by layer, weights and gradients: [heads, S, S]."""
    decoder: list[tuple[Tensor, Tensor]]
    """[heads, T, T]."""
    cross: list[tuple[Tensor, Tensor]]
    """[heads, T, S]."""


def trace(model: Seq2SeqModel, inputs: Tensor, answer: Sequence[int]) -> Pass:
    """Let the model say an answer, and go back through it.

    Args:
        model: An encoder-decoder of transformers.
        inputs: What goes into the encoder: [S, D].
        answer: The answer's tokens without start and end, at least one.
    """
    from transformers.modeling_outputs import BaseModelOutput  # late: to import it takes long

    inputs = inputs.detach().clone().requires_grad_(True)
    start = int(model.generation_config.decoder_start_token_id or 0)
    tokens = torch.tensor([[start, *answer]], device=inputs.device)
    with torch.inference_mode(mode=False), torch.enable_grad(), _eager_attention(model):
        encoded = model.get_encoder()(inputs_embeds=inputs[None], output_attentions=True, return_dict=True)
        said = model(
            encoder_outputs=BaseModelOutput(last_hidden_state=encoded.last_hidden_state),
            attention_mask=torch.ones(1, len(inputs), dtype=torch.long, device=inputs.device),
            decoder_input_ids=tokens[:, :-1],
            output_attentions=True,
            use_cache=False,
        )
        logprobs = torch.log_softmax(said.logits[0].float(), -1)  # [T, V]
        total = logprobs[torch.arange(len(answer)), tokens[0, 1:]].sum()
        layers = (encoded.attentions, said.decoder_attentions, said.cross_attentions)
        weights = [weight for each in layers for weight in each]
        inputs_gradient, *gradients = torch.autograd.grad(total, [inputs, *weights])
    pairs = iter(
        [(weight[0].detach().float(), back[0].float()) for weight, back in zip(weights, gradients, strict=True)]
    )
    encoder, decoder, cross = ([next(pairs) for _ in each] for each in layers)
    return Pass(inputs.detach().float(), inputs_gradient.float(), encoder, decoder, cross)


@contextmanager
def _eager_attention(model: Seq2SeqModel) -> Iterator[None]:
    """Attention that shows its weights; afterwards as it was."""
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def raw_attention(seen: Pass) -> Tensor:
    """How much the words looked at each input: cross-attention, the mean of heads, words and layers; [S]."""
    return torch.stack([weight.mean((0, 1)) for weight, _ in seen.cross]).mean(0)


def attention_gradient(seen: Pass) -> Tensor:
    """Cross-attention that spoke for the answer: weight times gradient where that is positive; [S]."""
    return torch.stack([_for_the_answer(pair).sum(0) for pair in seen.cross]).sum(0)


def input_gradient(seen: Pass) -> Tensor:
    """Input times gradient: how the answer's log-probability changes as an input grows or shrinks; its size, [S]."""
    return (seen.inputs * seen.inputs_gradient).sum(-1).abs()


def relevance(seen: Pass) -> Tensor:
    """Chefer's rule for encoder-decoders (arXiv 2103.15679): relevance carried through all layers of attention; [S]."""
    size, words = len(seen.inputs), seen.cross[0][0].shape[1]
    encoder = torch.eye(size, device=seen.inputs.device)
    for pair in seen.encoder:
        encoder = encoder + _for_the_answer(pair) @ encoder
    decoder = torch.eye(words, device=seen.inputs.device)
    across = torch.zeros(words, size, device=seen.inputs.device)
    for own, cross in zip(seen.decoder, seen.cross, strict=True):
        step = _for_the_answer(own)
        across = across + step @ across
        decoder = decoder + step @ decoder
        across = across + _normed(decoder).T @ _for_the_answer(cross) @ _normed(encoder)
    return across.sum(0)


def _for_the_answer(pair: tuple[Tensor, Tensor]) -> Tensor:
    """Weight times gradient where it is positive, the mean of the heads."""
    weight, gradient = pair
    return (weight * gradient).clamp(min=0).mean(0)


def _normed(carried: Tensor) -> Tensor:
    """Rows without themselves brought to 1, and themselves again."""
    itself = torch.eye(len(carried), device=carried.device)
    rest = carried - itself
    sums = rest.sum(-1, keepdim=True)
    return torch.where(sums > 0, rest / sums.clamp(min=1e-12), torch.zeros_like(rest)) + itself


WAYS: dict[str, Callable[[Pass], Tensor]] = {
    "relevance": relevance,
    "attention x gradient": attention_gradient,
    "input x gradient": input_gradient,
    "attention": raw_attention,
}
"""Ways to tell where an answer came from; the first is the one that is used."""
