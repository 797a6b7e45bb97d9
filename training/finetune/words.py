"""New words for a model: tokens that stand for whole words, with embeddings to begin with.

`training.data.unknown_words` finds which words are needed. A tokenizer of whole words gets those that are not in its
list, one of pieces those with a character that no piece has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from tokenizers import AddedToken, Tokenizer

from training.data.prepared import Example
from training.data.unknown_words import UnknownWords, Vocabulary
from training.finetune.families.onepass import OnePass


def unknown_of(vocabulary: Vocabulary, rows: Iterable[Example]) -> UnknownWords:
    """What a model can neither read nor say of prepared questions and their answers."""
    rows = list(rows)
    return vocabulary.find_unknown((row.question for row in rows), (row.answer for row in rows if row.answer))


def needed(unknown: UnknownWords) -> list[str]:
    """The words that become tokens, in an order that is always the same; what is lost between words is none."""
    return sorted(word for word in unknown.words if len(word.split()) == 1)


def as_tokens(words: Iterable[str]) -> list[AddedToken]:
    """Tokens that stand for whole words alone, not for a part of another word."""
    return [AddedToken(word, single_word=True, normalized=True) for word in words]


def embed_new(model: OnePass, words: Sequence[str], tokenizer: Tokenizer, before: Tokenizer) -> None:
    """Give new tokens their embeddings.

    Each begins as the mean of the pieces that its word had, or of all words where it had none: within the cloud of the
    others, so that nothing else changes. The output layer is tied to the embeddings.

    Args:
        model: Grows where it has no room for them.
        words: The new tokens.
        tokenizer: With them.
        before: Without them.
    """
    vocabulary = tokenizer.get_vocab()
    places = {word: vocabulary[word] for word in words}
    known = before.get_vocab_size()
    if max(places.values()) >= min(len(rows) for rows in model.word_tables()):
        model.make_room(max(places.values()) + 1)
    unknown = before.token_to_id(str(getattr(before.model, "unk_token", None) or ""))
    with torch.no_grad():
        for rows in model.word_tables():  # [V, D]
            middle = rows[:known].mean(0)  # [D]
            for word, place in places.items():
                pieces = [piece for piece in before.encode(word, add_special_tokens=False).ids if piece != unknown]
                rows[place] = rows[pieces].mean(0) if pieces else middle
