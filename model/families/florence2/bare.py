"""A Florence-2 as plain modules of torch, read straight from its file, for answering without transformers.

To import what transformers needs takes longer than to load a small model and to answer from it. The modules carry the
names that the weights have on disk, and hold no forward pass but the projector's: `VisionTower`, `Encoder` and
`Decoder` take the weights over. What is in any way unusual is left to transformers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from model.generation.rules import GenerationRules, Seq2SeqModel

Settings = Mapping[str, Any]
Module = Any
"""A module whose parts have names of their own."""
_TIED = (
    "lm_head.weight",
    "model.language_model.shared.weight",
    "model.language_model.encoder.embed_tokens.weight",
    "model.language_model.decoder.embed_tokens.weight",
)
"""One matrix under four names, of which a file holds one or more."""
_COMPUTED = "model.multi_modal_projector.visual_temporal_embed.pos_idx_to_embed"
_MODEL_VALUES: Settings = {"model_type": "florence2", "tie_word_embeddings": True}
_TEXT_VALUES: Settings = {
    "model_type": "bart",
    "activation_function": "gelu",
    "scale_embedding": False,
    "tie_word_embeddings": True,
}
_VISION_VALUES: Settings = {"activation_function": "gelu", "qkv_bias": True}
_BART = {"BartEncoder", "BartDecoder", "BartSide"}
"""Classes of BART's halves: transformers' own, and the one below that holds their weights alone."""


def is_bart(part: object) -> bool:
    """Whether this is an encoder or a decoder of BART. Classes are known by their names: importing them takes long."""
    return any(base.__name__ in _BART for base in type(part).__mro__)


def read_bare(folder: Path, dtype: torch.dtype) -> Seq2SeqModel | None:
    """The model in a folder, on the CPU; None where its settings or its files are other than the usual ones.

    Nothing is said about what is wrong: transformers reads it then, and its errors are explained.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        generation = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
        if not _usual(config):
            return None
        with torch.device("meta"):
            model = BareFlorence2(config, generation)
        [file] = folder.glob("*.safetensors")
        weights = {name: value.to(dtype) for name, value in load_file(file).items()}
        return model.take(weights) if GenerationRules.read(model) is not None else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError):
        return None


def _usual(config: Settings) -> bool:
    parts = ((config, _MODEL_VALUES), (config["text_config"], _TEXT_VALUES), (config["vision_config"], _VISION_VALUES))
    return "auto_map" not in config and all(
        part.get(name, value) == value for part, values in parts for name, value in values.items()
    )


class BareFlorence2(nn.Module):
    """The weights of a Florence-2 in eval mode."""

    def __init__(self, config: Settings, generation: Settings) -> None:
        """Shape the modules; they hold no weights yet.

        Args:
            config: Of config.json.
            generation: Of generation_config.json; what is not set there is None.
        """
        super().__init__()
        text, vision = config["text_config"], config["vision_config"]
        parts = {"text_config": SimpleNamespace(**text), "vision_config": SimpleNamespace(**vision)}
        self.config = SimpleNamespace(**{**config, **parts})
        self.config.get_text_config = lambda: self.config.text_config
        self.generation_config = _Unset(**generation)
        width, words = int(text["d_model"]), int(text["vocab_size"])
        places = int(text["max_position_embeddings"])
        self.model: Module = _named(
            vision_tower=_tower(vision),
            multi_modal_projector=_Projector(vision),
            language_model=_named(
                shared=_embedding(words, width),
                encoder=_side(text, "encoder", words, places),
                decoder=_side(text, "decoder", words, places),
            ),
        )
        self.lm_head = nn.Linear(width, words, bias=False)

    def take(self, weights: dict[str, Tensor]) -> BareFlorence2:
        """Take over the weights of a file.

        Raises:
            RuntimeError: They are not exactly those of this shape.
            ValueError: The words have no embedding, or several.
        """
        tied, *same = [weights[name] for name in _TIED if name in weights]
        if not all(torch.equal(tied, each) for each in same):
            raise ValueError("the words have several embeddings")
        weights |= dict.fromkeys(_TIED, tied)
        if _COMPUTED not in weights:
            shape = self.get_buffer(_COMPUTED).shape
            weights[_COMPUTED] = _sinusoids(*shape).to(tied.dtype)
        self.load_state_dict(weights, strict=True, assign=True)
        language = self.model.language_model
        for part in (language.encoder.embed_tokens, language.decoder.embed_tokens, self.lm_head):
            part.weight = language.shared.weight  # one parameter, so that it is moved to a GPU once
        return self.requires_grad_(False).eval()

    @property
    def device(self) -> torch.device:
        """Where it lies."""
        return self.lm_head.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """Its number format."""
        return self.lm_head.weight.dtype

    def get_encoder(self) -> Module:
        """The text encoder."""
        return self.model.language_model.encoder

    def get_decoder(self) -> Module:
        """The decoder."""
        return self.model.language_model.decoder

    def get_input_embeddings(self) -> Module:
        """The embeddings of words."""
        return self.model.language_model.shared

    def get_output_embeddings(self) -> nn.Linear:
        """From states to words."""
        return self.lm_head


class _Unset(SimpleNamespace):
    """Settings of which those that nobody gave are None."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


class BartSide(nn.ModuleDict):
    """The encoder or the decoder of BART, by its weights."""


def _named(**modules: nn.Module) -> Module:
    """Modules under names, as attributes too."""
    return nn.ModuleDict(modules)


def _embedding(rows: int, width: int) -> nn.Embedding:
    """Without first values: to draw them where there is no memory loads half of torch's compiler."""
    return nn.Embedding(rows, width, _weight=torch.empty(rows, width))


