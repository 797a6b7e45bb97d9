"""A tokenizer of whole words for models with random weights: it knows the words of the scenes' names and answers."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

from training.scenes.wording import every_name


def vocabulary(special: Sequence[str]) -> list[str]:
    """These tokens, then whole words: those of the scenes' names and answers."""
    words = {word for name in every_name() for word in name.lower().split()}
    return [*special, *sorted(words | {str(number) for number in range(21)})]


def scene_tokenizer(
    special: Sequence[str], begin: str, end: str, pad: str, unknown: str, **named: str
) -> PreTrainedTokenizerFast:
    """A tokenizer of lower case without punctuation, in which unknown words become one token.

    Args:
        special: Tokens that are no words, by their ids.
        begin: The one before a text.
        end: The one behind it.
        pad: The one that fills up.
        unknown: The one for unknown words.
        named: Further ones, by transformers' names for them.
    """
    words = vocabulary(special)
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token=unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Replace("’", "'")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[a-z0-9]+|'s\b"), behavior="removed", invert=True)
    return wrapped(tokenizer, begin, end, pad, unknown, **named)


def wrapped(
    tokenizer: Tokenizer, begin: str, end: str, pad: str, unknown: str, **named: str
) -> PreTrainedTokenizerFast:
    """A tokenizer as transformers takes it, with its special tokens; arguments as for `scene_tokenizer`."""
    ids = [(mark, tokenizer.token_to_id(mark)) for mark in (begin, end)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A {end}", special_tokens=ids)
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=False)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=begin,
        eos_token=end,
        pad_token=pad,
        unk_token=unknown,
        extra_special_tokens=named,
        clean_up_tokenization_spaces=False,
        padding_side="right",
    )
