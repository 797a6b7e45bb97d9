"""Florence-2's vision tower (DaViT) as one pass over channels-last memory.

The same arithmetic as transformers' module, which changes between channels-first and channels-last eight times a block
and copies the whole picture each time. Here a picture stays [B, H, W, C]: a convolution sees it as channels-last, all
else as rows of tokens.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from model.attention import attend
from model.decoding.rules import Transformer


class Tower:
    """The vision tower and the projector of a loaded Florence-2; shares its weights."""

    def __init__(self, model: Transformer) -> None:
        """Wrap `Florence2ForConditionalGeneration` in eval mode; its convolutions become channels-last."""
        self._tower, self._projector = model.model.vision_tower, model.model.multi_modal_projector
        self._tower.to(memory_format=torch.channels_last)

    def __call__(self, pixels: Tensor) -> Tensor:
        """Picture tokens [B, T_image, D] of normalised pixels [B, 3, H, W]."""
        x = pixels.permute(0, 2, 3, 1).contiguous()  # [B, H, W, 3]
        for embed, stage in zip(self._tower.convs, self._tower.blocks, strict=True):
            if embed.pre_norm:
                x = embed.norm(x)
            x = _convolve(embed.conv, x)  # [B, H, W, C]
            if not embed.pre_norm:
                x = embed.norm(x)
            for block in stage:
                x = _half(block.spatial_block, x, _window_attention)
                x = _half(block.channel_block, x, _channel_attention)
        tokens: Tensor = self._projector(x.permute(0, 3, 1, 2))
        return tokens


def _half(block: Any, x: Tensor, attention: Any) -> Tensor:  # noqa: ANN401 - modules of transformers
    """A spatial or a channel block, [B, H, W, C] to the same: position, attention, position, feed-forward."""
    x = _convolve(block.conv1, x).add_(x)
    module = block.window_attn if attention is _window_attention else block.channel_attn
    x = attention(module, block.norm1(x)).add_(x)
    x = _convolve(block.conv2, x).add_(x)
    inner = functional.gelu(block.ffn.fc1(block.norm2(x)))
    return block.ffn.fc2(inner).add_(x)  # type: ignore[no-any-return]


def _convolve(conv: Any, x: Tensor) -> Tensor:  # noqa: ANN401
    """A convolution on channels-last memory: neither side is copied."""
    return conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # type: ignore[no-any-return]


def _window_attention(module: Any, x: Tensor) -> Tensor:  # noqa: ANN401
    """Attention of the tokens within each window of w x w, [B, H, W, C] to the same."""
    batch, height, width, channels = x.shape
    w = module.window_size
    right, bottom = -width % w, -height % w
    if right or bottom:
        x = functional.pad(x, (0, 0, 0, right, 0, bottom))
    rows, columns = (height + bottom) // w, (width + right) // w
    x = x.view(batch, rows, w, columns, w, channels).transpose(2, 3).reshape(-1, w * w, channels)  # [windows, w w, C]
    query, key, value = module.qkv(x).unflatten(-1, (3, module.num_heads, -1)).permute(2, 0, 3, 1, 4)
    seen = attend(query, key, value).transpose(1, 2).flatten(2)  # [windows, w w, C]
    x = module.proj(seen).view(batch, rows, columns, w, w, channels).transpose(2, 3)
    return x.reshape(batch, height + bottom, width + right, channels)[:, :height, :width].contiguous()


def _channel_attention(module: Any, x: Tensor) -> Tensor:  # noqa: ANN401
    """Attention of the channels within each group to each other, [B, H, W, C] to the same."""
    batch, height, width, channels = x.shape
    count = height * width
    parts = module.qkv(x).view(batch, count, 3, module.groups, -1).permute(2, 0, 3, 1, 4)  # [3, B, G, N, c]
    query, key, value = parts.unbind(0)
    weights = (query.transpose(2, 3) @ key) * count**-0.5  # [B, G, c, c]
    seen = value @ weights.softmax(-1).transpose(2, 3)  # [B, G, N, c]
    return module.proj(seen.transpose(1, 2).reshape(batch, height, width, channels))  # type: ignore[no-any-return]
