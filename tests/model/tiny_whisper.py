"""A Whisper of some 60,000 weights that hears whatever the test wants: no network is needed for it."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import AddedToken
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
    WhisperTokenizer,
)

SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|nocaptions|>", "<|notimestamps|>"]


def make_whisper(folder: Path, hears: str, strength: float, *, multilingual: bool = True) -> Path:
    """Save one whose every step says the same token, the more surely the larger `strength` is.

    Args:
        folder: Gets weights, processor and generation config, as they lie on the hub.
        hears: A single letter, or one of `SPECIAL`.
        strength: 0 makes all tokens equally likely.
        multilingual: Whether it wants to be told the language.
    """
    words = {word: number for number, word in enumerate([*sorted(ByteLevel.alphabet()), *SPECIAL])}
    tokenizer = WhisperTokenizer(vocab=words, merges=[])
    tokenizer.add_tokens([AddedToken(name, special=True) for name in SPECIAL], special_tokens=True)
    end, start, english, transcribe, _, no_times = tokenizer.convert_tokens_to_ids(SPECIAL)
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    tokens = {"bos_token_id": end, "eos_token_id": end, "pad_token_id": end, "decoder_start_token_id": start}
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_target_positions=80,
        **sizes,
        **tokens,
    )
    torch.manual_seed(0)
    model = WhisperForConditionalGeneration(config)
    with torch.no_grad():  # what comes out of the decoder is one vector, whatever goes in
        norm, vectors = model.model.decoder.layer_norm, torch.nn.functional.normalize(torch.randn(len(tokenizer), 32))
        model.model.decoder.embed_tokens.weight.copy_(vectors)
        norm.weight.zero_()
        norm.bias.copy_(strength * vectors[tokenizer.convert_tokens_to_ids(hears)])
    spoken = {"lang_to_id": {"<|en|>": english}, "task_to_id": {"transcribe": transcribe}, "is_multilingual": True}
    model.generation_config = GenerationConfig(
        **tokens,
        max_length=80,
        no_timestamps_token_id=no_times,
        **(spoken if multilingual else {"is_multilingual": False}),
    )
    model.save_pretrained(folder)
    WhisperProcessor(WhisperFeatureExtractor(feature_size=80), tokenizer).save_pretrained(folder)
    return folder
