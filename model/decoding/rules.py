"""What a generation config demands of every answer, read once; the same rules that `generate()` would apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

Transformer: TypeAlias = Any
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
"""Settings that change answers in ways `Rules` does not know, with the values at which they do nothing."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of a generation config that `Rules` and the searches know."""

    start: int
    """The token that every answer grows from."""
    pad: int
    ends: tuple[int, ...]
    """Tokens that end an answer."""
    forced_first: int | None
    forced_last: tuple[int, ...]
    """Put at an answer's limit; empty: none is."""
    ngram: int
    """No run of so many tokens comes twice; 0: it may."""
    least: int
    """No answer ends with fewer tokens before its end token."""
    length_penalty: float
    early_stopping: bool | str

    @classmethod
    def read(cls, model: Transformer) -> Rules | None:
        """The rules of a model; None when its generation config asks for something else as well."""
        config = model.generation_config
        for name, neutral in _NEUTRAL.items():
            if getattr(config, name, None) not in neutral:
                return None
        start = config.decoder_start_token_id
        ends, last = _tokens(config.eos_token_id), _tokens(config.forced_eos_token_id)
        if start is None or not ends:
            return None
        pad = config.pad_token_id
        return cls(
            start=start,
            pad=ends[0] if pad is None else pad,
            ends=ends,
            forced_first=config.forced_bos_token_id,
            forced_last=last,
            ngram=config.no_repeat_ngram_size or 0,
            least=config.min_new_tokens or 0,
            length_penalty=1.0 if config.length_penalty is None else config.length_penalty,
            early_stopping=config.early_stopping or False,
        )

    def constrain(self, scores: Tensor, tokens: Tensor, last: Tensor | None) -> Tensor:
        """Scores with what must not come at minus infinity.

        Args:
            scores: For each next token, [N, V].
            tokens: The answers so far with their start token, [N, 1 + t].
            last: Where the next token is the last that the limit allows, bool [N]; None: nowhere.
        """
        length = tokens.shape[1]
        if self.ngram and length >= self.ngram:
            scores = scores.masked_fill(self._repeats(tokens, scores.shape[1]), -torch.inf)
        if length - 1 < self.least:
            scores = scores.clone()
            scores[:, list(self.ends)] = -torch.inf
        if self.forced_first is not None and length == 1:
            scores = torch.full_like(scores, -torch.inf)
            scores[:, self.forced_first] = 0
        if self.forced_last and last is not None:
            only = torch.full_like(scores[:1], -torch.inf)
            only[:, list(self.forced_last)] = 0
            scores = torch.where(last[:, None], only, scores)
        return scores

    def is_end(self, tokens: Tensor) -> Tensor:
        """Where a token ends an answer, bool, of the same shape."""
        hit = tokens == self.ends[0]
        for end in self.ends[1:]:
            hit = hit | (tokens == end)
        return hit

    def is_forced(self, position: int, limit: int) -> bool:
        """Whether nothing was chosen at a position of an answer, so that its probability is no evidence."""
        return (position == 0 and self.forced_first is not None) or (position == limit - 1 and bool(self.forced_last))

    def _repeats(self, tokens: Tensor, vocabulary: int) -> Tensor:
        """Tokens that would complete a run which was there before, bool [N, V]."""
        prefix = tokens[:, tokens.shape[1] + 1 - self.ngram :]  # [N, n-1]
        runs = tokens.unfold(1, self.ngram, 1)  # [N, W, n]
        same = (runs[..., :-1] == prefix[:, None]).all(-1)  # [N, W]
        banned = tokens.new_zeros((len(tokens), vocabulary + 1), dtype=torch.bool)
        # What does not match bans the spare column behind the vocabulary.
        return banned.scatter_(1, torch.where(same, runs[..., -1], vocabulary), True)[:, :vocabulary]


def _tokens(value: int | Sequence[int] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(value)
