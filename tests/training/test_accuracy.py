"""The official accuracy: every value here was worked out by hand from the published description."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.accuracy import exact_match, normalise_answer, normalised_accuracy, official_accuracy


def people(**votes: int) -> list[str]:
    """Ten answers; `red=3` is three people who say red, the rest say things that nobody else says."""
    said = [answer for answer, count in votes.items() for _ in range(count)]
    return said + [f"other{i}" for i in range(10 - len(said))]


@pytest.mark.parametrize(
    ("agreeing", "accuracy"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (5, 1.0), (9, 1.0), (10, 1.0)]
)
def test_each_answer_is_judged_by_the_other_nine(agreeing: int, accuracy: float) -> None:
    assert official_accuracy("red", people(red=agreeing)) == pytest.approx(accuracy, abs=1e-12)


def test_unanimous_answers_are_compared_as_they_are() -> None:
    assert official_accuracy("Two.", ["2"] * 10) == 0
    assert official_accuracy("2", ["2"] * 10) == 1
    assert official_accuracy("the dog", ["the dog"] * 10) == 1
    assert official_accuracy(" 2\n", ["2\t"] * 10) == 1, "line breaks, tabs and blanks around go in any case"


def test_one_dissenter_makes_the_other_rules_apply() -> None:
    assert official_accuracy("Two.", ["2"] * 9 + ["3"]) == 1
    assert official_accuracy("a dog", ["the Dog"] * 9 + ["cat"]) == 1


def test_answers_that_become_the_same_only_then_were_not_unanimous() -> None:
    assert official_accuracy("TWO", ["2"] * 5 + ["two"] * 5) == 1


def test_the_normalised_variant_never_asks_whether_all_agree() -> None:
    assert normalised_accuracy("Two.", ["2"] * 10) == 1
    assert normalised_accuracy("three", ["2"] * 10) == 0


def test_nothing_said_scores_nothing() -> None:
    assert official_accuracy("red", []) == 0


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        # number words and articles
        ("two", "2"),
        ("None", "0"),
        ("ten", "10"),
        ("eleven", "eleven"),
        ("the man and a dog", "man and dog"),
        ("An", ""),
        # contractions: one missing apostrophe is put in; the keys with capitals never meet a lower-case word
        ("dont", "don't"),
        ("Im", "im"),
        ("it isnt", "it isn't"),
        # a mark between letters becomes a blank, one beside a blank anywhere goes
        ("t-shirt", "t shirt"),
        ("black-white", "black white"),
        ("well - known t-shirt", "well known tshirt"),
        ("yes!", "yes"),
        ("red, blue", "red blue"),
        ("red,blue", "red blue"),
        ("left/right", "left right"),
        ("a_b", "b"),
        # digit comma digit makes every mark go
        ("1,000", "1000"),
        ("1,000 t-shirts", "1000 tshirts"),
        # full stops go unless a digit follows; a digit before does not keep them
        ("5.", "5"),
        ("3.5", "3.5"),
        (".5", ".5"),
        ("mr. smith", "mr smith"),
        ("u.s.", "us"),
        ("...", ""),
        # what is no mark of the table stays
        ("it's", "it's"),
        ("b: c", "b: c"),
        # the rest
        ("  Red\tBall\n", "red ball"),
        ("two   dogs", "2 dogs"),
    ],
)
def test_normalising(text: str, normal: str) -> None:
    assert normalise_answer(text) == normal


def test_at_most_32_full_stops_go() -> None:
    assert normalise_answer("x" + 32 * ".") == "x"
    assert normalise_answer("x" + 33 * ".") == "x."


def test_number_words_come_before_contractions_and_after_marks() -> None:
    assert normalise_answer("(two)") == "2"
    assert normalise_answer("one-two") == "1 2"


def test_exact_match_evens_out_what_means_the_same() -> None:
    assert exact_match("Two.", "2") == 1
    assert exact_match("on the grass", "on grass") == 1
    assert exact_match("sand", "on sand") == 0


texts = st.text(alphabet="abtwoTWO 05.,-'/!?\n\t", max_size=12)
crowds = st.lists(texts, min_size=10, max_size=10)


@given(texts, crowds)
def test_an_accuracy_is_one_of_five_values(answer: str, said: list[str]) -> None:
    assert round(official_accuracy(answer, said) * 10, 9) in (0, 3, 6, 9, 10)


@given(texts, crowds)
def test_the_order_of_the_answers_does_not_matter(answer: str, said: list[str]) -> None:
    shuffled = sorted(said)
    assert official_accuracy(answer, said) == pytest.approx(official_accuracy(answer, shuffled), abs=1e-12)
    assert normalised_accuracy(answer, said) == pytest.approx(normalised_accuracy(answer, shuffled), abs=1e-12)


@given(texts, crowds)
def test_both_variants_agree_where_people_do_not(answer: str, said: list[str]) -> None:
    stripped = {" ".join(text.replace("\n", " ").replace("\t", " ").split(" ")).strip() for text in said}
    if len(stripped) > 1:
        assert official_accuracy(answer, said) == normalised_accuracy(answer, said)


@given(st.lists(st.sampled_from(["yes", "no", "red", "blue", "2"]), min_size=10, max_size=10))
def test_the_commonest_answer_is_the_best_one(said: list[str]) -> None:
    best = max(set(said), key=said.count)
    assert all(official_accuracy(best, said) >= official_accuracy(other, said) - 1e-12 for other in said)
    assert official_accuracy("never said", said) == 0
