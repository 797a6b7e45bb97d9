"""Words that a tokenizer does not know are named before training, and become tokens that are saved with the model."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from finetune_helpers import Quiet, prepared, settings, tiny_model
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE, WordLevel, WordPiece

from model.answerer import Answerer
from model.processor import read_tokenizer
from model.profile import BUILTIN_PROFILE
from model.types import Request
from training.data.prepared import Example, read_examples, write_examples
from training.data.unknown_words import Vocabulary
from training.finetune.loading import load_parts
from training.finetune.run import train
from training.finetune.words import as_tokens, needed, unknown_of

NEW = ("circle", "teal")


ASKED = ("ball", "dog shape")


def with_new_words(folder: Path) -> Path:
    """Prepared data with two questions, which the answers answer by words that nobody knows."""
    data = prepared(folder)
    for split in ("train", "val"):
        rows = []
        for row in read_examples(data, split):
            place = row.question_id % 2
            rows.append(Example(row.image, ASKED[place], row.question_id, row.image_id, NEW[place], (NEW[place],) * 10))
        write_examples(data, split, rows)
    return data


def test_new_words_are_learnt_saved_and_said(tmp_path: Path) -> None:
    model, data, out = tiny_model(tmp_path / "model"), with_new_words(tmp_path / "data"), tmp_path / "out"
    console = Quiet()
    config = settings(model, new_words="auto", epochs=60, learning_rate=4e-3, schedule="constant", evaluate_every=60)
    result = train(config, data, out, console)
    told = " ".join(console.said)
    assert "Of train: 12 of 12 (100.0 %) answers can never be right: the model does not know “" in told
    assert all(f"“{word}”" in told for word in (*NEW, "shape"))
    assert "3 new tokens stand for these words" in told
    assert "Of val" not in told, "it knows them now"
    assert result.new_words == 3
    assert result.reference_official == 0
    assert result.best_official == 100
    for folder in (out / "model", out / "checkpoints" / "best"):
        answerer = Answerer.load(str(folder))
        picture = (data / "images" / "0.png").read_bytes()
        answers = answerer.answer([Request(text, picture, f"{text}?") for text in ASKED])
        assert tuple(answer.text for answer in answers) == NEW
        weights = answerer.family._model  # type: ignore[attr-defined]
        assert weights.lm_head.weight.data_ptr() == weights.get_input_embeddings().weight.data_ptr(), "still tied"


def test_without_new_words_they_are_named_all_the_same(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model"), with_new_words(tmp_path / "data")
    console = Quiet()
    result = train(settings(model, new_words="none", max_steps=1), data, tmp_path / "out", console)
    assert result.new_words == 0
    told = " ".join(console.said)
    assert "Of train: 12 of 12 (100.0 %) answers can never be right" in told
    assert "--new-words auto makes tokens of them" in told
    assert "Of val: 6 of 6 (100.0 %) answers can never be right" in told
    known = Quiet()
    easy = prepared(tmp_path / "known")
    for split in ("train", "val"):
        rows = [replace(row, question="ball") for row in read_examples(easy, split)]
        write_examples(easy, split, rows)
    train(settings(model, new_words="auto", max_steps=1), easy, tmp_path / "else", known)
    assert not any("never be right" in line or "lose words" in line for line in known.said)


def test_a_new_word_begins_amid_the_others(tmp_path: Path) -> None:
    model, data = tiny_model(tmp_path / "model"), with_new_words(tmp_path / "data")
    parts = load_parts(settings(model, new_words="auto"), torch.device("cpu"), read_examples(data, "train"))
    before = load_parts(settings(model, new_words="none"), torch.device("cpu"), [])
    old, new = (each.model.get_input_embeddings().weight.detach() for each in (before, parts))
    known = read_tokenizer(model).get_vocab_size()
    assert torch.equal(new[:known], old[:known]), "what it knew stays as it was"
    assert torch.allclose(new[known], old[:known].mean(0), atol=1e-6)
    assert parts.tokenizer.get_vocab_size() == known + 3 == int(parts.model.config.text_config.vocab_size)


def pieces() -> Tokenizer:
    tokenizer = Tokenizer(WordPiece({"<unk>": 0, "te": 1, "##al": 2, "ball": 3, "##s": 4}, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(["<unk>"])
    return tokenizer


def letters() -> Tokenizer:
    """Bytes as pieces, as the stock Florence-2 has them: nothing is unknown to it."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def silent() -> Tokenizer:
    """Letters as pieces, and no token for others: they vanish without a trace."""
    return Tokenizer(BPE({"t": 0, "e": 1, "a": 2, "l": 3}, []))


def whole() -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({"<unk>": 0, "teal": 1, "balls": 2, "ball": 3}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["<unk>"])
    return tokenizer


@pytest.mark.parametrize(
    ("make", "unknown"),
    [
        (pieces, {"zebra", "größe"}),
        (letters, set()),
        (silent, {"ball", "balls", "zebra", "größe"}),
        (whole, {"zebra", "größe"}),
    ],
)
def test_every_kind_of_tokenizer_is_understood_and_extended(make, unknown: set[str]) -> None:
    tokenizer = make()
    rows = [
        Example("a.png", "teal balls, zebra", 1, 1, "ball"),
        Example("a.png", "ball", 2, 1, "größe"),
        Example("a.png", "ball", 3, 1, None),
    ]
    found = unknown_of(Vocabulary(tokenizer, BUILTIN_PROFILE), rows)
    assert set(needed(found)) == unknown
    tokenizer.add_tokens(as_tokens(needed(found)))
    assert not unknown_of(Vocabulary(tokenizer, BUILTIN_PROFILE), rows)
    inside = tokenizer.encode("zebras", add_special_tokens=False).tokens
    assert "zebra" not in inside, "a new word stands for itself alone, not for a part of another"
