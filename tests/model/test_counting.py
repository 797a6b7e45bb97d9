"""Numbers with their nouns."""

import pytest

from model.counting import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 questions"), (1, "1 question"), (2, "2 questions"), (1000, "1,000 questions")]
)
def test_one_of_something_has_no_s(number: int, said: str) -> None:
    assert counted(number, "question") == said