class _Positions(nn.Embedding):
    """BART's learnt positions, whose first two rows have no use."""

    offset = 2


def _positions(places: int, width: int) -> _Positions:
    rows = places + _Positions.offset
    return _Positions(rows, width, _weight=torch.empty(rows, width))


def _side(text: Settings, side: str, words: int, places: int) -> Module:
    """The encoder or the decoder of BART."""
    width, inner = int(text["d_model"]), int(text[f"{side}_ffn_dim"])

    def attention() -> Module:
        return _named(**{name: nn.Linear(width, width) for name in ("k_proj", "v_proj", "q_proj", "out_proj")})

    def layer() -> Module:
        back = {"encoder_attn": attention(), "encoder_attn_layer_norm": nn.LayerNorm(width)}
        return _named(
            self_attn=attention(),
            self_attn_layer_norm=nn.LayerNorm(width),
            **(back if side == "decoder" else {}),
            fc1=nn.Linear(width, inner),
            fc2=nn.Linear(inner, width),
            final_layer_norm=nn.LayerNorm(width),
            activation_fn=nn.GELU(),
        )

    return BartSide(
        {
            "embed_tokens": _embedding(words, width),
            "embed_positions": _positions(places, width),
            "layers": nn.ModuleList(layer() for _ in range(int(text[f"{side}_layers"]))),
            "layernorm_embedding": nn.LayerNorm(width),
        }
    )


def _tower(vision: Settings) -> Module:
    """DaViT."""
    convs, blocks = [], []
    for stage, width in enumerate(vision["embed_dim"]):
        before = vision["embed_dim"][stage - 1] if stage else vision["in_channels"]
        first = bool(vision["patch_prenorm"][stage])
        size, stride, padding = (vision[f"patch_{name}"][stage] for name in ("size", "stride", "padding"))
        embed = _named(
            conv=nn.Conv2d(before, width, size, stride, padding), norm=nn.LayerNorm(before if first else width)
        )
        embed.pre_norm = first
        convs.append(embed)
        blocks.append(nn.ModuleList(_block(vision, stage, width) for _ in range(vision["depths"][stage])))
    return _named(convs=nn.ModuleList(convs), blocks=nn.ModuleList(blocks))


def _block(vision: Settings, stage: int, width: int) -> Module:
    inner = int(width * vision["mlp_ratio"])

    def half(name: str) -> Module:
        return _named(
            conv1=nn.Conv2d(width, width, 3, padding=1, groups=width),
            norm1=nn.LayerNorm(width),
            **{name: _named(qkv=nn.Linear(width, 3 * width), proj=nn.Linear(width, width))},
            conv2=nn.Conv2d(width, width, 3, padding=1, groups=width),
            norm2=nn.LayerNorm(width),
            ffn=_named(fc1=nn.Linear(width, inner), fc2=nn.Linear(inner, width), activation_fn=nn.GELU()),
        )

    spatial, channel = half("window_attn"), half("channel_attn")
    spatial.window_attn.num_heads = vision["num_heads"][stage]
    spatial.window_attn.window_size = vision["window_size"]
    channel.channel_attn.groups = vision["num_groups"][stage]
    return _named(spatial_block=spatial, channel_block=channel)


class _Projector(nn.Module):
    """From the tower's states to picture tokens: positions, the mean of all as a first token, a projection."""

    def __init__(self, vision: Settings) -> None:
        super().__init__()
        width, places = int(vision["embed_dim"][-1]), int(vision["max_position_embeddings"])
        self.image_projection = nn.Linear(width, vision["projection_dim"], bias=False)
        self.image_proj_norm = nn.LayerNorm(vision["projection_dim"])
        self.image_position_embed: Module = _named(
            row_embeddings=_embedding(places, width // 2), column_embeddings=_embedding(places, width - width // 2)
        )
        self.visual_temporal_embed: Module = nn.Module()
        moments = torch.empty(int(vision["max_temporal_embeddings"]), width)
        self.visual_temporal_embed.register_buffer("pos_idx_to_embed", moments)

    def forward(self, states: Tensor) -> Tensor:
        """Picture tokens [B, 1 + H W, D] of states [B, C, H, W]."""
        height, width = states.shape[-2:]
        rows: Tensor = self.image_position_embed.row_embeddings.weight[:height]
        columns: Tensor = self.image_position_embed.column_embeddings.weight[:width]
        places = torch.cat([columns.expand(height, -1, -1), rows[:, None].expand(-1, width, -1)], -1)  # [H, W, C]
        time: Tensor = self.visual_temporal_embed.pos_idx_to_embed[0]
        tokens = states.flatten(2).transpose(1, 2) + places.flatten(0, 1) + time  # [B, H W, C]
        projected: Tensor = self.image_projection(torch.cat([tokens.mean(1, keepdim=True), tokens], 1))
        normed: Tensor = self.image_proj_norm(projected)
        return normed


def _sinusoids(places: int, width: int) -> Tensor:
    """The sines and cosines of the moments in time, [places, width]."""
    half = width // 2
    speeds = torch.exp(torch.arange(half).float() * -(math.log(10000) / half))
    angles = torch.arange(places, dtype=torch.float)[:, None] * speeds
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
