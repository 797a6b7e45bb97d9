"""Florence-2's vision tower (DaViT) as one pass over channels-last memory.

The same arithmetic as transformers' module, which changes between channels-first and channels-last eight times a block
and copies the whole picture each time. Here a picture stays [B, H, W, C]: a convolution sees it as channels-last, all
else as rows of tokens. What follows a product (GELU, the sum with what came in) is left to the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from model.backends.attention import attend
from model.backends.linear import Eager, KernelFactory, LinearKernel, is_gelu
from model.generation.rules import Seq2SeqModel

Module = Any
"""A module of transformers, typed only in part."""


class VisionTower:
    """The vision tower and the projector of a loaded Florence-2."""

    def __init__(self, model: Seq2SeqModel, make: KernelFactory = Eager.of) -> None:
        """Wrap `Florence2ForConditionalGeneration` in eval mode; its convolutions become channels-last.

        Args:
            model: The model.
            make: What its linear layers become.
        """
        tower, self._projector = model.model.vision_tower, model.model.multi_modal_projector
        tower.to(memory_format=torch.channels_last)
        self._embeds = list(tower.convs)
        self._stages = [[_pair(block, make) for block in stage] for stage in tower.blocks]

    @staticmethod
    def fits(model: Seq2SeqModel) -> bool:
        """Whether a model's tower is one that this class can speak for: whose feed-forward parts use the exact GELU."""
        blocks = [block for stage in model.model.vision_tower.blocks for block in stage]
        halves = [half for block in blocks for half in (block.spatial_block, block.channel_block)]
        return all(is_gelu(half.ffn.activation_fn) for half in halves)

    def __call__(self, pixels: Tensor) -> Tensor:
        """Picture tokens [B, T_image, D] of normalised pixels [B, 3, H, W]."""
        x = pixels.permute(0, 2, 3, 1).contiguous()  # [B, H, W, 3]
        for embed, stage in zip(self._embeds, self._stages, strict=True):
            if embed.pre_norm:
                x = embed.norm(x)
            x = _convolve(embed.conv, x)  # [B, H, W, C]
            if not embed.pre_norm:
                x = embed.norm(x)
            for spatial, channel in stage:
                x = channel(spatial(x))
        tokens: Tensor = self._projector(x.permute(0, 3, 1, 2))
        return tokens


@dataclass(frozen=True, slots=True)
class Block:
    """What a spatial and a channel block have in common."""

    block: Module
    """For its convolutions and norms."""
    qkv: LinearKernel
    fc1: LinearKernel
    fc2: LinearKernel

    def feed_forward(self, x: Tensor) -> Tensor:
        """Position and feed-forward part, the second half of each block; [B, H, W, C] to the same."""
        x = _convolve(self.block.conv2, x).add_(x)
        return self.fc2(self.fc1(self.block.norm2(x), gelu=True), plus=x)


@dataclass(frozen=True, slots=True)
class SpatialBlock(Block):
    """Attention of the tokens within each window of w x w."""

    proj: LinearKernel
    heads: int
    window: int

    def __call__(self, x: Tensor) -> Tensor:
        """[B, H, W, C] to the same."""
        x = _convolve(self.block.conv1, x).add_(x)
        return self.feed_forward(self._attend(self.block.norm1(x)).add_(x))

    def _attend(self, x: Tensor) -> Tensor:
        batch, height, width, channels = x.shape
        w = self.window
        right, bottom = -width % w, -height % w
        if right or bottom:
            x = functional.pad(x, (0, 0, 0, right, 0, bottom))
        rows, columns = (height + bottom) // w, (width + right) // w
        x = x.view(batch, rows, w, columns, w, channels).transpose(2, 3).reshape(-1, w * w, channels)
        query, key, value = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = attend(query, key, value).transpose(1, 2).flatten(2)  # [windows, w w, C]
        x = self.proj(seen).view(batch, rows, columns, w, w, channels).transpose(2, 3)
        return x.reshape(batch, height + bottom, width + right, channels)[:, :height, :width].contiguous()


@dataclass(frozen=True, slots=True)
class ChannelBlock(Block):
    """Attention of the channels within each group to each other.

    Its weights, a small matrix for each group, act between two linear maps: values and projection. They are multiplied
    into the projection, which costs next to nothing, so that the picture is multiplied once and never transposed.
    """

    proj: tuple[Tensor, Tensor]
    """Weight, transposed to [C in, C out], and bias."""
    groups: int

    def __call__(self, x: Tensor) -> Tensor:
        """[B, H, W, C] to the same."""
        x = _convolve(self.block.conv1, x).add_(x)
        batch, height, width, channels = x.shape
        tokens = height * width
        qkv = self.qkv(self.block.norm1(x)).view(batch, tokens, 3, channels)
        query, key, value = qkv.unbind(2)  # [B, N, C] each
        weights = (_by_group(query, key, self.groups) * tokens**-0.5).softmax(-1)  # [B, G, c, c]
        weight, bias = self.proj
        mixed = weights.transpose(2, 3) @ weight.view(self.groups, -1, channels)  # [B, G, c, C]
        mixed = mixed.view(batch, channels, channels)
        rows = x.view(batch, tokens, channels)
        # A product of two matrices takes strided ones as they are; a batch of them would be copied.
        alone = batch == 1
        seen = torch.addmm(rows[0], value[0], mixed[0]) if alone else torch.baddbmm(rows, value, mixed)
        return self.feed_forward(seen.add_(bias).view_as(x))


def _by_group(query: Tensor, key: Tensor, groups: int) -> Tensor:
    """The products of each channel with each of its group, summed over the tokens: [B, G, c, c] of [B, N, C] twice.

    All channels with all others are G times the arithmetic in one product that nothing has to be copied for.
    """
    batch, _, channels = query.shape
    every = (query[0].t() @ key[0])[None] if batch == 1 else query.transpose(1, 2) @ key  # [B, C, C]
    size = channels // groups
    return every.view(batch, groups, size, groups, size).diagonal(dim1=1, dim2=3).permute(0, 3, 1, 2)


def _pair(block: Module, make: KernelFactory) -> tuple[SpatialBlock, ChannelBlock]:
    spatial, channel = block.spatial_block, block.channel_block
    windows, channels = spatial.window_attn, channel.channel_attn
    return (
        SpatialBlock(
            spatial,
            *(make(windows.qkv), make(spatial.ffn.fc1), make(spatial.ffn.fc2), make(windows.proj)),
            heads=windows.num_heads,
            window=windows.window_size,
        ),
        ChannelBlock(
            channel,
            *(make(channels.qkv), make(channel.ffn.fc1), make(channel.ffn.fc2)),
            proj=(channels.proj.weight.detach().t().contiguous(), channels.proj.bias.detach()),
            groups=channels.groups,
        ),
    )


def _convolve(conv: Module, x: Tensor) -> Tensor:
    """A convolution on channels-last memory: neither side is copied."""
    return conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # type: ignore[no-any-return]
