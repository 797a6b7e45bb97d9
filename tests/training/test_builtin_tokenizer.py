"""The built-in model's words: nothing that people type is a blank."""

from training.builtin import architecture
from training.builtin.architecture import load_tokenizer
from training.scenes.catalogue import CATALOGUE


def test_no_typed_word_is_a_blank() -> None:
    for word in ("helicopter", "xylophone", "qwzx", "zzz", "42", "girl's", "CAFÉ"):
        ids = load_tokenizer()(word, add_special_tokens=False)["input_ids"]
        assert ids
        assert load_tokenizer().unk_token_id not in ids, word
    assert (
        load_tokenizer().decode(load_tokenizer()("no red ball")["input_ids"], skip_special_tokens=True) == "no red ball"
    )


def test_names_and_answers_are_whole_words() -> None:
    for kind in CATALOGUE.values():
        assert len(load_tokenizer()(kind.name, add_special_tokens=False)["input_ids"]) == len(kind.name.split()), kind
    for answer in ("a red ball is gone", "the cat and the dog swapped", "it is rainy now", "nothing", "under table"):
        assert len(load_tokenizer()(answer, add_special_tokens=False)["input_ids"]) == len(answer.split()), answer


def test_the_tokenizer_can_be_made_anew() -> None:
    made = architecture.build_tokenizer(["what color is the dog"] * 3, 120)
    assert len(made) <= 120
    assert made.convert_tokens_to_ids(list(architecture.SPECIAL)) == list(range(len(architecture.SPECIAL)))
    assert load_tokenizer().convert_tokens_to_ids(list(architecture.SPECIAL)) == list(range(len(architecture.SPECIAL)))
