"""Words that a tokenizer does not know are found, for vocabularies of words and of parts of words alike."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from vqa_helpers import read_questions

from model.loading import builtin_path
from model.profile import BUILTIN_PROFILE, Profile
from training.data.unknown_words import Vocabulary
from training.scenes.official import Plan, write_scenes


@pytest.fixture(scope="module")
def builtin() -> Vocabulary:
    return Vocabulary.of(builtin_path())


def test_the_builtin_model_knows_every_word_of_its_scenes(builtin: Vocabulary, tmp_path: Path) -> None:
    write_scenes(tmp_path / "scenes", Plan("words", {"train": 40}), lambda _: None, workers=1)
    questions = read_questions(tmp_path / "scenes", "train")
    found = builtin.find_unknown([q.question for q in questions], [q.answer or "" for q in questions])
    assert not found
    assert found.sentences("builtin") == []
    assert (found.questions.texts, found.answers.texts) == (120, 120)


def whole_words() -> Tokenizer:
    known = ["<unk>", "is", "there", "a", "what", "color", "the", "ball", "in", "red"]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(known)}, unk_token="<unk>"))
    tokenizer.add_special_tokens(["<unk>"])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def test_no_word_is_foreign_to_pieces_of_words(builtin: Vocabulary) -> None:
    assert not builtin.find_unknown(["is the circle in the rhombus"], ["teal circle"])


def test_shapes_are_foreign_to_whole_words() -> None:
    questions = ["Is there a Circle?", "what color is the ball", "is the circle in the rhombus"]
    answers = ["circle", "Teal", "red", "teal  circle"]
    found = Vocabulary(whole_words(), BUILTIN_PROFILE).find_unknown(questions, answers)
    assert (found.questions.touched, found.answers.touched) == (2, 3)
    assert found.questions.words == {"circle": 2, "rhombus": 1}
    assert found.answers.words == {"circle": 2, "teal": 2}
    assert found.words == ["circle", "teal", "rhombus"], "each once, those of the answers first"
    never, vanish = found.sentences("builtin")
    assert never == ("3 of 4 (75.0 %) answers can never be right: builtin does not know “circle” (2), “teal” (2).")
    assert vanish.startswith("2 of 3 (66.7 %) questions lose words that builtin does not know: “circle” (2), ")
    assert found.as_dict()["answers"] == {"texts": 4, "touched": 3, "words": {"circle": 2, "teal": 2}}


def test_an_answer_is_judged_by_what_is_read_back(builtin: Vocabulary) -> None:
    """Marks that the evaluator drops are no loss; letters that never come back are."""
    assert builtin.lost_of_answer("yes!") == ()
    assert builtin.lost_of_answer("RED") == ()
    assert builtin.lost_of_answer("réd") == ("réd",), "it can only say red, which is not what was asked for"
    assert builtin.lost_of_question("What color is the réd ball?") == (), "but it reads it"
    assert builtin.lost_of_answer("$") == ("$",)


def word_pieces() -> Tokenizer:
    vocabulary = ["[UNK]", "what", "is", "a", "the", "cir", "##cle", "red", "?"]
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]"))  # type: ignore[call-arg]
    tokenizer.add_special_tokens(["[UNK]"])
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def bytes_of_words() -> Tokenizer:
    letters = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = Tokenizer(models.BPE({letter: i for i, letter in enumerate(sorted(letters))}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def test_parts_of_words() -> None:
    vocabulary = Vocabulary(word_pieces(), Profile(question_style="sentence"))
    found = vocabulary.find_unknown(["what is a circle", "what is the hexagon"], ["circle", "red hexagon"])
    assert found.questions.words == {"hexagon": 1}
    assert found.answers.words == {"hexagon": 1}


def test_bytes_lose_nothing() -> None:
    vocabulary = Vocabulary(bytes_of_words(), Profile())
    assert not vocabulary.find_unknown(["Où est le  hexagone?", "何色ですか"], ["naïve", "two-storey", "茶色", "$5"])


def test_a_vocabulary_without_a_token_for_the_unknown() -> None:
    tokenizer = Tokenizer(models.WordLevel({"red": 0, "what": 1}))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vocabulary = Vocabulary(tokenizer, BUILTIN_PROFILE)
    found = vocabulary.find_unknown(["what teal"], ["red", "teal"])
    assert (found.questions.words, found.answers.words) == ({"teal": 1}, {"teal": 1})
