"""The shape of the tests' tiny Florence-2s."""

from __future__ import annotations

from transformers import BartConfig
from transformers.models.florence2 import Florence2Config, Florence2VisionConfig

POSITIONS = 64


def config_of(
    words: int, image_token: int, *, positions: int = POSITIONS, dropout: float = 0.0, drop_path: float = 0.0
) -> Florence2Config:
    """Every part of a Florence-2, in some 200,000 weights, for so many words."""
    vision = Florence2VisionConfig(
        depths=[1, 1, 1],
        patch_size=[11, 3, 3],
        patch_stride=[8, 2, 2],
        patch_padding=[5, 1, 1],
        patch_prenorm=[False, True, True],
        embed_dim=[16, 24, 32],
        num_heads=[2, 2, 2],
        num_groups=[2, 2, 2],
        window_size=4,
        drop_path_rate=drop_path,
        projection_dim=32,
        max_position_embeddings=8,
        initializer_range=0.2,
    )
    special = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    text = BartConfig(
        vocab_size=words,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=positions,
        dropout=dropout,
        init_std=0.2,
        **special,
    )
    return Florence2Config(vision_config=vision, text_config=text, image_token_id=image_token, **special)
