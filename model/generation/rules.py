"""What a generation config demands of every answer, read once; the same rules that `generate()` would apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from torch import Tensor

Seq2SeqModel: TypeAlias = Any
"""An encoder-decoder of transformers, whose methods are typed only in part."""

_NEUTRAL: dict[str, tuple[object, ...]] = {
    "repetition_penalty": (None, 1.0),
    "encoder_repetition_penalty": (None, 1.0),
    "encoder_no_repeat_ngram_size": (None, 0),
    "min_length": (None, 0),
    "guidance_scale": (None, 1.0),
    "sequence_bias": (None,),
    "bad_words_ids": (None,),
    "remove_invalid_values": (None, False),
    "exponential_decay_length_penalty": (None,),
    "suppress_tokens": (None,),
    "begin_suppress_tokens": (None,),
    "watermarking_config": (None,),
    "num_beam_groups": (None, 1),
    "diversity_penalty": (None, 0.0),
    "constraints": (None,),
    "force_words_ids": (None,),
    "renormalize_logits": (None, False),
    "penalty_alpha": (None, 0.0),
    "dola_layers": (None,),
    "stop_strings": (None,),
    "max_time": (None,),
    "prompt_lookup_num_tokens": (None,),
}
"""Settings that change answers in ways `GenerationRules` does not know, with the values at which they do nothing."""


@dataclass(frozen=True, slots=True)
class GenerationRules:
    """The settings of a generation config that `BeamSearch` knows."""

    decoder_start_token_id: int
    """The token that every answer grows from."""
    eos_token_ids: tuple[int, ...]
    """Tokens that end an answer."""
    forced_bos_token_id: int | None
    forced_eos_token_ids: tuple[int, ...]
    """Put at an answer's limit; empty: none is."""
    no_repeat_ngram_size: int
    """No run of so many tokens comes twice; 0: it may."""
    min_new_tokens: int
    """No answer ends with fewer tokens before its end token."""
    length_penalty: float
    early_stopping: bool | str

    @classmethod
    def read(cls, model: Seq2SeqModel, start: int | None = None) -> GenerationRules | None:
        """The rules of a model; None when its generation config asks for something else as well.

        Args:
            model: The model.
            start: The token that answers grow from, where no config names it.
        """
        config = model.generation_config
        for name, neutral in _NEUTRAL.items():
            if getattr(config, name, None) not in neutral:
                return None
        start = config.decoder_start_token_id if start is None else start
        ends, last = _tokens(config.eos_token_id), _tokens(config.forced_eos_token_id)
        if start is None or not ends:
            return None
        return cls(
            decoder_start_token_id=start,
            eos_token_ids=ends,
            forced_bos_token_id=config.forced_bos_token_id,
            forced_eos_token_ids=last,
            no_repeat_ngram_size=config.no_repeat_ngram_size or 0,
            min_new_tokens=config.min_new_tokens or 0,
            length_penalty=1.0 if config.length_penalty is None else config.length_penalty,
            early_stopping=config.early_stopping or False,
        )

    def is_end(self, tokens: Tensor) -> Tensor:
        """Where a token ends an answer, bool, of the same shape."""
        hit = tokens == self.eos_token_ids[0]
        for end in self.eos_token_ids[1:]:
            hit = hit | (tokens == end)
        return hit


def _tokens(value: int | Sequence[int] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(value)
